// The content policy: signatures, file types and limits of what is looked at inside inspected
// flows. rules/data/content.yaml is the shipped one.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "rules/load/loaded_file.h"
#include "rules/model/content.h"

namespace sluice::load {

inline constexpr std::size_t kSignaturesMax = 100'000;
inline constexpr std::size_t kSignatureBytesMax = 4'096;

using LoadedContentPolicy = LoadedFile<model::ContentPolicy>;

// Codes: those of YAML files, and duplicate_id, bad_hex (an odd digit, or none), one_of (a
// signature has exactly one of `text`, `hex`, `pattern`), too_short (below 4 bytes: it would match
// anything), too_long, too_many, duplicate_entry. Whether Hyperscan takes a pattern is told by
// content::Rules.
LoadedContentPolicy load_content_policy(std::string_view text, const std::string& file);
// Code cannot_read besides, when there is no such file.
LoadedContentPolicy load_content_policy_file(const std::filesystem::path& path);

}  // namespace sluice::load
