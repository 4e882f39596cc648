// FirstBytes: the first bytes of one direction of a TCP stream, put in order whatever order they
// come in, kept until the far end has acknowledged them. Bounded; from pools made at start.
//
// Two sizes of buffer: most hellos are under 2 KiB, few need 16. A stream begins in a small one and
// is copied to a large one when it grows out of it.
#pragma once
#include <array>
#include <cstdint>

#include "dataplane/flow/huge_array.h"
#include "rules/base/bytes.h"

namespace sluice::flow {

inline constexpr std::uint32_t kSmallBuffer = 2 * 1024;
inline constexpr std::uint32_t kLargeBuffer = 20 * 1024;  // hello of 16 KiB in many records
inline constexpr unsigned kRangesMax = 32;  // islands of out-of-order bytes: QUIC clients shuffle

// The pools behind all FirstBytes of one worker.
class FirstBytesPool {
  public:
    FirstBytesPool(std::uint32_t small_count, std::uint32_t large_count);
    // A buffer index, or kNone when the pool is empty.
    static constexpr std::uint32_t kNone = ~0u;
    std::uint32_t take(bool large) noexcept;
    void give(bool large, std::uint32_t index) noexcept;
    std::uint8_t* bytes(bool large, std::uint32_t index) noexcept;
    // Buffers of both sizes that are taken now.
    std::uint32_t used() const noexcept;
    std::size_t memory_bytes() const noexcept;

  private:
    struct Pool {
        Pool(std::uint32_t count, std::uint32_t size);
        HugeArray<std::uint8_t> bytes;
        HugeArray<std::uint32_t> free;  // a stack of indices
        std::uint32_t free_count;
    };
    Pool small_, large_;
};

enum class Added : std::uint8_t {
    grew,       // new bytes; contiguous() may have grown
    duplicate,  // nothing new, same content as before
    rewritten,  // overlaps known bytes with other content: nothing was taken
    full,       // beyond kLargeBuffer or kRangesMax: nothing was taken
    no_memory,  // the pools are empty: nothing was taken
};

// Positions are relative to the first byte of interest: (seq - start_seq), 32-bit wrapping handled
// by the caller. Trivially destructible: release() gives the buffer back. All zero bytes are an
// empty one, so that it may live in a HugeArray. Always the same pool.
class FirstBytes {
  public:
    // Bytes at stream position `at`. Without any bytes: duplicate. A small buffer is taken from the
    // large ones when there is no other. Cost: one copy, plus a compare of what is known already.
    Added add(FirstBytesPool& pool, std::uint32_t at, Bytes bytes) noexcept;
    // Does `bytes` at `at` agree with what is known, where they overlap? (after the decision)
    bool agrees(FirstBytesPool& pool, std::uint32_t at, Bytes bytes) const noexcept;
    // Known bytes from position 0 on without a hole; valid until the next add() or release().
    Bytes contiguous(FirstBytesPool& pool) const noexcept;
    // The same from position `at` on.
    Bytes contiguous_from(FirstBytesPool& pool, std::uint32_t at) const noexcept;
    // Where the furthest known byte ends; 0 when nothing is known.
    std::uint32_t end() const noexcept { return count_ == 0 ? 0 : ranges_[count_ - 1u].to; }
    // True when bytes beyond a hole are known.
    bool has_hole() const noexcept;
    // Gives the buffer back; the object is empty and may be used again.
    void release(FirstBytesPool& pool) noexcept;

  private:
    struct Range {
        std::uint16_t from, to;  // [from, to)
    };
    static_assert(kLargeBuffer <= 0xffff);

    bool reserve(FirstBytesPool& pool, std::uint32_t end) noexcept;

    std::array<Range, kRangesMax> ranges_{};  // sorted, with holes between them
    std::uint32_t buffer_ = 0;                // index in its pool; meaningful when count_ > 0
    std::uint8_t count_ = 0;                  // ranges
    bool large_ = false;
};

}  // namespace sluice::flow
