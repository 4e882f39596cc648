// FlowTable: making, inserting, erasing. Lookups are in the header and in burst_*.cc.
#include "dataplane/flow/flow_table.h"

#include <algorithm>
#include <cstddef>

namespace sluice::flow {
namespace {

// 25.6 of 32 entries in use: 80 % load, where 1 group in 12 overflows. At least two groups, because
// another group is never the home group.
std::uint32_t groups_for(std::uint32_t flows_max) {
    SLUICE_ASSERT(flows_max >= 1 && flows_max <= 3'000'000'000u);
    const std::uint64_t groups = (std::uint64_t{flows_max} * 5 + 127) / 128;
    return static_cast<std::uint32_t>(std::max<std::uint64_t>(groups, 2));
}

// Bytes a group: tags, entries, overflow, hints, away, barren.
constexpr std::size_t kGroupBytes = kGroupSize * (sizeof(std::uint16_t) + sizeof(FlowEntry)) + 10;
static_assert(kGroupBytes * 5 <= 83 * 128, "at most 83 bytes a flow at 80 % load");

constexpr std::size_t lines(std::size_t bytes) { return (bytes + 63) / 64 * 64; }

}  // namespace

FlowTable::FlowTable(std::uint32_t flows_max, HashKey key, const FlowTimeouts& timeouts,
                     CodePath path)
    : code_(&burst_code(path)), timeouts_(timeouts) {
    const std::size_t groups = groups_for(flows_max);
    const std::size_t tag_bytes = groups * kGroupSize * sizeof(std::uint16_t);
    const std::size_t hint_bytes = lines(groups * sizeof(std::uint32_t));
    const std::size_t byte_bytes = lines(groups);
    // One mapping; entries last, so that what does not fill a huge page is a part of them.
    const std::size_t entries_at = tag_bytes + 2 * hint_bytes + 2 * byte_bytes;
    memory_ = HugeArray<std::uint8_t>(entries_at + groups * kGroupSize * sizeof(FlowEntry));
    std::uint8_t* at = memory_.data();
    tags_ = reinterpret_cast<std::uint16_t*>(at);
    hints_ = reinterpret_cast<std::uint32_t*>(at + tag_bytes);
    away_ = reinterpret_cast<std::uint32_t*>(at + tag_bytes + hint_bytes);
    overflow_ = at + tag_bytes + 2 * hint_bytes;
    barren_ = overflow_ + byte_bytes;
    entries_ = reinterpret_cast<FlowEntry*>(at + entries_at);

    view_.tags = tags_;
    view_.entries = entries_;
    view_.overflow = overflow_;
    view_.hints = hints_;
    view_.groups = static_cast<std::uint32_t>(groups);
    view_.key = key;
    for (std::uint64_t i = 0; i < std::size(view_.round_keys); ++i)
        view_.round_keys[i] = SipHash(key).finish(i);
}

Match FlowTable::match_one(const FlowKey& key) const noexcept {
    Match match;
    match.hash = code_->hash(view_, key);
    match.group = home_group(match.hash, view_.groups);
    return match_again(match);
}

Match FlowTable::match_again(const Match& match) const noexcept {
    Match again = match;
    again.candidates =
        match_tags(&tags_[std::size_t{match.group} * kGroupSize], tag_of(match.hash));
    return again;
}

Slot FlowTable::find_elsewhere(const FlowKey& key, const Match& match) const noexcept {
    for (unsigned which = 0; which < kOtherGroups; ++which) {
        const std::uint32_t group = other_group(match.hash, match.group, view_.groups, which);
        const std::uint16_t* line = &tags_[std::size_t{group} * kGroupSize];
        const Slot slot = find_in(key, group, match_tags(line, tag_of(match.hash)));
        if (slot != kNoSlot) return slot;
    }
    return kNoSlot;
}

FlowTable::Insertion FlowTable::insert(const FlowKey& key, const Match& match,
                                       std::uint32_t now_ms) noexcept {
    Insertion done;
    std::uint32_t group = match.group;
    std::uint32_t free = match_tags(&tags_[std::size_t{group} * kGroupSize], 0);
    for (unsigned which = 0; free == 0 && which < kOtherGroups; ++which) {
        group = other_group(match.hash, match.group, view_.groups, which);
        free = match_tags(&tags_[std::size_t{group} * kGroupSize], 0);
    }
    if (free != 0) {
        done.slot = group * kGroupSize + static_cast<unsigned>(__builtin_ctz(free));
    } else {
        done.slot = choose_victim(match, now_ms);
        if (done.slot == kNoSlot) return done;
        done.evicted = true;
        done.victim = entries_[done.slot];
        forget(done.slot);
        group = done.slot / kGroupSize;
    }
    if (group != match.group) {
        if (overflow_[match.group] != 255) ++overflow_[match.group];
        away_[group] |= 1u << done.slot % kGroupSize;
    }
    ++size_;
    tags_[done.slot] = tag_of(match.hash);
    hints_[group] |= 1u << done.slot % kGroupSize;
    FlowEntry& entry = entries_[done.slot];
    entry = FlowEntry{};
    std::memcpy(static_cast<void*>(&entry), &key, offsetof(FlowEntry, bytes_high));
    entry.seen_ms = now_ms;
    return done;
}

void FlowTable::erase(Slot slot) noexcept {
    SLUICE_DEBUG_ASSERT(occupied(slot));
    forget(slot);
}

// A counter that has once reached 255 has lost count: it stays, and lookups look twice.
void FlowTable::forget(Slot slot) noexcept {
    const std::uint32_t group = slot / kGroupSize, bit = 1u << slot % kGroupSize;
    if ((away_[group] & bit) != 0) {
        away_[group] &= ~bit;
        const std::uint64_t hash = code_->hash(view_, entries_[slot].key());
        const std::uint32_t home = home_group(hash, view_.groups);
        if (overflow_[home] != 255) --overflow_[home];
    }
    tags_[slot] = 0;
    --size_;
}

// Asks for the entries of a group whose tags came a while ago, and for the tags of the one after
// it; non-temporal, so that expiry does not push out what packets need.
void FlowTable::prefetch_sweep(std::uint32_t group) const noexcept {
    const std::uint32_t next = group + 1 == view_.groups ? 0 : group + 1;
    __builtin_prefetch(&tags_[std::size_t{next} * kGroupSize], 0, 0);
    const Slot first = group * kGroupSize;
    std::uint32_t used = ~match_tags(&tags_[first], 0);
    for (; used != 0; used &= used - 1)
        __builtin_prefetch(&entries_[first + static_cast<unsigned>(__builtin_ctz(used))], 0, 0);
}

}  // namespace sluice::flow
