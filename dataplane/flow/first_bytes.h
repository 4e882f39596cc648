// FirstBytes: the first bytes of one direction of a TCP stream, put in order whatever order they
// come in, kept until the far end has acknowledged them. Bounded; from pools made at start.
//
// Two sizes of buffer: most hellos are under 2 KiB, few need 16.
#pragma once
#include <array>
#include <cstdint>

#include "dataplane/flow/huge_array.h"
#include "rules/base/bytes.h"

namespace sluice::flow {

inline constexpr std::uint32_t kSmallBuffer = 2 * 1024;
inline constexpr std::uint32_t kLargeBuffer = 20 * 1024;  // hello of 16 KiB in many records
inline constexpr unsigned kRangesMax = 8;                 // islands of out-of-order bytes

// The pools behind all FirstBytes of one worker.
class FirstBytesPool {
  public:
    FirstBytesPool(std::uint32_t small_count, std::uint32_t large_count);
    // A buffer index, or kNone when the pool is empty.
    static constexpr std::uint32_t kNone = ~0u;
    std::uint32_t take(bool large) noexcept;
    void give(bool large, std::uint32_t index) noexcept;
    std::uint8_t* bytes(bool large, std::uint32_t index) noexcept;
    std::uint32_t used() const noexcept;
    std::size_t memory_bytes() const noexcept;
};

enum class Added : std::uint8_t {
    grew,       // new bytes; contiguous() may have grown
    duplicate,  // nothing new, same content as before
    rewritten,  // overlaps known bytes with other content: nothing was taken
    full,       // beyond kLargeBuffer or kRangesMax: nothing was taken
    no_memory,  // the pools are empty: nothing was taken
};

// Positions are relative to the first byte of interest: (seq - start_seq), 32-bit wrapping handled
// by the caller. Trivially destructible: release() gives the buffer back.
class FirstBytes {
  public:
    // Bytes at stream position `at`.
    Added add(FirstBytesPool& pool, std::uint32_t at, Bytes bytes) noexcept;
    // Does `bytes` at `at` agree with what is known, where they overlap? (after the decision)
    bool agrees(FirstBytesPool& pool, std::uint32_t at, Bytes bytes) const noexcept;
    // Known bytes from position 0 on without a hole; valid until the next add() or release().
    Bytes contiguous(FirstBytesPool& pool) const noexcept;
    // True when bytes beyond a hole are known.
    bool has_hole() const noexcept;
    void release(FirstBytesPool& pool) noexcept;
};

}  // namespace sluice::flow
