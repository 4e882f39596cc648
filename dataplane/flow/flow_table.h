// FlowTable: one worker's flows. Groups of 32: a line of 16-bit tags, then 32 entries of one line.
//
//   hash ──► group ──► tags[32] (1 line) ──► candidates ──► entry (1 line)
//
// A flow lives in its home group or, when that is full, in one other group (per-group counters say
// when a second look is needed: about 1 in 12 groups at 80 % load). No locks, no allocation after
// construction. Lookups come in bursts so that memory latency overlaps:
//
//   hash_burst(keys)                 hashes all keys, prefetches their tag lines
//   match_burst(...)                 compares tags, prefetches candidates' entries
//   find(key, match)                 compares keys
//
// What was measured and why 32 x 16-bit tags: README.md.
#pragma once
#include <cstdint>
#include <span>

#include "dataplane/flow/flow_entry.h"
#include "dataplane/flow/huge_array.h"

namespace sluice::flow {

using Slot = std::uint32_t;  // index of an entry
inline constexpr Slot kNoSlot = ~Slot{0};
inline constexpr unsigned kGroupSize = 32;
inline constexpr unsigned kBurstMax = 64;

// 128-bit secret, drawn at start: without it nobody can make flows collide.
struct HashKey {
    std::uint64_t low = 0, high = 0;
};

// Where a key may be: filled by hash_burst, completed by match_burst.
struct Match {
    std::uint64_t hash = 0;
    std::uint32_t group = 0;
    std::uint32_t candidates = 0;  // bit i: entry i of the group has the tag
};

class FlowTable {
  public:
    // Room for `flows_max` flows at 80 % load. The code path (AVX-512, AVX2 + AES, or plain
    // x86-64-v2) is chosen here, once, from what the CPU has.
    FlowTable(std::uint32_t flows_max, HashKey key, const FlowTimeouts& timeouts);

    // At most kBurstMax keys. matches.size() == keys.size().
    void hash_burst(std::span<const FlowKey> keys, std::span<Match> matches) const noexcept;
    void match_burst(std::span<Match> matches) const noexcept;
    // One key, outside a burst: both of the above.
    Match match_one(const FlowKey& key) const noexcept;
    // kNoSlot when there is no such flow. Reads the second group only when the first overflowed.
    Slot find(const FlowKey& key, const Match& match) const noexcept;

    struct Insertion {
        Slot slot = kNoSlot;  // kNoSlot: both groups full, nothing evictable (FailCase flow_table_full)
        bool evicted = false;
        FlowEntry victim{};  // a copy of what had to go: the caller gives its cold record back
    };
    // Puts a flow that find() did not find. The entry is zeroed but for its key. Evicts within the
    // two groups when full: closed, then embryonic, then blocked, then whatever is past its timeout;
    // never an established flow in use.
    Insertion insert(const FlowKey& key, const Match& match, std::uint32_t now_ms) noexcept;
    void erase(Slot slot) noexcept;

    FlowEntry& at(Slot slot) noexcept { return entries_[slot]; }
    const FlowEntry& at(Slot slot) const noexcept { return entries_[slot]; }

    // The expiry hand: looks at the next `groups` groups and calls on_expired(slot) for each entry
    // idle past its timeout, and on_live(slot) for the others; on_expired must erase(slot).
    template <class OnExpired, class OnLive>
    void sweep(std::uint32_t groups, std::uint32_t now_ms, OnExpired&& on_expired,
               OnLive&& on_live) noexcept;

    bool occupied(Slot slot) const noexcept;
    std::uint32_t size() const noexcept { return size_; }
    std::uint32_t group_count() const noexcept { return groups_; }
    std::size_t memory_bytes() const noexcept;
    const char* code_path() const noexcept;  // "avx512", "avx2", "x86-64-v2"

  private:
    HugeArray<FlowEntry> entries_;
    std::uint32_t groups_ = 0;
    std::uint32_t size_ = 0;
};

}  // namespace sluice::flow
