// ByteRing: records of bytes from one thread to another without a lock. Bounded: what does not fit
// is refused, and the writer counts it.
#pragma once
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>

#include "rules/base/bytes.h"

namespace sluice::io {

class ByteRing {
  public:
    static constexpr std::size_t kBytes = std::size_t{1} << 20;  // a power of two

    ByteRing() : data_(std::make_unique<std::uint8_t[]>(kBytes)) {}

    // The writer's side: `head` and `body` as one record, padded to 8 bytes. Both sizes together
    // must be told by `head`.
    bool push(Bytes head, Bytes body) noexcept {
        const std::size_t size = padded(head.size() + body.size());
        const std::uint64_t at = head_.load(std::memory_order_relaxed);
        if (kBytes - (at - tail_.load(std::memory_order_acquire)) < size) return false;
        copy_in(at, head);
        copy_in(at + head.size(), body);
        head_.store(at + size, std::memory_order_release);
        return true;
    }

    // The reader's side: the first `out.size()` bytes of the oldest record, which stays.
    bool peek(std::span<std::uint8_t> out) const noexcept {
        const std::uint64_t at = tail_.load(std::memory_order_relaxed);
        if (head_.load(std::memory_order_acquire) - at < out.size()) return false;
        copy_out(at, out);
        return true;
    }
    // Takes a record of `out.size()` bytes (without its padding).
    void take(std::span<std::uint8_t> out) noexcept {
        const std::uint64_t at = tail_.load(std::memory_order_relaxed);
        copy_out(at, out);
        tail_.store(at + padded(out.size()), std::memory_order_release);
    }
    static constexpr std::size_t padded(std::size_t size) { return (size + 7) / 8 * 8; }

  private:
    void copy_in(std::uint64_t at, Bytes from) noexcept {
        const std::size_t offset = at % kBytes;
        const std::size_t first = std::min(from.size(), kBytes - offset);
        std::copy_n(from.begin(), first, data_.get() + offset);
        std::copy(from.begin() + static_cast<std::ptrdiff_t>(first), from.end(), data_.get());
    }
    void copy_out(std::uint64_t at, std::span<std::uint8_t> to) const noexcept {
        const std::size_t offset = at % kBytes;
        const std::size_t first = std::min(to.size(), kBytes - offset);
        std::copy_n(data_.get() + offset, first, to.begin());
        std::copy_n(data_.get(), to.size() - first,
                    to.begin() + static_cast<std::ptrdiff_t>(first));
    }

    alignas(64) std::atomic<std::uint64_t> head_{0};  // next to write
    alignas(64) std::atomic<std::uint64_t> tail_{0};  // next to read
    std::unique_ptr<std::uint8_t[]> data_;
};

}  // namespace sluice::io
