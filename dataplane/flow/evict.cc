// FlowTable: who has to go when all groups of a new flow are full.
//
// A group's hint bits mark entries that may be evictable: set at insert, set or cleared by each
// sweep, cleared when a look finds the entry in use. In a flood nearly every look at a hinted entry
// succeeds. Only without hints are two groups scanned, at most once in 128 ms if that finds
// nothing: a table full of flows in use refuses new ones at the price of three lines of tags.
#include "dataplane/flow/flow_table.h"

namespace sluice::flow {
namespace {

constexpr unsigned kLooksMax = 4;  // hinted entries looked at before one is taken

// Never 0, which says "no scan yet"; comes round after 32 s, when a wrong "just now" costs nothing
// but 128 ms.
std::uint8_t barren_tick(std::uint32_t now_ms) {
    return static_cast<std::uint8_t>(1 + (now_ms >> 7) % 255);
}

}  // namespace

Slot FlowTable::choose_victim(const Match& match, std::uint32_t now_ms) noexcept {
    const Slot hinted = look_at_hinted(match, now_ms);
    if (hinted != kNoSlot) return hinted;
    if (barren_[match.group] == barren_tick(now_ms)) return kNoSlot;
    const std::uint32_t second = other_group(match.hash, match.group, view_.groups, 0);
    return scan_for_victim(match.group, second, now_ms);
}

// The first hinted entry that is closed or embryonic, else the best of kLooksMax. match_burst has
// asked for the first one's memory.
Slot FlowTable::look_at_hinted(const Match& match, std::uint32_t now_ms) noexcept {
    const std::uint32_t group = match.group;
    Slot best = kNoSlot;
    unsigned best_rank = kRankStays;
    std::uint32_t left = hints_[group];
    for (unsigned looks = 0; looks < kLooksMax && left != 0 && best_rank > 1; ++looks) {
        const unsigned at = first_hinted(left, match.hash);
        left &= ~(1u << at);
        const unsigned rank = rank_of(entries_[group * kGroupSize + at], now_ms);
        if (rank == kRankStays) hints_[group] &= ~(1u << at);
        if (rank >= best_rank) continue;
        best = group * kGroupSize + at;
        best_rank = rank;
    }
    return best;
}

Slot FlowTable::scan_for_victim(std::uint32_t home, std::uint32_t second,
                                std::uint32_t now_ms) noexcept {
    Slot best = kNoSlot;
    unsigned best_rank = kRankStays;
    hints_[home] = scan_group(home, now_ms, best, best_rank);
    hints_[second] = scan_group(second, now_ms, best, best_rank);
    if (best == kNoSlot) barren_[home] = barren_tick(now_ms);
    return best;
}

// Looks at a full group: returns the bits of what is evictable and improves on `best`.
std::uint32_t FlowTable::scan_group(std::uint32_t group, std::uint32_t now_ms, Slot& best,
                                    unsigned& best_rank) const noexcept {
    std::uint32_t evictable = 0;
    for (unsigned at = 0; at < kGroupSize; ++at) {
        const Slot slot = group * kGroupSize + at;
        const unsigned rank = rank_of(entries_[slot], now_ms);
        if (rank == kRankStays) continue;
        evictable |= 1u << at;
        if (rank >= best_rank) continue;
        best = slot;
        best_rank = rank;
    }
    return evictable;
}

}  // namespace sluice::flow
