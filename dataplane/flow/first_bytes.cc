// FirstBytes: islands of known bytes in one buffer, joined as they touch.
#include "dataplane/flow/first_bytes.h"

#include <algorithm>
#include <cstring>

#include "rules/base/assert.h"

namespace sluice::flow {

FirstBytesPool::Pool::Pool(std::uint32_t count, std::uint32_t size)
    : bytes(std::size_t{count} * size), free(count), free_count(count) {
    for (std::uint32_t i = 0; i < count; ++i)
        free[i] = count - 1 - i;
}

FirstBytesPool::FirstBytesPool(std::uint32_t small_count, std::uint32_t large_count)
    : small_(small_count, kSmallBuffer), large_(large_count, kLargeBuffer) {}

std::uint32_t FirstBytesPool::take(bool large) noexcept {
    Pool& pool = large ? large_ : small_;
    return pool.free_count == 0 ? kNone : pool.free[--pool.free_count];
}

void FirstBytesPool::give(bool large, std::uint32_t index) noexcept {
    Pool& pool = large ? large_ : small_;
    SLUICE_ASSERT(index < pool.free.size() && pool.free_count < pool.free.size());
    pool.free[pool.free_count++] = index;
}

std::uint8_t* FirstBytesPool::bytes(bool large, std::uint32_t index) noexcept {
    return large ? &large_.bytes[std::size_t{index} * kLargeBuffer]
                 : &small_.bytes[std::size_t{index} * kSmallBuffer];
}

std::uint32_t FirstBytesPool::used() const noexcept {
    const std::size_t all = small_.free.size() + large_.free.size();
    return static_cast<std::uint32_t>(all - small_.free_count - large_.free_count);
}

std::size_t FirstBytesPool::memory_bytes() const noexcept {
    return small_.bytes.memory_bytes() + small_.free.memory_bytes() + large_.bytes.memory_bytes() +
           large_.free.memory_bytes();
}

Added FirstBytes::add(FirstBytesPool& pool, std::uint32_t at, Bytes bytes) noexcept {
    if (bytes.empty()) return Added::duplicate;
    if (!agrees(pool, at, bytes)) return Added::rewritten;
    if (at >= kLargeBuffer || bytes.size() > kLargeBuffer - at) return Added::full;
    const std::uint32_t end = at + static_cast<std::uint32_t>(bytes.size());

    // ranges_[first, last) touch the new bytes and become one range with them.
    unsigned first = 0;
    while (first < count_ && ranges_[first].to < at)
        ++first;
    unsigned last = first;
    while (last < count_ && ranges_[last].from <= end)
        ++last;
    Range joined{static_cast<std::uint16_t>(at), static_cast<std::uint16_t>(end)};
    if (first < last) {
        joined.from = std::min(joined.from, ranges_[first].from);
        joined.to = std::max(joined.to, ranges_[last - 1].to);
        const bool nothing_new = last - first == 1 && joined.from == ranges_[first].from &&
                                 joined.to == ranges_[first].to;
        if (nothing_new) return Added::duplicate;
    } else if (count_ == kRangesMax) {
        return Added::full;
    }
    if (!reserve(pool, end)) return Added::no_memory;

    std::memcpy(pool.bytes(large_, buffer_) + at, bytes.data(), bytes.size());
    if (first == last) {
        std::copy_backward(&ranges_[first], ranges_.data() + count_, ranges_.data() + count_ + 1);
        ++count_;
    } else {
        std::copy(ranges_.data() + last, ranges_.data() + count_, ranges_.data() + first + 1);
        count_ = static_cast<std::uint8_t>(count_ - (last - first - 1));
    }
    ranges_[first] = joined;
    return Added::grew;
}

// A buffer that holds positions up to `end`, with what was known before.
bool FirstBytes::reserve(FirstBytesPool& pool, std::uint32_t end) noexcept {
    const bool need_large = end > kSmallBuffer;
    if (count_ > 0 && (large_ || !need_large)) return true;
    bool large = need_large;
    std::uint32_t index = pool.take(large);
    if (index == FirstBytesPool::kNone && !large) {
        large = true;
        index = pool.take(large);
    }
    if (index == FirstBytesPool::kNone) return false;
    if (count_ > 0) {
        std::memcpy(pool.bytes(large, index), pool.bytes(large_, buffer_), ranges_[count_ - 1].to);
        pool.give(large_, buffer_);
    }
    buffer_ = index;
    large_ = large;
    return true;
}

bool FirstBytes::agrees(FirstBytesPool& pool, std::uint32_t at, Bytes bytes) const noexcept {
    const std::uint64_t end = std::uint64_t{at} + bytes.size();
    for (unsigned i = 0; i < count_; ++i) {
        const std::uint64_t from = std::max<std::uint64_t>(at, ranges_[i].from);
        const std::uint64_t to = std::min<std::uint64_t>(end, ranges_[i].to);
        if (from >= to) continue;
        const std::uint8_t* known = pool.bytes(large_, buffer_) + from;
        if (std::memcmp(known, bytes.data() + (from - at), to - from) != 0) return false;
    }
    return true;
}

Bytes FirstBytes::contiguous(FirstBytesPool& pool) const noexcept {
    if (count_ == 0 || ranges_[0].from != 0) return {};
    return {pool.bytes(large_, buffer_), ranges_[0].to};
}

Bytes FirstBytes::contiguous_from(FirstBytesPool& pool, std::uint32_t at) const noexcept {
    for (unsigned i = 0; i < count_; ++i)
        if (ranges_[i].from <= at && at < ranges_[i].to)
            return {pool.bytes(large_, buffer_) + at, std::size_t{ranges_[i].to} - at};
    return {};
}

bool FirstBytes::has_hole() const noexcept {
    return count_ > 1 || (count_ == 1 && ranges_[0].from != 0);
}

void FirstBytes::release(FirstBytesPool& pool) noexcept {
    if (count_ > 0) pool.give(large_, buffer_);
    *this = FirstBytes{};
}

}  // namespace sluice::flow
