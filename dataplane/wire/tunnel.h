// Packets inside packets: what a tunnel carries, one layer at a time.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "dataplane/wire/packet_view.h"

namespace sluice::wire {

enum class Carrier : std::uint8_t {
    ipip,         // IPv4 in IP (RFC 2003)
    six_in_four,  // IPv6 in IP (RFC 4213, 2473)
    gre,          // RFC 2784, 2890; PPTP's version 1 with PPP inside (RFC 2637)
    erspan,       // mirrored frames in GRE, types I to III
    vxlan,        // RFC 7348 and its generic protocol extension
    geneve,       // RFC 8926
    gtp,          // GTP-U version 1 (3GPP TS 29.281)
    teredo,       // RFC 4380
    ayiya,        // draft-massar-v6ops-ayiya
    l2tp,         // version 2 over UDP (RFC 2661), PPP inside
};
inline constexpr unsigned kCarriers = 10;
std::string_view name_of(Carrier carrier) noexcept;  // "6in4", "gre", ...

// How many layers anybody looks through.
inline constexpr unsigned kTunnelsMax = 4;

struct Tunnelled {
    Carrier carrier = Carrier::ipip;
    Link link = Link::raw_ip;     // what `packet` begins with
    Bytes packet;                 // as much of it as is there; points into the frame
    std::uint32_t wire_size = 0;  // what it measured, >= packet.size() [bytes]
};

// The packet that `frame`, whose view is `view`, carries. Nothing when it is no tunnel, is a
// fragment, or its headers contradict each other. UDP tunnels are told by their port, which both
// ends of these have, and by their header; Teredo by its addresses. Cost: a few bytes of header; no
// allocation.
std::optional<Tunnelled> tunnelled(Bytes frame, const PacketView& view) noexcept;

}  // namespace sluice::wire
