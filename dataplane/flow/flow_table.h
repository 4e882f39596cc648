// FlowTable: one worker's flows. Groups of 32: a line of 16-bit tags, then 32 entries of one line.
//
//   hash ──► group ──► tags[32] (1 line) ──► candidates ──► entry (1 line)
//
// A flow lives in its home group or, when that is full, in one of two others. Per-group counters
// say when a look there is needed: about 1 in 12 groups at 80 % load, where 1 new flow in 1,500
// finds all three full. Flows never move: a Slot is good until its flow is erased or evicted. No
// locks, no allocation after construction. Lookups come in bursts so that memory latency overlaps:
//
//   hash_burst(keys)                 hashes all keys, prefetches their tag lines
//   match_burst(...)                 compares tags, prefetches candidates' entries
//   find(key, match)                 compares keys
//
// Several bursts may be under way at different steps. A Match may grow old: find() then misses what
// was inserted since match_burst, and never returns what was erased or replaced. So before
// insert():
//
//   slot = find(key, match);
//   if (slot == kNoSlot) slot = find(key, match = match_one(key));   // an earlier packet's flow?
//   if (slot == kNoSlot) insert(key, match, now_ms);
//
// What was measured and why 32 x 16-bit tags: README.md.
#pragma once
#include <smmintrin.h>

#include <cstdint>
#include <span>

#include "dataplane/flow/burst_code.h"
#include "dataplane/flow/flow_entry.h"
#include "dataplane/flow/huge_array.h"
#include "dataplane/flow/table_layout.h"

namespace sluice::flow {

class FlowTable {
  public:
    // Room for `flows_max` flows (1..3e9) at 80 % load. The code path (AVX-512, AVX2 + AES, or
    // plain x86-64-v2) is chosen here, once, from what the CPU has; tests name one.
    FlowTable(std::uint32_t flows_max, HashKey key, const FlowTimeouts& timeouts,
              CodePath path = CodePath::best);
    FlowTable(const FlowTable&) = delete;
    FlowTable& operator=(const FlowTable&) = delete;

    // At most kBurstMax keys, one a match, each with zero == 0.
    void hash_burst(KeysView keys, std::span<Match> matches) const noexcept {
        SLUICE_DEBUG_ASSERT(matches.size() <= kBurstMax);
        code_->hash_burst(view_, keys, matches.data(), matches.size());
    }
    void match_burst(std::span<Match> matches) const noexcept {
        code_->match_burst(view_, matches.data(), matches.size());
    }
    // One key, outside a burst: both of the above.
    Match match_one(const FlowKey& key) const noexcept;
    // An earlier match of the same key, brought up to date: compares tags, hashes nothing.
    Match match_again(const Match& match) const noexcept;
    // kNoSlot when there is no such flow. Reads the other groups only when the first overflowed.
    Slot find(const FlowKey& key, const Match& match) const noexcept {
        Slot slot = find_in(key, match.group, match.candidates);
        if (slot == kNoSlot && overflow_[match.group] != 0) slot = find_elsewhere(key, match);
        return slot;
    }

    struct Insertion {
        Slot slot = kNoSlot;  // kNoSlot: groups full, nothing evictable (FailCase flow_table_full)
        bool evicted = false;
        FlowEntry
            victim;  // when evicted: a copy of what had to go; its cold record is the caller's
    };
    // Puts a flow that find() did not find with this, fresh, match. The entry is zeroed but for its
    // key and seen_ms, which is `now_ms`. Evicts when all its groups are full, by rank: closed,
    // then embryonic, then blocked, then whatever is past its timeout; never an established flow in
    // use. The rank is exact in a scan of home and second group; while the home group has flows
    // thought to be evictable (fresh ones, mostly) the first closed or embryonic of those is taken,
    // so that a flood of new flows costs one line each. A slot found earlier may be the one reused.
    Insertion insert(const FlowKey& key, const Match& match, std::uint32_t now_ms) noexcept;
    // `slot` must be occupied. Its tag is gone, its entry keeps its bytes until the next insert().
    void erase(Slot slot) noexcept;

    FlowEntry& at(Slot slot) noexcept { return entries_[slot]; }
    const FlowEntry& at(Slot slot) const noexcept { return entries_[slot]; }

    // The expiry hand: looks at the next `groups` groups and calls on_expired(slot) for each entry
    // idle past its timeout, and on_live(slot) for the others; on_expired must erase(slot), on_live
    // may. Neither may insert. Both must be noexcept. Cost: 0.2 to 0.5 us a group.
    template <class OnExpired, class OnLive>
    void sweep(std::uint32_t groups, std::uint32_t now_ms, OnExpired&& on_expired,
               OnLive&& on_live) noexcept;

    bool occupied(Slot slot) const noexcept { return tags_[slot] != 0; }
    std::uint32_t size() const noexcept { return size_; }
    std::uint32_t group_count() const noexcept { return view_.groups; }
    // Slots are 0..slot_count()-1; flows_max / 0.8.
    std::uint32_t slot_count() const noexcept { return view_.groups * kGroupSize; }
    // How many flows of home group `group` live elsewhere; 255 = 255 or more, for good.
    std::uint8_t overflow(std::uint32_t group) const noexcept { return overflow_[group]; }
    std::size_t memory_bytes() const noexcept { return memory_.memory_bytes(); }
    const char* code_path() const noexcept { return code_->name; }

  private:
    static bool same_key(const FlowEntry& entry, const FlowKey& key) noexcept;
    Slot find_in(const FlowKey& key, std::uint32_t group, std::uint32_t candidates) const noexcept;
    Slot find_elsewhere(const FlowKey& key, const Match& match) const noexcept;
    Slot choose_victim(const Match& match, std::uint32_t now_ms) noexcept;
    Slot look_at_hinted(const Match& match, std::uint32_t now_ms) noexcept;
    Slot scan_for_victim(std::uint32_t home, std::uint32_t second, std::uint32_t now_ms) noexcept;
    std::uint32_t scan_group(std::uint32_t group, std::uint32_t now_ms, Slot& best,
                             unsigned& best_rank) const noexcept;
    unsigned rank_of(const FlowEntry& entry, std::uint32_t now_ms) const noexcept;
    void forget(Slot slot) noexcept;
    void prefetch_sweep(std::uint32_t group) const noexcept;

    static constexpr unsigned kRankStays = 4;  // 0..3: closed, embryonic, blocked, past its timeout

    TableView view_;
    const BurstCode* code_ = nullptr;
    std::uint16_t* tags_ = nullptr;
    FlowEntry* entries_ = nullptr;
    std::uint8_t* overflow_ = nullptr;  // a group: how many of its flows live elsewhere
    std::uint32_t* hints_ = nullptr;    // a group: entries not known to be unevictable
    std::uint32_t* away_ = nullptr;     // a group: entries whose home is another group
    std::uint8_t* barren_ = nullptr;    // a group: when a scan found nothing, see evict.cc
    std::uint32_t size_ = 0;
    std::uint32_t hand_ = 0;
    FlowTimeouts timeouts_;
    HugeArray<std::uint8_t> memory_;
};

// 40 bytes, of which the entry's last two are not key (bytes_high).
inline bool FlowTable::same_key(const FlowEntry& entry, const FlowKey& key) noexcept {
    const auto* a = reinterpret_cast<const __m128i*>(&entry);
    const auto* b = reinterpret_cast<const __m128i*>(&key);
    const __m128i user = _mm_xor_si128(_mm_load_si128(a), _mm_loadu_si128(b));
    const __m128i remote = _mm_xor_si128(_mm_load_si128(a + 1), _mm_loadu_si128(b + 1));
    const __m128i rest = _mm_xor_si128(_mm_loadl_epi64(a + 2), _mm_loadl_epi64(b + 2));
    const __m128i kept = _mm_and_si128(rest, _mm_cvtsi64_si128(0x0000'ffff'ffff'ffff));
    const __m128i all = _mm_or_si128(_mm_or_si128(user, remote), kept);
    return _mm_testz_si128(all, all) != 0;
}

inline Slot FlowTable::find_in(const FlowKey& key, std::uint32_t group,
                               std::uint32_t candidates) const noexcept {
    while (candidates != 0) {
        const Slot slot = group * kGroupSize + static_cast<unsigned>(__builtin_ctz(candidates));
        // The tag is asked again because the match may be older than an erase().
        if (same_key(entries_[slot], key) && tags_[slot] != 0) [[likely]]
            return slot;
        candidates &= candidates - 1;
    }
    return kNoSlot;
}

template <class OnExpired, class OnLive>
void FlowTable::sweep(std::uint32_t groups, std::uint32_t now_ms, OnExpired&& on_expired,
                      OnLive&& on_live) noexcept {
    for (std::uint32_t i = 0; i < groups; ++i) {
        const std::uint32_t group = hand_;
        hand_ = group + 1 == view_.groups ? 0 : group + 1;
        prefetch_sweep(hand_);
        std::uint32_t hints = 0;
        for (unsigned at = 0; at < kGroupSize; ++at) {
            const Slot slot = group * kGroupSize + at;
            if (tags_[slot] == 0) continue;
            if (is_expired(entries_[slot], timeouts_, now_ms)) {
                on_expired(slot);
                continue;
            }
            on_live(slot);
            if (tags_[slot] != 0 && rank_of(entries_[slot], now_ms) != kRankStays)
                hints |= 1u << at;
        }
        hints_[group] = hints;
    }
}

inline unsigned FlowTable::rank_of(const FlowEntry& entry, std::uint32_t now_ms) const noexcept {
    if (entry.stage() == Stage::closed) return 0;
    if (entry.stage() == Stage::embryonic) return 1;
    if (entry.verdict == model::Verdict::block) return 2;
    return is_expired(entry, timeouts_, now_ms) ? 3 : kRankStays;
}

}  // namespace sluice::flow
