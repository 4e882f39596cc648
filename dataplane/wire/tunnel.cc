#include "dataplane/wire/tunnel.h"

#include <algorithm>

namespace sluice::wire {
namespace {

constexpr std::uint8_t kIpv4InIp = 4, kIpv6InIp = 41, kGreProtocol = 47;
constexpr std::uint16_t kEtherIpv4 = 0x0800, kEtherIpv6 = 0x86dd, kEtherBridged = 0x6558,
                        kEtherPpp = 0x880b, kEtherErspan = 0x88be, kEtherErspan3 = 0x22eb;
constexpr std::uint16_t kVxlanPort = 4789, kOldVxlanPort = 8472, kVxlanGpePort = 4790,
                        kGenevePort = 6081, kGtpPort = 2152, kTeredoPort = 3544, kAyiyaPort = 5072,
                        kL2tpPort = 1701;

std::optional<Tunnelled> carried(Carrier carrier, Link link, Bytes packet) {
    if (packet.empty()) return std::nullopt;
    return Tunnelled{.carrier = carrier, .link = link, .packet = packet, .wire_size = 0};
}

// IP by its version; nothing else begins so.
std::optional<Tunnelled> carried_ip(Carrier carrier, Bytes packet) {
    if (packet.empty() || (packet[0] >> 4 != 4 && packet[0] >> 4 != 6)) return std::nullopt;
    return carried(carrier, Link::raw_ip, packet);
}

std::optional<Tunnelled> by_ether_type(Carrier carrier, std::uint16_t type, Bytes packet) {
    if (type == kEtherIpv4 || type == kEtherIpv6) return carried_ip(carrier, packet);
    if (type == kEtherBridged) return carried(carrier, Link::ethernet, packet);
    if (type == kEtherPpp) return carried(carrier, Link::ppp, packet);
    return std::nullopt;
}

// Type I has no header of its own, type II 8 bytes, type III 12 and 8 more where its last bit says.
std::optional<Tunnelled> in_erspan(std::uint16_t type, bool sequenced, ByteReader reader) {
    Bytes header;
    if (type == kEtherErspan && sequenced && !reader.skip(8)) return std::nullopt;
    if (type == kEtherErspan3 &&
        (!reader.take(12, header) || ((header[11] & 1) != 0 && !reader.skip(8))))
        return std::nullopt;
    return carried(Carrier::erspan, Link::ethernet, reader.rest());
}

std::optional<Tunnelled> in_gre(Bytes bytes) {
    constexpr std::uint16_t kChecksum = 0x8000, kRouting = 0x4000, kKey = 0x2000,
                            kSequence = 0x1000, kAcknowledged = 0x0080, kVersion = 7;
    ByteReader reader(bytes);
    std::uint16_t flags = 0, type = 0;
    if (!reader.u16(flags) || !reader.u16(type) || (flags & kRouting) != 0) return std::nullopt;
    const unsigned version = flags & kVersion;
    if (version > 1 || (version == 1) != (type == kEtherPpp)) return std::nullopt;
    std::size_t options = 0;
    for (const std::uint16_t option : {kChecksum, kKey, kSequence})
        options += (flags & option) != 0 ? 4 : 0;
    if (version == 1 && (flags & kAcknowledged) != 0) options += 4;
    if (!reader.skip(options)) return std::nullopt;
    if (type == kEtherErspan || type == kEtherErspan3)
        return in_erspan(type, (flags & kSequence) != 0, reader);
    return by_ether_type(Carrier::gre, type, reader.rest());
}

std::optional<Tunnelled> in_vxlan(Bytes bytes, bool generic) {
    constexpr std::uint8_t kHasNetwork = 0x08, kHasNext = 0x04;
    constexpr std::size_t kHeader = 8;
    if (bytes.size() < kHeader || (bytes[0] & kHasNetwork) == 0) return std::nullopt;
    const Bytes inner = bytes.subspan(kHeader);
    if (!generic || (bytes[0] & kHasNext) == 0) {
        if (bytes[7] != 0) return std::nullopt;  // reserved
        return carried(Carrier::vxlan, Link::ethernet, inner);
    }
    if (bytes[3] == 1 || bytes[3] == 2) return carried_ip(Carrier::vxlan, inner);
    return bytes[3] == 3 ? carried(Carrier::vxlan, Link::ethernet, inner) : std::nullopt;
}

std::optional<Tunnelled> in_geneve(Bytes bytes) {
    constexpr std::size_t kHeader = 8;
    if (bytes.size() < kHeader || bytes[0] >> 6 != 0) return std::nullopt;
    ByteReader reader(bytes);
    const std::size_t options = (bytes[0] & 0x3fu) * 4;
    if (!reader.skip(kHeader + options)) return std::nullopt;
    return by_ether_type(Carrier::geneve, be16(bytes, 2), reader.rest());
}

std::optional<Tunnelled> in_gtp(Bytes bytes) {
    constexpr std::uint8_t kUserPacket = 255, kAnyOptional = 7, kExtension = 4;
    constexpr unsigned kExtensionsMax = 8;
    if (bytes.size() < 8 || bytes[0] >> 4 != 3 || bytes[1] != kUserPacket) return std::nullopt;
    ByteReader reader(bytes.subspan(8));
    Bytes optional;
    if ((bytes[0] & kAnyOptional) != 0 && !reader.take(4, optional)) return std::nullopt;
    std::uint8_t next = (bytes[0] & kExtension) != 0 ? optional[3] : 0;
    for (unsigned i = 0; next != 0; ++i) {
        std::uint8_t words = 0;
        Bytes extension;
        if (i == kExtensionsMax || !reader.u8(words) || words == 0 ||
            !reader.take(words * 4u - 1, extension))
            return std::nullopt;
        next = extension.back();
    }
    return carried_ip(Carrier::gtp, reader.rest());
}

// Authentication and origin indications (RFC 4380 5.1.1), then IPv6 between Teredo's addresses.
std::optional<Tunnelled> in_teredo(Bytes bytes, bool by_port) {
    constexpr std::size_t kIpv6Header = 40, kSource = 8, kDestination = 24;
    ByteReader reader(bytes);
    if (by_port && bytes.size() > 4 && be16(bytes, 0) == 1 &&
        !reader.skip(std::size_t{13} + bytes[2] + bytes[3]))
        return std::nullopt;
    if (by_port && reader.left() > 8 && be16(reader.rest(), 0) == 0 && !reader.skip(8))
        return std::nullopt;
    const Bytes inner = reader.rest();
    if (inner.size() < kIpv6Header || inner[0] >> 4 != 6) return std::nullopt;
    constexpr std::uint32_t kPrefix = 0x20010000;
    const bool addressed = be32(inner, kSource) == kPrefix || be32(inner, kDestination) == kPrefix;
    const bool sized = be16(inner, 4) + kIpv6Header <= inner.size();
    return (by_port || addressed) && sized ? carried_ip(Carrier::teredo, inner) : std::nullopt;
}

std::optional<Tunnelled> in_ayiya(Bytes bytes) {
    constexpr std::size_t kHeader = 8;
    constexpr std::uint8_t kForward = 1;
    if (bytes.size() < kHeader || (bytes[2] & 0x0f) != kForward || bytes[3] != kIpv6InIp)
        return std::nullopt;
    const std::size_t identity = std::size_t{1} << (bytes[0] >> 4);
    const std::size_t signature = (bytes[1] >> 4) * std::size_t{4};
    ByteReader reader(bytes);
    if (!reader.skip(kHeader + identity + signature)) return std::nullopt;
    return carried_ip(Carrier::ayiya, reader.rest());
}

std::optional<Tunnelled> in_l2tp(Bytes bytes) {
    constexpr std::uint16_t kControl = 0x8000, kLength = 0x4000, kSequence = 0x0800,
                            kOffset = 0x0200, kVersion = 0x000f;
    ByteReader reader(bytes);
    std::uint16_t flags = 0, offset = 0;
    if (!reader.u16(flags) || (flags & kControl) != 0 || (flags & kVersion) != 2)
        return std::nullopt;
    const std::size_t fixed =
        std::size_t{4} + ((flags & kLength) != 0 ? 2 : 0) + ((flags & kSequence) != 0 ? 4 : 0);
    if (!reader.skip(fixed)) return std::nullopt;
    if ((flags & kOffset) != 0 && (!reader.u16(offset) || !reader.skip(offset)))
        return std::nullopt;
    return carried(Carrier::l2tp, Link::ppp, reader.rest());
}

std::optional<Tunnelled> in_udp(Bytes bytes, const PacketView& view) {
    const auto has_port = [&](std::uint16_t port) {
        return view.source_port == port || view.destination_port == port;
    };
    if (has_port(kVxlanPort) || has_port(kOldVxlanPort)) return in_vxlan(bytes, false);
    if (has_port(kVxlanGpePort)) return in_vxlan(bytes, true);
    if (has_port(kGenevePort)) return in_geneve(bytes);
    if (has_port(kGtpPort)) return in_gtp(bytes);
    if (has_port(kAyiyaPort)) return in_ayiya(bytes);
    if (has_port(kL2tpPort)) return in_l2tp(bytes);
    return in_teredo(bytes, has_port(kTeredoPort));
}

}  // namespace

std::string_view name_of(Carrier carrier) noexcept {
    constexpr std::string_view kNames[kCarriers] = {"ipip",   "6in4", "gre",    "erspan", "vxlan",
                                                    "geneve", "gtp",  "teredo", "ayiya",  "l2tp"};
    return kNames[static_cast<std::size_t>(carrier)];
}

std::optional<Tunnelled> tunnelled(Bytes frame, const PacketView& view) noexcept {
    if (view.kind != PacketKind::flow || view.payload_offset >= frame.size()) return std::nullopt;
    Bytes bytes = frame.subspan(view.payload_offset);
    std::uint32_t size = static_cast<std::uint32_t>(bytes.size());
    if (view.payload_size != 0) {
        size = view.payload_size;
        bytes = bytes.first(std::min<std::size_t>(bytes.size(), size));
    }
    std::optional<Tunnelled> found;
    switch (view.ip_protocol) {
        case kIpv4InIp:
            found = carried_ip(Carrier::ipip, bytes);
            break;
        case kIpv6InIp:
            found = carried_ip(Carrier::six_in_four, bytes);
            break;
        case kGreProtocol:
            found = in_gre(bytes);
            break;
        case kUdp:
            found = in_udp(bytes, view);
            break;
        default:
            break;
    }
    if (found) {
        const auto header = static_cast<std::uint32_t>(bytes.size() - found->packet.size());
        found->wire_size =
            std::max(size - header, static_cast<std::uint32_t>(found->packet.size()));
    }
    return found;
}

}  // namespace sluice::wire
