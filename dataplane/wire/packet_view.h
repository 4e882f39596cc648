// One frame taken apart: where each header starts and which flow it belongs to.
#pragma once
#include <cstdint>

#include "dataplane/wire/link.h"
#include "rules/base/bytes.h"
#include "rules/base/ip.h"
#include "rules/base/result.h"
#include "rules/model/drop_reason.h"

namespace sluice::wire {

inline constexpr std::uint8_t kIcmp = 1, kTcp = 6, kUdp = 17, kIcmp6 = 58;

// TCP flags as in the header's 14th byte (RFC 9293 3.1).
inline constexpr std::uint8_t kFin = 1, kSyn = 2, kRst = 4, kPsh = 8, kAck = 16, kUrg = 32;

enum class PacketKind : std::uint8_t {
    non_ip,          // ARP, LLDP, LACP, STP, ...: `ether_type` says which
    flow,            // belongs to a flow by its own header
    fragment_head,   // first fragment with the whole transport header: a flow, and remembered
    fragment_rest,   // later fragment: ports unknown, found by fragment id
    icmp_error,      // quotes another packet: the fields below are those of the QUOTED packet
};

// Offsets are from the frame's first byte. Addresses and ports as in the packet itself, not turned
// round; for icmp_error they are the quoted packet's (so its source is our destination).
struct PacketView {
    PacketKind kind = PacketKind::non_ip;
    std::uint8_t ip_protocol = 0;     // final next header
    std::uint8_t tcp_flags = 0;
    std::uint8_t icmp_type = 0;       // ICMP and ICMPv6 only
    bool neighbour_discovery = false; // ICMPv6 133..137 with hop limit 255 (RFC 4861)
    std::uint16_t ether_type = 0;     // innermost, host order
    std::uint16_t l3_offset = 0;
    std::uint16_t l4_offset = 0;      // fragment_rest: of the fragment's data
    std::uint16_t payload_offset = 0; // after the TCP/UDP/ICMP header
    std::uint16_t payload_size = 0;   // by the IP length, link padding removed; may exceed what was captured
    IpAddress source, destination;
    std::uint16_t source_port = 0, destination_port = 0;  // host order; ICMP queries: identifier, 0
    std::uint32_t tcp_seq = 0, tcp_ack = 0;
    std::uint16_t tcp_window = 0;
    // Fragments only.
    std::uint32_t fragment_id = 0;
    std::uint16_t fragment_offset = 0;  // bytes
    bool more_fragments = false;
};

// Parses one frame of `link`.
//   frame      the bytes that are there (a capture may have cut the tail); nothing in it is trusted.
//   wire_size  what the frame measured on the wire, >= frame.size() [bytes].
//   returns    the view, or the one reason to drop it. A header cut by the capture is l4_short etc.;
//              a payload cut by the capture is fine (payload_size says what was sent).
//   looks through  up to 4 VLAN tags (0x8100, 0x88a8, 0x9100), 8 MPLS labels, one PPPoE session
//              header, 802.3 LLC/SNAP; IPv4 options; up to 8 IPv6 extension headers.
//   cost       touches only headers.
//   source     RFC 791, 8200, 9293, 768, 792, 4443, 3032, 2516; IEEE 802.1Q, 802.1ad.
Result<PacketView, model::DropReason> parse_packet(Bytes frame, std::uint32_t wire_size,
                                                   Link link) noexcept;

// Options of a SYN or SYN-ACK, as the handover needs them (RFC 9293, 7323, 2018).
struct TcpOptions {
    std::uint16_t mss = 0;           // 0 = absent
    std::uint8_t window_scale = 0xff;  // 0xff = absent
    bool sack_permitted = false;
    bool timestamps = false;
    std::uint32_t ts_value = 0, ts_echo = 0;
};
// `options` are the bytes between the fixed TCP header and its data. Stops at the first malformed one.
TcpOptions parse_tcp_options(Bytes options) noexcept;

}  // namespace sluice::wire
