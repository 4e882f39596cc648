// Transports other than TCP and UDP: ICMP and ICMPv6 with what their errors quote, protocols with
// ports, and the rest.
#include <algorithm>

#include "dataplane/wire/packet_parts.h"

namespace sluice::wire {
namespace {

constexpr std::uint8_t kDccp = 33, kSctp = 132, kUdpLite = 136;
constexpr std::size_t kIcmpHeader = 8;
constexpr std::size_t kQuoted = 8;  // bytes of transport header an error quotes at least (RFC 792)

bool has_ports(std::uint8_t protocol) {
    return protocol == kTcp || protocol == kUdp || protocol == kSctp || protocol == kDccp ||
           protocol == kUdpLite;
}

// Unreachable, quench, redirect, time exceeded, parameter problem; RFC 4443: 1..4.
bool is_error(bool v4, std::uint8_t type) {
    if (!v4) return type >= 1 && type <= 4;
    return type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
}

// Messages with an identifier in bytes 4 and 5: echo, timestamp, information and mask of RFC 792
// and 950, extended echo of RFC 8335.
bool has_identifier(bool v4, std::uint8_t type) {
    if (!v4) return type == 128 || type == 129 || type == 160 || type == 161;
    return type == 0 || type == 8 || (type >= 13 && type <= 18) || type == 42 || type == 43;
}

// RFC 4861: from the link itself, so nobody can have sent them from beyond a router. RFC 6980: not
// in fragments.
bool is_neighbour_discovery(std::uint8_t type, std::uint8_t hop_limit) {
    return type >= 133 && type <= 137 && hop_limit == 255;
}

// Addresses and protocol of the packet an error quotes at `walk.at`; false when they are not there.
bool read_quoted_ip(Bytes quote, bool v4, ExtensionWalk& walk, PacketView& view) {
    const std::size_t fixed = v4 ? 20 : 40, at = walk.at;
    if (quote.size() < at + fixed || quote[at] >> 4 != (v4 ? 4 : 6)) return false;
    if (!v4) {
        std::memcpy(view.source.bytes.data(), quote.data() + at + 8, 16);
        std::memcpy(view.destination.bytes.data(), quote.data() + at + 24, 16);
        walk.next = quote[at + 6];
        walk.at = at + fixed;
        DropReason ignored{};
        return walk_extensions(quote, quote.size(), walk, ignored);
    }
    set_ipv4(view.source, quote.data() + at + 12);
    set_ipv4(view.destination, quote.data() + at + 16);
    const std::uint16_t field = be16(quote, at + 6);
    walk.fragment_offset = static_cast<std::uint16_t>((field & 0x1fff) * 8);
    walk.more_fragments = (field & 0x2000) != 0;
    walk.is_fragment = walk.fragment_offset != 0 || walk.more_fragments;
    walk.fragment_id = be16(quote, at + 4);
    walk.next = quote[at + 9];
    const std::size_t header = (quote[at] & 15) * 4u;
    walk.at = at + header;
    return header >= fixed && walk.at <= quote.size();
}

// Ports, or the identifier of a quoted query, and the sequence number: all in the first 8 bytes.
void read_quoted_transport(Bytes quote, std::size_t at, bool v4, PacketView& view) {
    if (view.ip_protocol == (v4 ? kIcmp : kIcmp6)) {
        if (has_identifier(v4, quote[at])) view.source_port = be16(quote, at + 4);
        return;
    }
    view.source_port = be16(quote, at);
    view.destination_port = be16(quote, at + 2);
    if (view.ip_protocol == kTcp) view.tcp_seq = be32(quote, at + 4);
}

// `quote` is the frame up to where the error ends; the quoted packet begins at `at`. Its lengths
// are not looked at: some systems quote them in their own byte order.
bool parse_quote(Bytes quote, std::size_t at, bool v4, PacketView& view, DropReason& why) {
    ExtensionWalk walk{.at = at};
    if (!read_quoted_ip(quote, v4, walk, view)) return drop(why, DropReason::l4_short);
    view.kind = PacketKind::icmp_error;
    view.ip_protocol = walk.next;
    if (walk.is_fragment) {
        view.fragment_id = walk.fragment_id;
        view.fragment_offset = walk.fragment_offset;
        view.more_fragments = walk.more_fragments;
        if (walk.fragment_offset != 0) return true;
    }
    if (!has_ports(walk.next) && walk.next != (v4 ? kIcmp : kIcmp6)) return true;
    if (quote.size() < walk.at + kQuoted) return drop(why, DropReason::l4_short);
    read_quoted_transport(quote, walk.at, v4, view);
    return true;
}

bool parse_icmp(Bytes frame, std::size_t at, std::size_t end, bool head, PacketView& view,
                DropReason& why) {
    if (end - at < kIcmpHeader)
        return drop(why, head ? DropReason::fragment_tiny : DropReason::l4_short);
    if (frame.size() < at + kIcmpHeader) return drop(why, DropReason::l4_short);
    const bool v4 = view.ether_type == kEtherIpv4;
    const std::uint8_t type = frame[at];
    view.icmp_type = type;
    set_payload(view, at + kIcmpHeader, end - at - kIcmpHeader);
    if (has_identifier(v4, type)) view.source_port = be16(frame, at + 4);
    if (head) return true;
    if (is_error(v4, type))
        return parse_quote(frame.first(std::min(end, frame.size())), at + kIcmpHeader, v4, view,
                           why);
    view.neighbour_discovery = !v4 && is_neighbour_discovery(type, frame[view.l3_offset + 7u]);
    return true;
}

}  // namespace

bool parse_other_transport(Bytes frame, std::size_t at, std::size_t end, bool head,
                           PacketView& view, DropReason& why) noexcept {
    const bool v4 = view.ether_type == kEtherIpv4;
    if (view.ip_protocol == (v4 ? kIcmp : kIcmp6))
        return parse_icmp(frame, at, end, head, view, why);
    set_payload(view, at, end - at);
    if (!has_ports(view.ip_protocol)) return true;
    if (end - at < 4) return drop(why, head ? DropReason::fragment_tiny : DropReason::l4_short);
    if (frame.size() < at + 4) return drop(why, DropReason::l4_short);
    view.source_port = be16(frame, at);
    view.destination_port = be16(frame, at + 2);
    return true;
}

}  // namespace sluice::wire
