// An IP packet with a plain TCP header, as the exception path needs to see it: where things are,
// and its checksums. Packets of the wire and of the kernel alike; nothing in them is trusted.
#pragma once
#include <cstdint>
#include <optional>
#include <span>

#include "rules/base/bytes.h"
#include "rules/base/ip.h"

namespace sluice::handover {

struct TcpPacket {
    bool v4 = true;
    std::uint16_t ip_header = 0;  // [bytes]; IPv4 options included
    std::uint16_t headers = 0;    // IP and TCP [bytes]
    std::uint32_t size = 0;       // all of it [bytes]

    std::uint16_t tcp_at() const { return ip_header; }
    std::uint32_t payload() const { return size - headers; }
};

// `ip`: from the IP header's first byte to the packet's end. Nothing when it is not whole, is a
// fragment, has IPv6 extension headers, or is no TCP.
// source: RFC 791, 8200, 9293. cost: headers only.
std::optional<TcpPacket> parse_tcp_packet(Bytes ip) noexcept;

IpAddress source_of(Bytes ip, const TcpPacket& packet) noexcept;
IpAddress destination_of(Bytes ip, const TcpPacket& packet) noexcept;

// Is the TCP checksum right? (IPv4: the header's too.)
bool checksums_right(Bytes ip, const TcpPacket& packet) noexcept;
// Writes lengths and all checksums of a packet whose other fields are done; `ip` is all of it.
void finish_packet(std::span<std::uint8_t> ip, const TcpPacket& packet) noexcept;
// What a TCP checksum field holds of which the kernel computes the rest (CHECKSUM_PARTIAL).
std::uint16_t pseudo_checksum(Bytes ip, const TcpPacket& packet) noexcept;
// The IPv4 header's checksum, its field taken as zero.
std::uint16_t header_checksum(Bytes header) noexcept;

inline void put16(std::span<std::uint8_t> out, std::size_t at, std::size_t value) {
    out[at] = static_cast<std::uint8_t>(value >> 8);
    out[at + 1] = static_cast<std::uint8_t>(value);
}
inline void put32(std::span<std::uint8_t> out, std::size_t at, std::uint32_t value) {
    put16(out, at, value >> 16);
    put16(out, at + 2, value & 0xffff);
}

inline constexpr std::size_t kTcpChecksumAt = 16, kTcpFlagsAt = 13, kTcpSeqAt = 4, kTcpAckAt = 8;

}  // namespace sluice::handover
