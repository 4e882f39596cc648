// Whether a wire passes packets: what `uplink drain` turns. Set by the control thread, read by
// workers once a burst.
//
//   pass      everything
//   draining  what keeps routes alive does not pass, data does: routers on both sides give the wire
//             up and move to the other one while nothing is lost
//   closed    nothing passes
#pragma once
#include <atomic>
#include <cstdint>

#include "rules/base/bytes.h"

namespace sluice::io {

enum class Passing : std::uint8_t { all, data, nothing };

struct WireSwitch {
    alignas(64) std::atomic<Passing> passing{Passing::all};
    std::atomic<std::uint64_t> stopped{0};  // packets; written by workers, only while it is not all
    std::atomic<std::uint64_t> data{0};     // packets that passed while it was not all
};

// Whether routers, switches or hosts tell each other by this frame that the link works: frames that
// are not IP (ARP, LACP, LLDP, STP, IS-IS, ...), neighbour discovery, OSPF, VRRP, PIM, BFD, BGP,
// RIP, LDP, and whatever goes to a multicast group of the link (224.0.0.0/24, ff02::/16). A frame
// that cannot be understood does not count.
bool keeps_routes_alive(Bytes frame, std::uint32_t wire_size) noexcept;

}  // namespace sluice::io
