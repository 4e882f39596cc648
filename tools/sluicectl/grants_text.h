// grants.yaml as text: an entry more or less, everything else as people wrote it, comments too.
#pragma once
#include <optional>
#include <string>

namespace sluice::ctl {

struct GrantEntry {
    std::string organisation, word, request, from, until;  // word: of a protocol or of a class
};

// The same file with this entry at its end.
std::string with_grant(std::string text, const GrantEntry& grant);

// The same file without the entry of this organisation and word; nothing when there is none.
std::optional<std::string> without_grant(const std::string& text, const GrantEntry& grant);

}  // namespace sluice::ctl
