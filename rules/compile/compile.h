// compile(): the policy as people wrote it -> the sections of a bundle. Refuses contradictions,
// reports what is there but can never matter, and reuses sections whose inputs did not change.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rules/base/result.h"
#include "rules/ipc/bundle.h"
#include "rules/model/policy.h"

namespace sluice::compile {

enum class Code : std::uint8_t {
    unknown_operator,      // a reference to an operator that is not there
    unknown_organisation,  // likewise
    unknown_category,      // likewise
    duplicate,             // an id, prefix, name or channel that may be there once is there twice
    bad_index,             // a catalog or name row that points outside the policy
    bad_name,              // not canonical: empty, upper case, final dot, too long
    bad_prefix,            // host bits set, or an impossible length
    bad_validity,          // ends before it begins, or lies outside the years 1900..9999
    bad_grant,             // a grant for a protocol that needs none
    too_many,              // more rows than the bundle's numbers can tell apart
    unknown_segment,       // a reference to a segment that is not there
    bad_geo,               // a geo database that cannot be read, or a segment it does not fit
    // Reports: the bundle is made all the same.
    category_nobody_opens,        // has names, but no organisation's yearly list opens it
    organisation_without_prefix,  // no catalog row: nobody will ever be recognised as it
    changes_folded_in,            // so many changes of feeds that all names were compiled again
    sources_not_kept,  // too many combinations: names no longer say which source listed them
};

// `at` says where the value was written (Policy::files).
struct Diagnostic {
    Code code = Code::duplicate;
    std::string message;  // says what is wrong and what to do
    model::Position at;
};
using Diagnostics = std::vector<Diagnostic>;

struct CompileOptions {
    // Sections and the name key of this bundle are used again where their inputs are the same.
    const ipc::CompiledBundle* previous = nullptr;
    // For tests and reproducible builds; drawn at random (or taken from `previous`) when absent.
    std::optional<layout::NameKey> name_key;
};

struct Compiled {
    ipc::CompiledBundle bundle;
    Diagnostics reports;
};

// Compiles all of `policy`.
//   returns  the bundle and reports; or every error found (at most kErrorsMax).
//   cost     1 M prefixes and 1 M names: README.md has the measured times; only the policy section
//            when catalog and names are unchanged.
//   source   design sections 2 and 7; G13, G15.
Result<Compiled, Diagnostics> compile(const model::Policy& policy,
                                      const CompileOptions& options = {});

inline constexpr std::size_t kErrorsMax = 100;
// Of changes to feeds, in percent of all listed names: up to here they are a section of their own,
// published without the names; more are compiled into the names.
inline constexpr std::uint64_t kDeltaPercentMax = 5;

}  // namespace sluice::compile
