// What a burst asks memory for ahead of its need: lines of tags, then of entries.
#pragma once
#include "dataplane/flow/table_layout.h"
#include "rules/base/touch.h"

namespace sluice::flow {

// As soon as its hash is known, so that hashing the rest of the burst hides the wait.
inline void prefetch_tags(const TableView& t, std::uint32_t group) noexcept {
    __builtin_prefetch(&t.tags[std::size_t{group} * kGroupSize]);
}

// The first candidate, and there is one.
inline void prefetch_entry(const TableView& t, const Match& match) noexcept {
    const auto first = static_cast<unsigned>(__builtin_ctz(match.candidates));
    __builtin_prefetch(&t.entries[std::size_t{match.group} * kGroupSize + first]);
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
