// The two loops that ask for a whole burst's lines: of tags, then of entries.
#pragma once
#include "dataplane/flow/table_layout.h"
#include "rules/base/touch.h"

namespace sluice::flow {

inline void touch_tags(const TableView& t, const Match* matches, std::size_t count) noexcept {
    for (std::size_t i = 0; i < count; ++i)
        touch(&t.tags[std::size_t{matches[i].group} * kGroupSize]);
}

// The first candidate of each; what a new flow needs, touch_for_new() asks for.
inline void touch_entries(const TableView& t, const Match* matches, std::size_t count) noexcept {
    for (std::size_t i = 0; i < count; ++i) {
        const Match& m = matches[i];
        if (m.candidates == 0) continue;
        const auto first = static_cast<unsigned>(__builtin_ctz(m.candidates));
        touch(&t.entries[std::size_t{m.group} * kGroupSize + first]);
    }
}

// A key without candidates: a new flow, or one in another group. Asks for what insert() or find()
// will look at next.
inline void touch_for_new(const TableView& t, const Match& match, std::uint32_t free) noexcept {
    const std::size_t base = std::size_t{match.group} * kGroupSize;
    if (free != 0) touch(&t.entries[base + static_cast<unsigned>(__builtin_ctz(free))]);
    if (free != 0 && t.overflow[match.group] == 0) return;
    const std::uint32_t hints = t.hints[match.group];
    if (free == 0 && hints != 0) touch(&t.entries[base + first_hinted(hints, match.hash)]);
    for (unsigned which = 0; which < kOtherGroups; ++which) {
        const std::size_t other = other_group(match.hash, match.group, t.groups, which);
        touch(&t.tags[other * kGroupSize]);
    }
}

}  // namespace sluice::flow
