// HugeArray<T>: a fixed number of zeroed T in huge pages where the machine has some, else in
// ordinary ones with transparent huge pages asked for. Allocated once; a random line costs about
// half in huge pages (no page-table walk).
#pragma once
#include <sys/mman.h>

#include <cstddef>
#include <type_traits>
#include <utility>

#include "rules/base/assert.h"

namespace sluice::flow {

template <class T>
class HugeArray {
    static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>,
                  "zero bytes are its first value and nothing is destroyed");

  public:
    HugeArray() = default;
    explicit HugeArray(std::size_t count) : count_(count) {
        if (count == 0) return;
        constexpr std::size_t kHuge = 2u << 20;
        mapped_ = (count * sizeof(T) + kHuge - 1) / kHuge * kHuge;
        constexpr int kFlags = MAP_PRIVATE | MAP_ANONYMOUS;
        void* at = MAP_FAILED;
        if (count * sizeof(T) >= kHuge)
            at = mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, kFlags | MAP_HUGETLB, -1, 0);
        if (at == MAP_FAILED) {
            at = mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, kFlags | MAP_NORESERVE, -1, 0);
            if (at != MAP_FAILED) madvise(at, mapped_, MADV_HUGEPAGE);
        }
        SLUICE_ASSERT(at != MAP_FAILED);  // start-up only: limits were checked against memory
        data_ = static_cast<T*>(at);
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
