// Packets Sluice makes itself: TCP segments and ICMP errors, modelled on a packet that was
// received. Pure: bytes in, bytes out.
#pragma once
#include <cstdint>
#include <span>

#include "dataplane/wire/packet_view.h"
#include "rules/base/bytes.h"

namespace sluice::pipeline {

inline constexpr std::size_t kOwnPacketMax = 1400;  // never fragmented on a 1500-byte link

// The packet ours is modelled on.
struct Model {
    Bytes frame;  // headers at least
    const wire::PacketView* view = nullptr;
    wire::Link link = wire::Link::ethernet;
    // Link header for ours; empty: the model's own, with its MAC addresses exchanged when replying.
    Bytes link_header;
};

struct OwnSegment {
    bool reply = true;  // back to the model's sender; else on, to where the model was going
    std::uint32_t seq = 0, ack = 0;
    std::uint8_t flags = 0;
    Bytes payload{};
};

// Writes a TCP segment without options; returns its size, 0 when `out` is too small.
// source: RFC 9293 3.1, 3.10.7.
std::size_t craft_segment(const Model& model, const OwnSegment& segment,
                          std::span<std::uint8_t> out) noexcept;

// Writes an ICMP(v6) "administratively prohibited" back to the model's sender, quoting it.
// source: RFC 1812 5.2.7.1 (type 3 code 13), RFC 4443 3.1 (type 1 code 1).
std::size_t craft_unreachable(const Model& model, std::span<std::uint8_t> out) noexcept;

}  // namespace sluice::pipeline
