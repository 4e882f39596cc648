// Why a packet was dropped without, or in spite of, its flow's verdict. One counter each; a packet
// is dropped for exactly one. Packets of a blocked flow are counted under the flow's Reason
// instead; no word here is also a Reason word, so that a summary can list both together.
#pragma once
#include <array>
#include <cstdint>
#include <string_view>

namespace sluice::model {

// X(word, number, sentence)
#define SLUICE_DROP_REASONS(X)                                                                     \
    X(eth_short, 8001, "shorter than its link-layer header")                                       \
    X(vlan_short, 8002, "ends inside a VLAN tag")                                                  \
    X(vlan_depth, 8003, "more VLAN tags than we look through")                                     \
    X(mpls_short, 8004, "ends inside the MPLS label stack")                                        \
    X(mpls_depth, 8005, "more MPLS labels than we look through")                                   \
    X(pppoe_malformed, 8006, "PPPoE header cut or contradictory")                                  \
    X(ip_short, 8007, "ends inside the IP header")                                                 \
    X(ip_version, 8008, "the IP version contradicts the EtherType")                                \
    X(ip_bad_length, 8009, "header and total length contradict each other")                        \
    X(ip_truncated, 8010, "the frame is shorter than the IP packet it carries")                    \
    X(ipv6_extension, 8011, "extension header cut, repeated without end, or out of bounds")        \
    X(l4_short, 8012, "ends inside the TCP, UDP or ICMP header")                                   \
    X(tcp_malformed, 8013, "TCP data offset or flag combination that no stack sends")              \
    X(udp_bad_length, 8014, "the UDP length contradicts the IP length")                            \
    X(fragment_tiny, 8015, "first fragment without the whole transport header (RFC 1858, 7112)")   \
    X(fragment_overlap, 8016, "fragment overlaps another of its datagram (RFC 5722)")              \
    X(fragment_duplicate, 8017, "fragment already seen")                                           \
    X(fragment_oversize, 8018, "fragment ends beyond 65,535 bytes or contradicts the last one")    \
    X(fragment_headless, 8019, "its first fragment did not come in time")                          \
    X(fragment_table_full, 8020, "no room to remember another fragmented datagram")                \
    X(spoofed_source, 8021, "a catalogued address as a source on the internet side")               \
    X(icmp_error_orphan, 8022, "ICMP error that quotes no flow in the table")                      \
    X(non_ip_closed, 8023, "not IP, and the policy for that is closed")                            \
    X(hello_rewritten, 8024, "retransmission of first bytes with other content")                   \
    X(hold_duplicate, 8025, "retransmission of a segment that is held already")                    \
    X(hold_overflow, 8026, "first bytes could not be held and the policy for that is closed")      \
    X(flow_table_closed, 8027, "no room for a new flow and the policy for that is closed")         \
    X(tx_full, 8028, "the transmit queue was full")                                                \
    X(link_unsupported, 8029, "capture of a link type that is not looked into")                    \
    X(answered_by_page, 8030, "client segment answered with the block page")                       \
    X(hold_aborted, 8031, "held bytes of a connection that ended before a name was known")         \
    X(steer_full, 8032, "the ring to the worker that has its flow was full")                       \
    X(worker_gone, 8033, "the worker that has its flow has stalled; the policy is closed")         \
    X(over_commit, 8034, "beyond the gigabits committed to its operator")                          \
    X(wire_drained, 8035, "on a wire that was drained by command")                                 \
    X(quic_fragmented, 8036, "a client's QUIC Initial in IP fragments (RFC 9000 14 forbids them)") \
    X(new_flow_quota, 8037, "begins a flow beyond its organisation's quota of new flows")          \
    X(ip_mapped_address, 8038,                                                                     \
      "IPv6 with an IPv4-mapped address, which no wire may carry (RFC 6890)")                      \
    X(handover_pending, 8039, "came while its flow was being handed over; its sender sends it again") \
    X(exception_full, 8040, "the queue to inspectors' sockets was full")

enum class DropReason : std::uint8_t {
#define X(word, number, text) word,
    SLUICE_DROP_REASONS(X)
#undef X
};

struct DropReasonInfo {
    std::string_view word;
    std::uint16_t number;
    std::string_view text;
};
inline constexpr std::array kDropReasons = {
#define X(word, number, text) DropReasonInfo{#word, number, text},
    SLUICE_DROP_REASONS(X)
#undef X
};
inline constexpr std::size_t kDropReasonCount = kDropReasons.size();
constexpr const DropReasonInfo& info(DropReason r) {
    return kDropReasons[static_cast<std::size_t>(r)];
}
constexpr std::string_view name_of(DropReason r) { return info(r).word; }

}  // namespace sluice::model
