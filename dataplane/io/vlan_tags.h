// VLAN tags that a device took out of a frame and handed over beside it: put back, because a wire
// keeps its tags and what is behind them is read from the frame.
#pragma once
#include <rte_mbuf.h>

#include <cstdint>
#include <cstring>

namespace sluice::io {

// Tags the frame back, the outer one first. What was an outer tag's type is not handed over: 0x88a8
// where there were two (IEEE 802.1ad), else 0x8100.
//   returns  false when there is no room in front of the frame: it must not go on without its tag.
inline bool restore_tags(rte_mbuf* packet) noexcept {
    constexpr std::uint64_t kAll = RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED |
                                   RTE_MBUF_F_RX_QINQ | RTE_MBUF_F_RX_QINQ_STRIPPED;
    constexpr std::size_t kMacs = 12, kTag = 4;
    const std::uint64_t flags = packet->ol_flags;
    if ((flags & (RTE_MBUF_F_RX_VLAN_STRIPPED | RTE_MBUF_F_RX_QINQ_STRIPPED)) == 0) return true;
    std::uint8_t tags[2 * kTag];
    std::size_t size = 0;
    const auto add = [&](std::uint16_t type, std::uint16_t tag) {
        for (const unsigned byte : {type >> 8, type & 0xff, tag >> 8, tag & 0xff})
            tags[size++] = static_cast<std::uint8_t>(byte);
    };
    if ((flags & RTE_MBUF_F_RX_QINQ_STRIPPED) != 0) add(0x88a8, packet->vlan_tci_outer);
    if ((flags & RTE_MBUF_F_RX_VLAN_STRIPPED) != 0) add(0x8100, packet->vlan_tci);
    if (packet->data_len < kMacs) return false;
    char* const front = rte_pktmbuf_prepend(packet, static_cast<std::uint16_t>(size));
    if (front == nullptr) return false;
    std::memmove(front, front + size, kMacs);
    std::memcpy(front + kMacs, tags, size);
    packet->ol_flags = flags & ~kAll;
    return true;
}

}  // namespace sluice::io
