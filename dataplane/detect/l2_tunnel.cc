// words: vxlan geneve
// looks at: the header's fixed bits, and an Ethernet frame (or an IP packet) that begins behind it
// limits: none known
// source: RFC 7348 5, RFC 8926 3.4
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

namespace {

bool is_ip_start(std::uint16_t ether_type, Bytes packet) {
    if (packet.empty()) return false;
    if (ether_type == 0x0800) return packet[0] >> 4 == 4 && (packet[0] & 15) >= 5;
    return ether_type == 0x86dd && packet[0] >> 4 == 6;
}

bool is_frame(Bytes frame) {
    constexpr std::size_t kAddresses = 12, kTag = 4;
    for (unsigned tags = 0; tags <= 2; ++tags) {
        if (frame.size() < kAddresses + 2 + 1) return false;
        const std::uint16_t type = be16(frame, kAddresses);
        if (type == 0x8100 || type == 0x88a8) {
            frame = frame.subspan(kTag);
            continue;
        }
        if (type == 0x0806) return frame.size() >= kAddresses + 4 && be16(frame, 14) == 1;
        return is_ip_start(type, frame.subspan(kAddresses + 2));
    }
    return false;
}

}  // namespace

Answer vxlan_over_udp(const FirstBytesView& view) noexcept {
    Probe probe(view.bytes);
    probe.is(0x08).zeros(3).skip(3).is(std::uint8_t{0});
    return yes_if(whole(probe) && is_frame(probe.rest()));
}

Answer geneve_over_udp(const FirstBytesView& view) noexcept {
    std::uint8_t first = 0, flags = 0;
    std::uint16_t type = 0;
    Probe probe(view.bytes);  // version and options' words | flags | type | network | reserved
    probe.u8(first).fail_unless(first >> 6 == 0).u8(flags).fail_unless((flags & 0x3f) == 0);
    probe.u16(type).skip(3).is(std::uint8_t{0}).skip((first & 63u) * 4u);
    if (!whole(probe)) return Answer::no;
    return yes_if(type == 0x6558 ? is_frame(probe.rest()) : is_ip_start(type, probe.rest()));
}

}  // namespace sluice::detect
