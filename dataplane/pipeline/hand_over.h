// Handing a connection over to inspection (design section 5): when, in what order, and what happens
// when it cannot be. Called by the other stages; Worker passes the broker's answers on.
//
//   verdict inspect, first bytes held ──► handing ─ quiet? ─► asked ─► taken: all goes to the
//   kernel
//                                            └───────── deadline, refused ──► the fail table
//
// Quiet: each end has acknowledged everything the other one sent through the fast path. Only then
// does nobody have to send again what no socket knows.
#pragma once
#include "dataplane/pipeline/inspector.h"
#include "dataplane/pipeline/stages.h"

namespace sluice::pipeline {

// May this flow still be handed over, as far as is known: somebody inspects, and its beginning was
// seen.
bool can_hand_over(const Core& core, const FlowEntry& entry) noexcept;
// Its verdict is to inspect it, and it can be. Then begin_handover() is next.
bool wants_handover(const Core& core, const FlowEntry& entry) noexcept;
// `packet` is held with what is held already, and the flow is handed over as soon as it is quiet.
// `position`: of its payload in the opener's stream.
void begin_handover(Turn& turn, Packet& packet, Slot slot, std::uint32_t position) noexcept;
// The same for a packet that is held already.
void begin_handover(Turn& turn, Slot slot) noexcept;
// A stream that stalled before it named anything: is it handed over, to be read by sockets? If so,
// that has begun.
bool hand_over_stalled(Turn& turn, Slot slot) noexcept;
// A packet of a flow in phase handing or taken. It has left or is held afterwards.
void handle_handed(Turn& turn, Packet& packet, Slot slot) noexcept;
// The deadline has passed, or it was refused: the fail table decides.
void fail_handover(Turn& turn, Slot slot) noexcept;
// A new bundle judges a flow that was handed over: exempt or blocked, it ends.
void judge_handed_again(Turn& turn, Slot slot, const lookup::Decision& decision) noexcept;
// The packet path forgets the flow.
void forget_handed(Core& core, Cold& cold, const FlowEntry& entry) noexcept;
// The packet leaves by the exception path of its operator instead of a port; counted as forwarded.
void send_to_kernel(Turn& turn, const Packet& packet, std::uint8_t operator_id) noexcept;

// SYN of a flow that may be inspected: options and flags that sockets made later could not honour
// are taken out, while both ends can still do without (handover_syn.cc).
void strip_syn(Packet& packet) noexcept;
// TCP-MD5 (RFC 2385) or TCP-AO (RFC 5925): segments are signed with a key that no socket of ours
// has.
bool has_signature(Bytes tcp_options) noexcept;

// ---- handed.cc: what the broker answers; flows in the kernel's sockets ----
void flow_taken(Turn& turn, const ipc::HandoverFlow& flow) noexcept;
void flow_not_taken(Turn& turn, const ipc::HandoverFlow& flow) noexcept;
void flow_ended(Turn& turn, const ipc::HandoverFlow& flow) noexcept;
// Steers a flow to the exception path that this table did not hand over: one from before a restart,
// or a fresh connection of an inspector. False: there is such a flow, or no room.
bool adopt_flow(Turn& turn, const ipc::HandoverFlow& flow) noexcept;
// Where a TCP packet of the kernel's goes; `from_to`: its source as user, its destination as
// remote.
std::optional<Egress> egress_of(Turn& turn, const ipc::FlowTuple& from_to,
                                std::uint32_t bytes) noexcept;

}  // namespace sluice::pipeline
