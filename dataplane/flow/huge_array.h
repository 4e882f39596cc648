// HugeArray<T>: a fixed number of zeroed T in huge pages where the machine has some, else in
// ordinary ones with transparent huge pages asked for. Allocated once; a random line costs about
// half in huge pages (no page-table walk).
//
//   | 2 MiB | 2 MiB | ... | 2 MiB | 4 KiB x n |     the end that fills no huge page takes ordinary
//                                                 ones, so that no memory is paid for and not used
#pragma once
#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "rules/base/assert.h"

namespace sluice::flow {

namespace detail {
// Zeroed memory of `bytes` (a multiple of 4 KiB) at a 2 MiB boundary. Start-up only: stops the
// process when there is none, because limits are checked against memory before.
inline void* map_huge(std::size_t bytes) {
    constexpr std::size_t kHuge = 2u << 20;
    constexpr int kFlags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    constexpr int kAccess = PROT_READ | PROT_WRITE;
    void* reserved = mmap(nullptr, bytes + kHuge, PROT_NONE, kFlags, -1, 0);
    SLUICE_ASSERT(reserved != MAP_FAILED);
    char* const from = static_cast<char*>(reserved);
    const std::size_t before = (kHuge - reinterpret_cast<std::uintptr_t>(from) % kHuge) % kHuge;
    char* const start = from + before;
    if (before > 0) munmap(from, before);
    munmap(start + bytes, kHuge - before);

    void* const all = mmap(start, bytes, kAccess, kFlags | MAP_FIXED, -1, 0);
    SLUICE_ASSERT(all == start);
    const std::size_t whole = bytes / kHuge * kHuge;
    if (whole == 0) return start;
    constexpr int kHugeFlags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_HUGETLB;
    if (mmap(start, whole, kAccess, kHugeFlags, -1, 0) == start) return start;
    // Too few huge pages are set aside: the same addresses in ordinary pages.
    SLUICE_ASSERT(mmap(start, whole, kAccess, kFlags | MAP_FIXED, -1, 0) == start);
    madvise(start, whole, MADV_HUGEPAGE);  // a wish: refused where the kernel has no such pages
    return start;
}
}  // namespace detail

template <class T>
class HugeArray {
    static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>,
                  "zero bytes are its first value and nothing is destroyed");

  public:
    HugeArray() = default;
    explicit HugeArray(std::size_t count) : count_(count) {
        if (count == 0) return;
        constexpr std::size_t kPage = 4096;
        mapped_ = (count * sizeof(T) + kPage - 1) / kPage * kPage;
        data_ = static_cast<T*>(detail::map_huge(mapped_));
    }
    HugeArray(HugeArray&& other) noexcept { swap(other); }
    HugeArray& operator=(HugeArray&& other) noexcept {
        swap(other);
        return *this;
    }
    ~HugeArray() {
        if (data_ != nullptr) munmap(data_, mapped_);
    }

    T& operator[](std::size_t i) noexcept { return data_[i]; }
    const T& operator[](std::size_t i) const noexcept { return data_[i]; }
    T* data() noexcept { return data_; }
    const T* data() const noexcept { return data_; }
    std::size_t size() const noexcept { return count_; }
    std::size_t memory_bytes() const noexcept { return mapped_; }

  private:
    void swap(HugeArray& other) noexcept {
        std::swap(data_, other.data_);
        std::swap(count_, other.count_);
        std::swap(mapped_, other.mapped_);
    }
    T* data_ = nullptr;
    std::size_t count_ = 0, mapped_ = 0;
};

}  // namespace sluice::flow
