// Where a flow with a given hash may live: home group, other groups, tag. Shared by all code paths.
//
//   hash  63..........32 31..........16 15........0
//         home group      \             tag (0 is "empty": becomes 1)
//                          \_ with the tag: how far the other groups are from home
#pragma once
#include <emmintrin.h>

#include <bit>
#include <cstddef>
#include <cstdint>

#include "dataplane/flow/flow_entry.h"
#include "rules/base/siphash.h"

namespace sluice::flow {

using sluice::HashKey;

using Slot = std::uint32_t;  // index of an entry
inline constexpr Slot kNoSlot = ~Slot{0};
inline constexpr unsigned kGroupSize = 32;
inline constexpr unsigned kBurstMax = 64;

// Where a key may be: filled by hash_burst, completed by match_burst.
struct Match {
    std::uint64_t hash = 0;
    std::uint32_t group = 0;
    std::uint32_t candidates = 0;  // bit i: entry i of the group has the tag
};
static_assert(sizeof(Match) == 16);

// The keys of a burst: in a row, or each a member of something larger.
struct KeysView {
    const FlowKey* first;
    std::size_t stride = sizeof(FlowKey);  // bytes from one key to the next
    const FlowKey& operator[](std::size_t i) const noexcept {
        return *reinterpret_cast<const FlowKey*>(reinterpret_cast<const std::uint8_t*>(first) +
                                                 i * stride);
    }
};

// What burst functions read of a table; a copy of its pointers and of the hash's expanded key.
struct TableView {
    const std::uint16_t* tags = nullptr;  // groups x 32
    const FlowEntry* entries = nullptr;   // groups x 32
    const std::uint8_t* overflow = nullptr;
    const std::uint32_t* hints = nullptr;
    std::uint32_t groups = 0;
    HashKey key;
    alignas(16) std::uint64_t round_keys[14] = {};
};

inline std::uint16_t tag_of(std::uint64_t hash) noexcept {
    const auto low = static_cast<std::uint16_t>(hash);
    return low == 0 ? std::uint16_t{1} : low;
}

// 0..range-1, evenly for an even `x` (Lemire: "Fast random integer generation in an interval",
// 2019): no division and no power of two needed.
inline std::uint32_t fast_range(std::uint32_t x, std::uint32_t range) noexcept {
    return static_cast<std::uint32_t>(std::uint64_t{x} * range >> 32);
}
inline std::uint32_t home_group(std::uint64_t hash, std::uint32_t groups) noexcept {
    return fast_range(static_cast<std::uint32_t>(hash >> 32), groups);
}
// The other groups a flow may live in, `which` = 0 or 1. Never the home group; needs groups >= 2.
// The flows of one home scatter over all other groups.
inline constexpr unsigned kOtherGroups = 2;
inline std::uint32_t other_group(std::uint64_t hash, std::uint32_t home, std::uint32_t groups,
                                 unsigned which) noexcept {
    // Odd constants with evenly mixed bits (golden ratio; Murmur3): they spread the 32 low bits,
    // which say nothing about the home group.
    constexpr std::uint32_t kSpread[kOtherGroups] = {0x9e37'79b9u, 0x85eb'ca6bu};
    const std::uint32_t spread = static_cast<std::uint32_t>(hash) * kSpread[which];
    const std::uint32_t group = home + 1 + fast_range(spread, groups - 1);
    return group >= groups ? group - groups : group;
}

// Bit i: tag i of the line is `tag`. Baseline code, for one line at a time.
inline std::uint32_t match_tags(const std::uint16_t* line, std::uint16_t tag) noexcept {
    const __m128i wanted = _mm_set1_epi16(static_cast<short>(tag));
    const auto* at = reinterpret_cast<const __m128i*>(line);
    const __m128i a = _mm_cmpeq_epi16(_mm_load_si128(at), wanted);
    const __m128i b = _mm_cmpeq_epi16(_mm_load_si128(at + 1), wanted);
    const __m128i c = _mm_cmpeq_epi16(_mm_load_si128(at + 2), wanted);
    const __m128i d = _mm_cmpeq_epi16(_mm_load_si128(at + 3), wanted);
    const auto low = static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_packs_epi16(a, b)));
    const auto high = static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_packs_epi16(c, d)));
    return low | high << 16;
}

// Of the hinted entries of a full group, where a search for somebody to evict begins: drawn from
// the hash, so that nobody can aim at a neighbour. `hints` is not 0.
inline unsigned first_hinted(std::uint32_t hints, std::uint64_t hash) noexcept {
    const auto from = static_cast<unsigned>(hash >> 16) % kGroupSize;
    const auto distance =
        static_cast<unsigned>(__builtin_ctz(std::rotr(hints, static_cast<int>(from))));
    return (from + distance) % kGroupSize;
}

}  // namespace sluice::flow
