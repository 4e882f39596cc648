#include "dataplane/handover/tcp_packet.h"

#include <algorithm>

#include "dataplane/handover/checksum.h"

namespace sluice::handover {
namespace {

constexpr std::size_t kIpv4Min = 20, kIpv6Size = 40, kTcpMin = 20;
constexpr std::uint8_t kTcp = 6;

Bytes addresses_of(Bytes ip, const TcpPacket& packet) {
    return packet.v4 ? ip.subspan(12, 8) : ip.subspan(8, 32);
}

// The pseudo-header of RFC 9293 3.1 and RFC 8200 8.1.
Checksum pseudo_header(Bytes ip, const TcpPacket& packet) noexcept {
    Checksum sum;
    sum.add(addresses_of(ip, packet));
    sum.add16(kTcp);
    sum.add16(static_cast<std::uint16_t>(packet.size - packet.ip_header));
    return sum;
}

IpAddress address_at(Bytes ip, bool v4, std::size_t at) noexcept {
    if (v4) return IpAddress::v4(be32(ip, at));
    IpAddress address;
    std::copy_n(ip.begin() + static_cast<std::ptrdiff_t>(at), 16, address.bytes.begin());
    return address;
}

// Size of the IP header and of the whole packet by it; 0 when it is not what we take.
std::size_t read_ipv4(Bytes ip, std::size_t& total) noexcept {
    constexpr std::uint16_t kFragmented = 0x3fff;  // more fragments, or an offset
    const std::size_t header = (ip[0] & 15u) * 4u;
    total = be16(ip, 2);
    const bool plain = (be16(ip, 6) & kFragmented) == 0 && ip[9] == kTcp;
    return plain && header >= kIpv4Min ? header : 0;
}

}  // namespace

std::optional<TcpPacket> parse_tcp_packet(Bytes ip) noexcept {
    if (ip.size() < kIpv4Min) return std::nullopt;
    TcpPacket packet;
    packet.v4 = ip[0] >> 4 == 4;
    std::size_t header = 0, total = 0;
    if (packet.v4) {
        header = read_ipv4(ip, total);
    } else if (ip[0] >> 4 == 6 && ip.size() >= kIpv6Size && ip[6] == kTcp) {
        header = kIpv6Size;
        total = kIpv6Size + be16(ip, 4);
    }
    if (header == 0 || total > ip.size() || total < header + kTcpMin) return std::nullopt;
    const std::size_t tcp = (ip[header + 12] >> 4) * std::size_t{4};
    if (tcp < kTcpMin || header + tcp > total) return std::nullopt;
    packet.ip_header = static_cast<std::uint16_t>(header);
    packet.headers = static_cast<std::uint16_t>(header + tcp);
    packet.size = static_cast<std::uint32_t>(total);
    return packet;
}

IpAddress source_of(Bytes ip, const TcpPacket& packet) noexcept {
    return address_at(ip, packet.v4, packet.v4 ? 12 : 8);
}
IpAddress destination_of(Bytes ip, const TcpPacket& packet) noexcept {
    return address_at(ip, packet.v4, packet.v4 ? 16 : 24);
}

std::uint16_t header_checksum(Bytes header) noexcept {
    Checksum sum;
    sum.add(header.first(10));
    sum.add(header.subspan(12));
    return sum.value();
}

bool checksums_right(Bytes ip, const TcpPacket& packet) noexcept {
    if (packet.v4 && header_checksum(ip.first(packet.ip_header)) != be16(ip, 10)) return false;
    Checksum sum = pseudo_header(ip, packet);
    sum.add(ip.subspan(packet.ip_header, packet.size - packet.ip_header));
    return sum.value() == 0;
}

void finish_packet(std::span<std::uint8_t> ip, const TcpPacket& packet) noexcept {
    if (packet.v4) {
        put16(ip, 2, packet.size);
        put16(ip, 10, header_checksum(ip.first(packet.ip_header)));
    } else {
        put16(ip, 4, packet.size - packet.ip_header);
    }
    const std::size_t at = packet.ip_header + kTcpChecksumAt;
    put16(ip, at, 0);
    Checksum sum = pseudo_header(ip, packet);
    sum.add(ip.subspan(packet.ip_header, packet.size - packet.ip_header));
    put16(ip, at, sum.value());
}

std::uint16_t pseudo_checksum(Bytes ip, const TcpPacket& packet) noexcept {
    return static_cast<std::uint16_t>(~pseudo_header(ip, packet).value());
}

}  // namespace sluice::handover
