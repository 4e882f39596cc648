// The parts parse_packet is made of. Inline: what nearly every packet goes through. Declared: the
// rest, kept out of line so that it costs the others nothing. For this folder only.
//
// Three limits go along: `frame.size()` is what was captured, `wire_end` where the frame ended on
// the wire, `end` where the IP packet ends by its own length. Always at <= end <= wire_end when a
// transport parser is called, and the headers before `at` are captured.
#pragma once
#include <emmintrin.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "dataplane/wire/packet_view.h"

namespace sluice::wire {

using model::DropReason;

inline constexpr std::uint16_t kEtherIpv4 = 0x0800, kEtherIpv6 = 0x86dd, kEtherVlan = 0x8100;
inline constexpr std::uint8_t kHopByHop = 0;

// Every parser ends with `return drop(...)` or `return true`.
[[nodiscard]] inline bool drop(DropReason& why, DropReason reason) {
    why = reason;
    return false;
}

// ---- cold, out of line ----

// What `type` says behind a link header of any kind; `tags` VLAN tags were already looked through.
bool parse_ether_rest(Bytes frame, std::size_t wire_end, std::size_t at, unsigned type_and_tags,
                      PacketView& view, DropReason& why) noexcept;
// Link types other than Ethernet.
bool parse_other_link(Bytes frame, std::size_t wire_end, Link link, PacketView& view,
                      DropReason& why) noexcept;
// IP behind anything but plain Ethernet; `ether_type` is one of the two.
bool parse_ip(Bytes frame, std::size_t wire_end, std::size_t at, std::uint16_t ether_type,
              PacketView& view, DropReason& why) noexcept;

// The length [bytes from `at`, the transport header, on] of a packet whose IP header says 0
// (offload); 0 when that is not what it is.
std::size_t offloaded_size(std::size_t wire_end, std::size_t at, std::uint8_t protocol) noexcept;

// An IPv4 packet with offset or "more"; `field` are bytes 6 and 7 of its header.
bool parse_ipv4_fragment(Bytes frame, std::size_t at, std::size_t end, std::uint16_t field,
                         PacketView& view, DropReason& why) noexcept;
// What is behind the fixed IPv6 header when it is neither TCP nor UDP.
bool parse_ipv6_chain(Bytes frame, std::size_t at, std::size_t end, PacketView& view,
                      DropReason& why) noexcept;
// All transports but TCP and UDP. `head`: of a first fragment.
bool parse_other_transport(Bytes frame, std::size_t at, std::size_t end, bool head,
                           PacketView& view, DropReason& why) noexcept;

// Extension headers from `next` at `at` on; in and out.
struct ExtensionWalk {
    std::uint8_t next = 0;
    std::size_t at = 0;
    bool is_fragment = false;  // by a fragment header that is not atomic
    std::uint32_t fragment_id = 0;
    std::uint16_t fragment_offset = 0;
    bool more_fragments = false;
    std::size_t fragment_data_at = 0;
};
// Ends at the first header that is no extension, or behind the fragment header of a later fragment.
bool walk_extensions(Bytes frame, std::size_t end, ExtensionWalk& walk, DropReason& why) noexcept;

// ---- hot ----

inline void set_payload(PacketView& view, std::size_t at, std::size_t size) {
    view.payload_offset = static_cast<std::uint16_t>(at);
    view.payload_size = static_cast<std::uint16_t>(size);
}

// Bit f is set when no stack sends the flags f (lower six).
constexpr std::uint64_t bad_tcp_flags() {
    std::uint64_t bad = 0;
    for (unsigned f = 0; f < 64; ++f) {
        const bool syn_and_end = (f & kSyn) && (f & (kFin | kRst));
        const unsigned xmas = kFin | kPsh | kUrg;
        if (f == 0 || syn_and_end || (!(f & kAck) && (f & xmas) == xmas)) bad |= 1ull << f;
    }
    return bad;
}

inline bool parse_tcp(Bytes frame, std::size_t at, std::size_t end, bool head, PacketView& view,
                      DropReason& why) {
    constexpr std::size_t kFixed = 20;
    const std::size_t size = end - at;
    if (size < kFixed) [[unlikely]]
        return drop(why, head ? DropReason::fragment_tiny : DropReason::l4_short);
    if (frame.size() < at + kFixed) [[unlikely]]
        return drop(why, DropReason::l4_short);
    const std::size_t header = (frame[at + 12] >> 4) * 4u;
    if (header < kFixed) [[unlikely]]
        return drop(why, DropReason::tcp_malformed);
    if (header > size) [[unlikely]]
        return drop(why, head ? DropReason::fragment_tiny : DropReason::tcp_malformed);
    if (frame.size() < at + header) [[unlikely]]
        return drop(why, DropReason::l4_short);
    const std::uint8_t flags = frame[at + 13];
    if (bad_tcp_flags() >> (flags & 0x3f) & 1) [[unlikely]]
        return drop(why, DropReason::tcp_malformed);
    view.tcp_flags = flags;
    view.source_port = be16(frame, at);
    view.destination_port = be16(frame, at + 2);
    view.tcp_seq = be32(frame, at + 4);
    view.tcp_ack = be32(frame, at + 8);
    view.tcp_window = be16(frame, at + 14);
    set_payload(view, at + header, size - header);
    return true;
}

inline bool parse_udp(Bytes frame, std::size_t at, std::size_t end, bool head, PacketView& view,
                      DropReason& why) {
    constexpr std::size_t kHeader = 8;
    std::size_t size = end - at;
    if (size < kHeader) [[unlikely]]
        return drop(why, head ? DropReason::fragment_tiny : DropReason::l4_short);
    if (frame.size() < at + kHeader) [[unlikely]]
        return drop(why, DropReason::l4_short);
    const std::size_t said = be16(frame, at + 4);
    // The length of a first fragment's header speaks of the whole datagram.
    if (said < kHeader || (said > size && !head)) [[unlikely]]
        return drop(why, DropReason::udp_bad_length);
    if (said < size) size = said;
    view.source_port = be16(frame, at);
    view.destination_port = be16(frame, at + 2);
    set_payload(view, at + kHeader, size - kHeader);
    return true;
}

inline bool parse_transport(Bytes frame, std::size_t at, std::size_t end, bool head,
                            PacketView& view, DropReason& why) {
    view.l4_offset = static_cast<std::uint16_t>(at);
    view.kind = head ? PacketKind::fragment_head : PacketKind::flow;
    if (view.ip_protocol == kTcp) [[likely]]
        return parse_tcp(frame, at, end, head, view, why);
    if (view.ip_protocol == kUdp) return parse_udp(frame, at, end, head, view, why);
    return parse_other_transport(frame, at, end, head, view, why);
}

// a.b.c.d as ::ffff:a.b.c.d, in one store: the address is read back soon, in one load, and a CPU
// hands on to it only what was stored in one.
inline void set_ipv4(IpAddress& address, const std::uint8_t* bytes) {
    std::int32_t raw;
    std::memcpy(&raw, bytes, sizeof raw);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(address.bytes.data()),
                     _mm_set_epi32(raw, static_cast<std::int32_t>(0xffff0000u), 0, 0));
}

inline bool parse_ipv4(Bytes frame, std::size_t wire_end, std::size_t at, PacketView& view,
                       DropReason& why) {
    constexpr std::size_t kFixed = 20;
    if (frame.size() < at + kFixed) [[unlikely]]
        return drop(why, DropReason::ip_short);
    const std::uint8_t first = frame[at];
    if (first >> 4 != 4) [[unlikely]]
        return drop(why, DropReason::ip_version);
    const std::size_t header = (first & 15) * 4u;
    if (header < kFixed) [[unlikely]]
        return drop(why, DropReason::ip_bad_length);
    if (frame.size() < at + header) [[unlikely]]
        return drop(why, DropReason::ip_short);
    const std::uint16_t fragment = be16(frame, at + 6) & 0x3fff;
    std::size_t total = be16(frame, at + 2);
    if (total < header) [[unlikely]] {
        if (total == 0 && fragment == 0)
            total = header + offloaded_size(wire_end, at + header, frame[at + 9]);
        if (total <= header) return drop(why, DropReason::ip_bad_length);
    }
    if (at + total > wire_end) [[unlikely]]
        return drop(why, DropReason::ip_truncated);
    view.ether_type = kEtherIpv4;
    view.l3_offset = static_cast<std::uint16_t>(at);
    view.ip_protocol = frame[at + 9];
    set_ipv4(view.source, frame.data() + at + 12);
    set_ipv4(view.destination, frame.data() + at + 16);
    if (fragment != 0) [[unlikely]]
        return parse_ipv4_fragment(frame, at + header, at + total, fragment, view, why);
    return parse_transport(frame, at + header, at + total, false, view, why);
}

inline bool parse_ipv6(Bytes frame, std::size_t wire_end, std::size_t at, PacketView& view,
                       DropReason& why) {
    constexpr std::size_t kFixed = 40;
    if (frame.size() < at + kFixed) [[unlikely]]
        return drop(why, DropReason::ip_short);
    if (frame[at] >> 4 != 6) [[unlikely]]
        return drop(why, DropReason::ip_version);
    const std::uint8_t next = frame[at + 6];
    std::size_t size = be16(frame, at + 4);
    if (size == 0) [[unlikely]] {
        size = offloaded_size(wire_end, at + kFixed, next);
        if (next == kHopByHop) return drop(why, DropReason::ip_bad_length);  // a jumbogram
    }
    const std::size_t l4 = at + kFixed, end = l4 + size;
    if (end > wire_end) [[unlikely]]
        return drop(why, DropReason::ip_truncated);
    view.ether_type = kEtherIpv6;
    view.l3_offset = static_cast<std::uint16_t>(at);
    view.ip_protocol = next;
    std::memcpy(view.source.bytes.data(), frame.data() + at + 8, 16);
    std::memcpy(view.destination.bytes.data(), frame.data() + at + 24, 16);
    // It would be taken for the IPv4 address itself, and for that one's owner.
    if (view.source.is_v4() || view.destination.is_v4()) [[unlikely]]
        return drop(why, DropReason::ip_mapped_address);
    if (next != kTcp && next != kUdp) [[unlikely]]
        return parse_ipv6_chain(frame, l4, end, view, why);
    return parse_transport(frame, l4, end, false, view, why);
}

}  // namespace sluice::wire
