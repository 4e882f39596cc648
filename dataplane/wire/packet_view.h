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
    non_ip,         // ARP, LLDP, LACP, STP, ...: `ether_type` says which
    flow,           // belongs to a flow by its own header
    fragment_head,  // first fragment with the whole transport header: a flow, and remembered
    fragment_rest,  // later fragment: ports unknown, found by fragment id
    icmp_error,     // quotes another packet: the fields below are those of the QUOTED packet
};

// Offsets are from the frame's first byte. Addresses and ports as in the packet itself, not turned
// round.
//
// For icmp_error ip_protocol, source, destination, both ports, tcp_seq and the fragment fields are
// the quoted packet's (so its source is our destination); icmp_type and all offsets stay the
// error's own, payload_offset is where the quote begins. A quote of a later fragment has ports 0
// and its fragment_offset. An error that does not quote the 8 bytes behind the IP header (RFC 792)
// names no flow: l4_short. An error cut into fragments is a fragment_head with ports 0.
//
// All offsets are within what was captured (at most frame.size()), in the order below. Protocols
// other than TCP, UDP and ICMP, and later fragments, have payload_offset == l4_offset.
struct PacketView {
    PacketKind kind = PacketKind::non_ip;
    // Final next header; of a fragment_rest on IPv6 what its fragment header says.
    std::uint8_t ip_protocol = 0;
    std::uint8_t tcp_flags = 0;        // all eight
    std::uint8_t icmp_type = 0;        // ICMP and ICMPv6 only
    bool neighbour_discovery = false;  // ICMPv6 133..137 with hop limit 255 (RFC 4861)
    // Innermost, host order; 0x0800 or 0x86dd for IP over whatever it came. Of non_ip frames: below
    // 0x0600 the LLC DSAP (0x42 = STP), 0 = none known; 0x880b PPP, 0x8864 PPPoE with no IP inside.
    std::uint16_t ether_type = 0;
    std::uint16_t l3_offset = 0;
    std::uint16_t l4_offset = 0;       // fragment_rest: of the fragment's data
    std::uint16_t payload_offset = 0;  // after the TCP/UDP/ICMP header
    // By the IP (UDP) length, link padding removed; may exceed what was captured.
    std::uint16_t payload_size = 0;
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
//   frame      the bytes that are there (a capture may have cut the tail); none of it is trusted.
//   wire_size  what the frame measured on the wire, >= frame.size() (else taken as that) [bytes].
//   returns    the view, or the one reason to drop it. A header cut by the capture is l4_short
//   etc.;
//              a payload cut by the capture is fine (payload_size says what was sent).
//   cost       touches only headers; straight-line code for TCP or UDP over Ethernet.
//   source     RFC 791, 8200, 9293, 768, 792, 4443, 3032, 4448, 2516; IEEE 802.1Q, 802.1ad.
//
// Looks through: up to 4 VLAN tags (0x8100, 0x88a8, 0x9100), 8 MPLS labels and an Ethernet
// pseudowire behind them where it cannot be anything else, one PPPoE session header, 802.3
// LLC/SNAP; IPv4 options; up to 8 IPv6 extension headers, atomic fragments (RFC 6946) among them.
// Stops at: ESP, GRE, IP in IP, AH on IPv4 and all other protocols: a flow with ports 0. SCTP, DCCP
// and UDP-Lite have their ports; ICMP and ICMPv6 queries have their identifier as source_port.
// Drops, besides what the reasons say of themselves:
//   ip_bad_length    an IPv4 total length of 0; an IPv6 jumbogram. But a sender's own capture has 0
//                    where the network card will cut the segment: TCP, not in fragments, of
//                    1501..65475 bytes behind the IP header is taken as long as the frame.
//                    A fragment without data, or of no multiple of 8 that is not the last.
//   tcp_malformed    no flags at all; SYN with FIN or RST; FIN, PSH and URG without ACK.
//   udp_bad_length   below 8 or beyond the IP payload. (Less than that: payload_size is less too.)
//   fragment_tiny    also IPv4 TCP at offset 8 (RFC 1858).
//   ipv6_extension   also hop-by-hop anywhere but first (RFC 8200 4), and a fragment in a fragment.
//
// The form of the fast path: `view` is valid when it returns true, `why` when false; `view` is
// overwritten in both cases.
bool parse_packet_into(Bytes frame, std::uint32_t wire_size, Link link, PacketView& view,
                       model::DropReason& why) noexcept;
// The same for everybody else.
Result<PacketView, model::DropReason> parse_packet(Bytes frame, std::uint32_t wire_size,
                                                   Link link) noexcept;

// Options of a SYN or SYN-ACK, as the handover needs them (RFC 9293, 7323, 2018).
struct TcpOptions {
    std::uint16_t mss = 0;             // 0 = absent
    std::uint8_t window_scale = 0xff;  // 0xff = absent
    bool sack_permitted = false;
    bool timestamps = false;
    std::uint32_t ts_value = 0, ts_echo = 0;
};
// `options` are the bytes between the fixed TCP header and its data. Stops at the first malformed
// one; what was read before it counts. A window scale above 14 counts as 14 (RFC 7323 2.3).
TcpOptions parse_tcp_options(Bytes options) noexcept;

}  // namespace sluice::wire
