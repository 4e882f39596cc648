// words: vxlan geneve
// looks at: the header's fixed bits, and an Ethernet frame (or an IP packet) that begins behind it;
//   where extensions of VXLAN (group policy, generic protocol) use its reserved bits, that frame
//   must hold an IPv4 header with its right checksum
// limits: none known
// source: RFC 7348 5, RFC 8926 3.4
#include <optional>

#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

namespace {

bool is_ip_start(std::uint16_t ether_type, Bytes packet) {
    if (packet.empty()) return false;
    if (ether_type == 0x0800) return packet[0] >> 4 == 4 && (packet[0] & 15) >= 5;
    return ether_type == 0x86dd && packet[0] >> 4 == 6;
}

// ARP for IPv4 over Ethernet (RFC 826): hardware, protocol, their sizes.
bool is_arp(Bytes packet) {
    return packet.size() >= 6 && be16(packet, 0) == 1 && be32(packet, 2) == 0x08000604;
}

struct Inside {
    std::uint16_t ether_type = 0;
    Bytes packet;
};
// What an Ethernet frame carries, behind up to two tags; nothing when it ends before that.
std::optional<Inside> inside_frame(Bytes frame) {
    constexpr std::size_t kAddresses = 12, kTag = 4;
    for (unsigned tags = 0; tags <= 2; ++tags) {
        if (frame.size() < kAddresses + 2 + 1) return std::nullopt;
        const std::uint16_t type = be16(frame, kAddresses);
        if (type != 0x8100 && type != 0x88a8) return Inside{type, frame.subspan(kAddresses + 2)};
        frame = frame.subspan(kTag);
    }
    return std::nullopt;
}

bool is_packet(const Inside& inside) {
    return inside.ether_type == 0x0806 ? is_arp(inside.packet)
                                       : is_ip_start(inside.ether_type, inside.packet);
}
bool is_frame(Bytes frame) {
    const auto inside = inside_frame(frame);
    return inside && is_packet(*inside);
}

// RFC 791 3.1: the sum over the header, its checksum included, is all ones.
bool has_sound_ipv4(Bytes frame) {
    const auto inside = inside_frame(frame);
    if (!inside || inside->ether_type != 0x0800 || !is_packet(*inside)) return false;
    const std::size_t size = (inside->packet[0] & 15u) * 4u;
    if (inside->packet.size() < size) return false;
    std::uint32_t sum = 0;
    for (std::size_t at = 0; at < size; at += 2)
        sum += be16(inside->packet, at);
    sum = (sum & 0xffff) + (sum >> 16);
    return (sum & 0xffff) + (sum >> 16) == 0xffff;
}

}  // namespace

Answer vxlan_over_udp(const FirstBytesView& view) noexcept {
    constexpr std::size_t kHeaderSize = 8;
    constexpr std::uint8_t kHasNetwork = 0x08;
    const Bytes bytes = view.bytes;
    if (bytes.size() <= kHeaderSize || (bytes[0] & kHasNetwork) == 0) return Answer::no;
    const Bytes frame = bytes.subspan(kHeaderSize);
    const bool plain = be32(bytes, 0) == std::uint32_t{kHasNetwork} << 24 && bytes[7] == 0;
    return yes_if(plain ? is_frame(frame) : has_sound_ipv4(frame));
}

Answer geneve_over_udp(const FirstBytesView& view) noexcept {
    std::uint8_t first = 0, flags = 0;
    std::uint16_t type = 0;
    Probe probe(view.bytes);  // version and options' words | flags | type | network | reserved
    probe.u8(first).fail_unless(first >> 6 == 0).u8(flags).fail_unless((flags & 0x3f) == 0);
    probe.u16(type).skip(3).is(std::uint8_t{0}).skip((first & 63u) * 4u);
    if (!whole(probe)) return Answer::no;
    return yes_if(type == 0x6558 ? is_frame(probe.rest()) : is_packet({type, probe.rest()}));
}

}  // namespace sluice::detect
