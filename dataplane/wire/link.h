// Link layers Sluice can look through. Live ports are always Ethernet; the others are captures'.
#pragma once
#include <cstdint>

namespace sluice::wire {

enum class Link : std::uint8_t {
    ethernet,   // LINKTYPE_ETHERNET
    raw_ip,     // LINKTYPE_RAW, _IPV4, _IPV6: starts with the IP header
    linux_sll,  // LINKTYPE_LINUX_SLL
    linux_sll2, // LINKTYPE_LINUX_SLL2
    null_loop,  // LINKTYPE_NULL and _LOOP: 4-byte address family, either byte order
    ppp,        // LINKTYPE_PPP: optional FF 03, then the PPP protocol
};

}  // namespace sluice::wire
