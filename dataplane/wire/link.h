// Link layers Sluice can look through. Live ports are always Ethernet; the others are captures'.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace sluice::wire {

enum class Link : std::uint8_t {
    ethernet,    // LINKTYPE_ETHERNET
    raw_ip,      // LINKTYPE_RAW, _IPV4, _IPV6: starts with the IP header
    linux_sll,   // LINKTYPE_LINUX_SLL
    linux_sll2,  // LINKTYPE_LINUX_SLL2
    null_loop,   // LINKTYPE_NULL and _LOOP: 4-byte address family, either byte order
    ppp,         // LINKTYPE_PPP: optional FF 03, then the PPP protocol
};
inline constexpr unsigned kLinkCount = 6;

// The link layer of a capture file's or pcap handle's link type number.
//   number   LINKTYPE_ value of a file, or the DLT_ value libpcap hands out (they differ for raw
//   IP). returns  nothing when packets of that type are not looked into (link_unsupported). source
//   the table of link-layer header types of tcpdump.org.
std::optional<Link> link_of_type(std::uint32_t number) noexcept;

std::string_view name_of(Link link) noexcept;

}  // namespace sluice::wire
