// SectionMemory: room for one section, on a cache line, in huge pages where the machine gives some
// (a random line then costs about half: no page-table walk). Never a mapped file: a file that is
// cut under a reader would kill it.
#pragma once
#include <cstddef>
#include <span>

namespace sluice::ipc {

class SectionMemory {
  public:
    SectionMemory() = default;
    // Zeroed room for `size` bytes; data() is nullptr when the machine has no memory left.
    explicit SectionMemory(std::size_t size);
    SectionMemory(SectionMemory&& other) noexcept;
    SectionMemory& operator=(SectionMemory&& other) noexcept;
    ~SectionMemory();

    std::byte* data() { return data_; }
    std::size_t size() const { return size_; }
    std::span<const std::byte> bytes() const { return {data_, size_}; }

  private:
    std::byte* data_ = nullptr;
    std::size_t size_ = 0, mapped_ = 0;
};

}  // namespace sluice::ipc
