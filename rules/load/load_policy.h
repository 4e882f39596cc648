// load_policy: a policy directory, or the same as a set of files in memory, becomes a
// model::Policy, or a list of everything that is wrong with it. The format is described in
// README.md.
#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "rules/load/diagnostic.h"
#include "rules/model/policy.h"

namespace sluice::load {

// Names as in the directory ("policy.yaml", "lists/banking.txt") -> content.
using FileSet = std::map<std::string, std::string>;

struct Loaded {
    model::Policy policy;                 // empty unless ok(): a policy is never applied by half
    std::vector<Diagnostic> diagnostics;  // by file and line; warnings also when ok()
    bool ok() const { return !has_errors(diagnostics); }
};

// `today` is the local day on which the policy is to hold: it decides what has expired (day_text.h
// has local_day()). All errors are found in one call, up to kErrorsMax (report.h).
// Cost: the sample takes some milliseconds, a million catalog rows or names less than a second.
// Feeds and geo databases that are the same as in `before` are not read again.
Loaded load_policy(const FileSet& files, model::Day today, const model::Policy* before = nullptr);
Loaded load_policy_directory(const std::filesystem::path& directory, model::Day today);

// The files of a policy directory: everything in it but README* and hidden files. What cannot be
// read goes into `diagnostics`: codes cannot_read, not_a_file (a link, a device), too_big,
// too_many.
inline constexpr std::size_t kFilesMax = 1'000;
inline constexpr std::size_t kDirectoryBytesMax = 1u << 30;
FileSet read_policy_files(const std::filesystem::path& directory,
                          std::vector<Diagnostic>& diagnostics);

}  // namespace sluice::load
