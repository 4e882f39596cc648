#include "rules/ipc/section_memory.h"

#include <sys/mman.h>

#include <utility>

namespace sluice::ipc {
namespace {
constexpr std::size_t kHugePage = 2u << 20;
}

SectionMemory::SectionMemory(std::size_t size) {
    if (size == 0) return;
    constexpr int kFlags = MAP_PRIVATE | MAP_ANONYMOUS;
    const std::size_t mapped = (size + kHugePage - 1) / kHugePage * kHugePage;
    void* at = MAP_FAILED;
    if (size >= kHugePage)
        at = mmap(nullptr, mapped, PROT_READ | PROT_WRITE, kFlags | MAP_HUGETLB, -1, 0);
    if (at == MAP_FAILED) {
        at = mmap(nullptr, mapped, PROT_READ | PROT_WRITE, kFlags, -1, 0);
        if (at == MAP_FAILED) return;
        if (size >= kHugePage) madvise(at, mapped, MADV_HUGEPAGE);  // a wish: refused is fine
    }
    data_ = static_cast<std::byte*>(at);
    size_ = size;
    mapped_ = mapped;
}

SectionMemory::SectionMemory(SectionMemory&& other) noexcept { *this = std::move(other); }

SectionMemory& SectionMemory::operator=(SectionMemory&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(mapped_, other.mapped_);
    return *this;
}

SectionMemory::~SectionMemory() {
    if (data_ != nullptr) munmap(data_, mapped_);
}

}  // namespace sluice::ipc
