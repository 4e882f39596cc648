// A bounded ring in shared memory: one writer, one reader, neither waits. Full: what is pushed is
// lost, and the writer counts it.
#pragma once
#include <atomic>
#include <cstdint>
#include <type_traits>

namespace sluice::ipc {

// `Slots`: a power of two. `Magic`: tells the file's kind.
template <class Item, std::uint32_t Slots, std::uint32_t Magic>
struct SharedRing {
    static_assert(std::is_trivially_copyable_v<Item> && (Slots & (Slots - 1)) == 0);
    using Record = Item;
    static constexpr std::uint32_t kMagic = Magic;
    static constexpr std::uint32_t kSlots = Slots;
    std::uint32_t magic = kMagic;
    std::uint32_t layout = sizeof(Item);             // readers of another build refuse
    alignas(64) std::atomic<std::uint64_t> head{0};  // next to write
    alignas(64) std::atomic<std::uint64_t> tail{0};  // next to read
    Item slots[Slots];

    bool push(const Item& item) noexcept {
        const std::uint64_t at = head.load(std::memory_order_relaxed);
        if (at - tail.load(std::memory_order_acquire) >= Slots) return false;
        slots[at % Slots] = item;
        head.store(at + 1, std::memory_order_release);
        return true;
    }
    bool pop(Item& out) noexcept {
        const std::uint64_t at = tail.load(std::memory_order_relaxed);
        if (at == head.load(std::memory_order_acquire)) return false;
        out = slots[at % Slots];
        tail.store(at + 1, std::memory_order_release);
        return true;
    }
};

}  // namespace sluice::ipc
