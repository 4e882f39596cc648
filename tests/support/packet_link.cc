// Link layers of a PacketSpec: Ethernet with tags, MPLS, PPPoE and SNAP, and those of captures.
#include <stdexcept>

#include "tests/support/packet_spec.h"

namespace sluice::testing {
namespace {

constexpr std::uint16_t kIpv4 = 0x0800, kMpls = 0x8847, kPppoeSession = 0x8864;

std::uint16_t ppp_protocol(std::uint16_t ether_type) { return ether_type == kIpv4 ? 0x21 : 0x57; }

void put_ppp(Frame& f, std::uint16_t ether_type, bool compressed) {
    if (compressed)
        put8(f, ppp_protocol(ether_type));
    else
        put16(f, ppp_protocol(ether_type));
}

void put_macs(Frame& f, const LinkSpec& link) {
    put_all(f, link.target_mac), put_all(f, link.source_mac);
}

// RFC 2516 4: version and type 1, code 0, session, length of what follows.
Frame in_pppoe(const LinkSpec& link, const Frame& inner, std::uint16_t ether_type) {
    Frame f{0x11, 0};
    put16(f, *link.pppoe_session), put16(f, inner.size() + (link.short_ppp ? 1 : 2));
    put_ppp(f, ether_type, link.short_ppp), put_all(f, inner);
    return f;
}

// RFC 3032 2.1; RFC 4448 4.6 for the control word.
Frame in_mpls(const LinkSpec& link, const Frame& inner, std::uint16_t ether_type) {
    Frame f;
    for (std::size_t i = 0; i < link.labels.size(); ++i) {
        const std::uint32_t bottom = i + 1 == link.labels.size() ? 0x100 : 0;
        put32(f, link.labels[i] << 12 | bottom | 64);
    }
    if (link.pseudowire) {
        if (link.control_word) put32(f, 0);
        put_macs(f, link), put16(f, ether_type);
    }
    put_all(f, inner);
    return f;
}

Frame in_snap(const Frame& inner, std::uint16_t ether_type) {
    Frame f{0xaa, 0xaa, 3, 0, 0, 0};
    put16(f, ether_type), put_all(f, inner);
    return f;
}

// What the outermost type field says, and the tags behind it.
void put_type_and_tags(Frame& f, const LinkSpec& link, std::uint16_t type) {
    for (const auto& [tpid, tci] : link.tags)
        put16(f, tpid), put16(f, tci);
    put16(f, type);
}

void put_cooked(Frame& f, const LinkSpec& link, std::uint16_t type) {
    put16(f, 0), put16(f, 1), put16(f, 6), put_all(f, link.source_mac), put16(f, 0);
    put_type_and_tags(f, link, type);
}

void put_cooked2(Frame& f, const LinkSpec& link, std::uint16_t type) {
    if (!link.tags.empty()) throw std::invalid_argument("tags on link=linux_sll2");
    put16(f, type), put16(f, 0), put32(f, 3), put16(f, 1), put8(f, 0), put8(f, 6);
    put_all(f, link.source_mac), put16(f, 0);
}

void put_family(Frame& f, const LinkSpec& link, std::uint16_t type) {
    const std::uint16_t family = link.family.value_or(type == kIpv4 ? 2 : 10);
    if (link.big_endian_family)
        put32(f, family);
    else
        put8(f, family), put8(f, family >> 8), put16(f, 0);
}

}  // namespace

Frame wrap_link(const LinkSpec& link, Frame ip, std::uint16_t ether_type) {
    std::uint16_t type = link.ether_type.value_or(ether_type);
    if (link.pppoe_session) ip = in_pppoe(link, ip, type), type = kPppoeSession;
    if (!link.labels.empty()) ip = in_mpls(link, ip, type), type = kMpls;
    if (link.snap) ip = in_snap(ip, type);
    if (link.snap || link.length_as_type) type = static_cast<std::uint16_t>(ip.size());
    Frame f;
    switch (link.link) {
        case wire::Link::ethernet:
            put_macs(f, link), put_type_and_tags(f, link, type);
            break;
        case wire::Link::linux_sll:
            put_cooked(f, link, type);
            break;
        case wire::Link::linux_sll2:
            put_cooked2(f, link, type);
            break;
        case wire::Link::null_loop:
            put_family(f, link, type);
            break;
        case wire::Link::ppp:
            if (!link.short_ppp) put16(f, 0xff03);
            put_ppp(f, type, link.short_ppp);
            break;
        case wire::Link::raw_ip:
            break;
    }
    put_all(f, ip);
    return f;
}

}  // namespace sluice::testing
