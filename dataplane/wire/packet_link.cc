// What lies between the first link header and IP when it is not plain Ethernet: tags, LLC/SNAP,
// MPLS, PPPoE, and the link types of captures.
//
//   Ethernet ─► tags ─┬─► IP
//                     ├─► LLC/SNAP ─► IP
//                     ├─► PPPoE ─► PPP ─► IP
//                     └─► MPLS ─┬─► IP
//                               └─► (control word) Ethernet ─► tags ─► IP
#include <algorithm>

#include "dataplane/wire/packet_parts.h"

namespace sluice::wire {
namespace {

constexpr std::uint16_t kEtherQinq = 0x88a8, kEtherOldQinq = 0x9100;
constexpr std::uint16_t kEtherMpls = 0x8847, kEtherMplsUpstream = 0x8848;
constexpr std::uint16_t kEtherPppoe = 0x8864, kEtherPpp = 0x880b;
constexpr unsigned kEtherLengthMax = 1500;  // up to this the type is an 802.3 length
constexpr std::uint16_t kPppIpv4 = 0x0021, kPppIpv6 = 0x0057;
constexpr unsigned kTagsMax = 4, kLabelsMax = 8;
constexpr std::size_t kMacs = 12;

bool is_tag(unsigned type) {
    return type == kEtherVlan || type == kEtherQinq || type == kEtherOldQinq;
}
bool is_ip(unsigned type) { return type == kEtherIpv4 || type == kEtherIpv6; }

bool not_ip(PacketView& view, unsigned ether_type) {
    view.kind = PacketKind::non_ip;
    view.ether_type = static_cast<std::uint16_t>(ether_type);
    return true;
}

// IEEE 802.2: DSAP, SSAP, control; SNAP adds an OUI and, under OUI 0, an EtherType (RFC 1042).
bool parse_llc(Bytes frame, std::size_t wire_end, std::size_t at, PacketView& view,
               DropReason& why) {
    constexpr std::size_t kSnap = 8;
    if (frame.size() < at + kSnap || be32(frame, at) != 0xaaaa0300 || be16(frame, at + 4) != 0)
        return not_ip(view, frame.size() > at ? frame[at] : 0u);
    const std::uint16_t type = be16(frame, at + 6);
    if (!is_ip(type)) return not_ip(view, type);
    return parse_ip(frame, wire_end, at + kSnap, type, view, why);
}

// A PPP protocol field, of one byte when that is odd (RFC 1661 5, 6.5), and what it says. What is
// not IP is told apart by `other_type`.
bool parse_ppp(Bytes frame, std::size_t wire_end, std::size_t at, std::uint16_t other_type,
               DropReason short_reason, PacketView& view, DropReason& why) {
    if (std::min(frame.size(), wire_end) <= at) return drop(why, short_reason);
    unsigned protocol = frame[at++];
    if ((protocol & 1) == 0) {
        if (std::min(frame.size(), wire_end) <= at) return drop(why, short_reason);
        protocol = protocol << 8 | frame[at++];
    }
    if (protocol == kPppIpv4) return parse_ip(frame, wire_end, at, kEtherIpv4, view, why);
    if (protocol == kPppIpv6) return parse_ip(frame, wire_end, at, kEtherIpv6, view, why);
    return not_ip(view, other_type);
}

// RFC 2516 4: version and type (1, 1), code (0 in a session), session, length of the PPP part.
bool parse_pppoe(Bytes frame, std::size_t wire_end, std::size_t at, PacketView& view,
                 DropReason& why) {
    constexpr std::size_t kHeader = 6;
    if (frame.size() < at + kHeader || be16(frame, at) != 0x1100)
        return drop(why, DropReason::pppoe_malformed);
    const std::size_t end = at + kHeader + be16(frame, at + 4);
    if (end > wire_end) return drop(why, DropReason::pppoe_malformed);
    return parse_ppp(frame, end, at + kHeader, kEtherPppoe, DropReason::pppoe_malformed, view, why);
}

// Where IP begins when an Ethernet header at `at`, with up to `tags_left` tags, leads to it beyond
// doubt: the type agrees with the version, and an IPv4 header length is possible. Else 0.
std::size_t ip_behind_ethernet(Bytes frame, std::size_t at, unsigned tags_left, unsigned& type) {
    at += kMacs;
    for (;; --tags_left) {
        if (frame.size() < at + 3) return 0;
        type = be16(frame, at);
        at += 2;
        if (!is_tag(type)) break;
        if (tags_left == 0) return 0;
        at += 2;
    }
    const unsigned version = frame[at] >> 4, words = frame[at] & 15;
    const bool sound =
        (type == kEtherIpv4 && version == 4 && words >= 5) || (type == kEtherIpv6 && version == 6);
    return sound ? at : 0;
}

// Behind the labels nothing says what follows (RFC 4928): 4 and 6 are IP; 0 is an Ethernet
// pseudowire with a control word (RFC 4448 4.6), or without one and a MAC that begins so, if only
// one of the two readings makes sense.
bool parse_behind_labels(Bytes frame, std::size_t wire_end, std::size_t at, unsigned tags,
                         PacketView& view, DropReason& why) {
    constexpr std::size_t kControlWord = 4;
    if (frame.size() <= at) return drop(why, DropReason::mpls_short);
    const unsigned nibble = frame[at] >> 4;
    if (nibble == 4) return parse_ip(frame, wire_end, at, kEtherIpv4, view, why);
    if (nibble == 6) return parse_ip(frame, wire_end, at, kEtherIpv6, view, why);
    if (nibble != 0) return not_ip(view, kEtherMpls);
    unsigned type_with = 0, type_without = 0;
    const unsigned tags_left = kTagsMax - tags;
    const std::size_t with = ip_behind_ethernet(frame, at + kControlWord, tags_left, type_with);
    const std::size_t without = ip_behind_ethernet(frame, at, tags_left, type_without);
    if ((with != 0) == (without != 0)) return not_ip(view, kEtherMpls);
    const unsigned type = with != 0 ? type_with : type_without;
    return parse_ip(frame, wire_end, with != 0 ? with : without, static_cast<std::uint16_t>(type),
                    view, why);
}

// RFC 3032 2.1: 20 bits of label, 3 of traffic class, bottom of stack, 8 of TTL.
bool parse_mpls(Bytes frame, std::size_t wire_end, std::size_t at, unsigned tags, PacketView& view,
                DropReason& why) {
    for (unsigned labels = 1;; ++labels) {
        if (labels > kLabelsMax) return drop(why, DropReason::mpls_depth);
        if (frame.size() < at + 4) return drop(why, DropReason::mpls_short);
        const bool bottom = (frame[at + 2] & 1) != 0;
        at += 4;
        if (bottom) return parse_behind_labels(frame, wire_end, at, tags, view, why);
    }
}

// LINKTYPE_NULL, _LOOP: the address family of the capturing system, in its byte order or in ours.
bool parse_null_loop(Bytes frame, std::size_t wire_end, PacketView& view, DropReason& why) {
    constexpr std::size_t kHeader = 4;
    if (frame.size() < kHeader) return drop(why, DropReason::eth_short);
    std::uint32_t family = be32(frame, 0);
    if (family > 0xffff) family = __builtin_bswap32(family);
    switch (family) {
        case 2:
            return parse_ip(frame, wire_end, kHeader, kEtherIpv4, view, why);
        case 10:  // Linux
        case 23:  // Windows
        case 24:  // NetBSD, OpenBSD
        case 28:  // FreeBSD
        case 30:  // macOS
            return parse_ip(frame, wire_end, kHeader, kEtherIpv6, view, why);
        default:
            return not_ip(view, 0);
    }
}

bool parse_raw_ip(Bytes frame, std::size_t wire_end, PacketView& view, DropReason& why) {
    if (frame.empty()) return drop(why, DropReason::ip_short);
    const std::uint16_t type = frame[0] >> 4 == 6 ? kEtherIpv6 : kEtherIpv4;
    return parse_ip(frame, wire_end, 0, type, view, why);
}

// LINKTYPE_LINUX_SLL: 16 bytes, protocol last; _SLL2: 20 bytes, protocol first. Protocol 4 is
// 802.2.
bool parse_cooked(Bytes frame, std::size_t wire_end, std::size_t header, std::size_t protocol_at,
                  PacketView& view, DropReason& why) {
    if (frame.size() < header) return drop(why, DropReason::eth_short);
    const unsigned protocol = be16(frame, protocol_at);
    if (protocol == 4) return parse_llc(frame, wire_end, header, view, why);
    if (protocol <= kEtherLengthMax) return not_ip(view, 0);
    return parse_ether_rest(frame, wire_end, header, protocol, view, why);
}

bool parse_ppp_link(Bytes frame, std::size_t wire_end, PacketView& view, DropReason& why) {
    const bool framed = frame.size() >= 2 && be16(frame, 0) == 0xff03;
    return parse_ppp(frame, wire_end, framed ? 2 : 0, kEtherPpp, DropReason::eth_short, view, why);
}

}  // namespace

bool parse_ip(Bytes frame, std::size_t wire_end, std::size_t at, std::uint16_t ether_type,
              PacketView& view, DropReason& why) noexcept {
    if (ether_type == kEtherIpv4) return parse_ipv4(frame, wire_end, at, view, why);
    return parse_ipv6(frame, wire_end, at, view, why);
}

bool parse_ether_rest(Bytes frame, std::size_t wire_end, std::size_t at, unsigned type_and_tags,
                      PacketView& view, DropReason& why) noexcept {
    unsigned type = type_and_tags & 0xffff, tags = type_and_tags >> 16;
    while (is_tag(type)) {
        if (tags++ == kTagsMax) return drop(why, DropReason::vlan_depth);
        if (frame.size() < at + 4) return drop(why, DropReason::vlan_short);
        type = be16(frame, at + 2);
        at += 4;
    }
    if (is_ip(type))
        return parse_ip(frame, wire_end, at, static_cast<std::uint16_t>(type), view, why);
    if (type == kEtherMpls || type == kEtherMplsUpstream)
        return parse_mpls(frame, wire_end, at, tags, view, why);
    if (type == kEtherPppoe) return parse_pppoe(frame, wire_end, at, view, why);
    // A length says where the packet ends before the padding; one too large says nothing.
    if (type <= kEtherLengthMax)
        return parse_llc(frame, std::min(wire_end, at + type), at, view, why);
    return not_ip(view, type);
}

bool parse_other_link(Bytes frame, std::size_t wire_end, Link link, PacketView& view,
                      DropReason& why) noexcept {
    switch (link) {
        case Link::ethernet:
            break;
        case Link::raw_ip:
            return parse_raw_ip(frame, wire_end, view, why);
        case Link::linux_sll:
            return parse_cooked(frame, wire_end, 16, 14, view, why);
        case Link::linux_sll2:
            return parse_cooked(frame, wire_end, 20, 0, view, why);
        case Link::null_loop:
            return parse_null_loop(frame, wire_end, view, why);
        case Link::ppp:
            return parse_ppp_link(frame, wire_end, view, why);
    }
    return drop(why, DropReason::link_unsupported);
}

}  // namespace sluice::wire
