// HeldPackets: received packets that wait for something (a name, a fragment's head), in lists that
// remember their order. Bounded; whoever takes a packet out must forward or drop it.
#pragma once
#include <rte_mbuf.h>

#include <cstdint>

#include "dataplane/flow/huge_array.h"

namespace sluice::pipeline {

inline constexpr std::uint32_t kNobody = ~0u;

// A first-in, first-out list of held packets; empty when first is kNobody.
struct HeldList {
    std::uint32_t first = kNobody, last = kNobody;
    std::uint16_t count = 0;
    bool empty() const { return first == kNobody; }
};

class HeldPackets {
  public:
    struct Item {
        rte_mbuf* packet;
        std::uint32_t next;
        std::uint32_t
            position;        // of its payload in the client's stream, by the cold record's count
        std::uint16_t size;  // payload bytes
        std::uint16_t payload_offset;
        std::uint8_t wire, side;
        std::uint32_t end() const { return position + size; }
    };

    explicit HeldPackets(std::uint32_t packets_max) : items_(packets_max) {
        for (std::uint32_t i = packets_max; i-- > 0;) {
            items_[i].next = free_;
            free_ = i;
        }
    }

    // False when there is no room: the packet stays the caller's.
    bool push(HeldList& list, const Item& item) noexcept {
        if (free_ == kNobody) return false;
        const std::uint32_t at = free_;
        free_ = items_[at].next;
        items_[at] = item;
        items_[at].next = kNobody;
        (list.empty() ? list.first : items_[list.last].next) = at;
        list.last = at;
        ++list.count;
        ++used_;
        return true;
    }
    // The same, in its place: lists are in order of the stream whatever order packets came in.
    bool push_by_position(HeldList& list, const Item& item) noexcept {
        if (list.empty() || after(item.position, items_[list.last].position))
            return push(list, item);
        if (free_ == kNobody) return false;
        const std::uint32_t at = free_;
        free_ = items_[at].next;
        items_[at] = item;
        std::uint32_t* link = &list.first;
        while (*link != kNobody && after(item.position, items_[*link].position))
            link = &items_[*link].next;
        items_[at].next = *link;
        *link = at;
        ++list.count;
        ++used_;
        return true;
    }
    // The list is not empty.
    Item pop(HeldList& list) noexcept {
        const std::uint32_t at = list.first;
        const Item item = items_[at];
        list.first = item.next;
        if (list.first == kNobody) list.last = kNobody;
        --list.count;
        items_[at].next = free_;
        free_ = at;
        --used_;
        return item;
    }
    // Takes one packet, which is in the list, out of its middle: it is the caller's again.
    void remove(HeldList& list, const rte_mbuf* packet) noexcept {
        std::uint32_t before = kNobody;
        std::uint32_t at = list.first;
        while (items_[at].packet != packet) {
            before = at;
            at = items_[at].next;
        }
        (before == kNobody ? list.first : items_[before].next) = items_[at].next;
        if (list.last == at) list.last = before;
        --list.count;
        items_[at].next = free_;
        free_ = at;
        --used_;
    }
    // Walks a list without taking anything out.
    template <class Visit>
    void each(const HeldList& list, Visit&& visit) noexcept {
        for (std::uint32_t at = list.first; at != kNobody; at = items_[at].next)
            visit(items_[at]);
    }
    // Are all of [position, position + size) in packets of the list? It is in order of the stream.
    bool covers(const HeldList& list, std::uint32_t position, std::uint32_t size) const noexcept {
        std::uint32_t known = position;
        for (std::uint32_t at = list.first; at != kNobody; at = items_[at].next) {
            const Item& item = items_[at];
            if (!after(known, item.position)) break;
            if (after(item.end(), known)) known = item.end();
        }
        return after(known, position + size);
    }
    // The first of the list, which is not empty.
    const Item& front(const HeldList& list) const noexcept { return items_[list.first]; }
    std::uint32_t used() const noexcept { return used_; }
    std::size_t memory_bytes() const noexcept { return items_.memory_bytes(); }

  private:
    // Sequence arithmetic: true also for equal positions, so that equals keep their order.
    static bool after(std::uint32_t a, std::uint32_t b) {
        return static_cast<std::int32_t>(a - b) >= 0;
    }
    flow::HugeArray<Item> items_;
    std::uint32_t free_ = kNobody;
    std::uint32_t used_ = 0;
};

}  // namespace sluice::pipeline
