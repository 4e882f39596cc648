// Puts an encapsulation around an Ethernet frame and takes it off again: VLAN, QinQ, MPLS, PPPoE.
// Pure functions over bytes, so that the wire's behaviour can be tested without a wire.
//
//   vlan=100        dst src 8100 tci | type payload
//   qinq=100,200    dst src 88a8 tci 8100 tci | type payload     (qinq8100: 8100 twice)
//   mpls=16,17      dst src 8847 label label+S | IP packet       (only IP: ARP stays as it is)
//   pppoe=1         dst src 8864 11 00 session length protocol | IP packet      (only IP)
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace sluice::impair {

using Frame = std::vector<std::uint8_t>;

enum class EncapKind : std::uint8_t { none, vlan, qinq, qinq_8100, mpls, pppoe };

inline constexpr std::size_t kMplsLabelsMax = 4;

struct Encap {
    EncapKind kind = EncapKind::none;
    std::uint8_t count = 0;  // values in use: VLAN ids, labels, or the PPPoE session
    std::array<std::uint32_t, kMplsLabelsMax> values{};
};

// Reads `none`, `vlan=100`, `qinq=100,200`, `qinq8100=100,200`, `mpls=16[,17...]`, `pppoe=1`.
// VLAN ids 0..4094, labels 16..1048575 (below are reserved, RFC 3032), sessions 1..65534.
// Nothing when the word or a number is not one of these.
std::optional<Encap> parse_encap(std::string_view text);

// Wraps `frame` in place. True when it was wrapped; false when the kind is `none`, the frame is
// shorter than an Ethernet header, or MPLS/PPPoE cannot carry what is in it (not IP).
bool push(const Encap& encap, Frame& frame);

// Takes the encapsulation of `encap.kind` off, in place. Any VLAN TPID is taken (0x8100, 0x88a8,
// 0x9100): what must be told apart is told apart by what the gateway's verdicts say, not here.
// False, and the frame untouched, when it does not carry that encapsulation whole.
bool pop(const Encap& encap, Frame& frame);

}  // namespace sluice::impair
