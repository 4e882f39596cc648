// One half of a connection handed over: a kernel socket that stands for one end towards the other,
// in the middle of its stream (TCP_REPAIR), with that end's own address (IP_TRANSPARENT).
#pragma once
#include <string>

#include "rules/base/result.h"
#include "rules/ipc/handover.h"

namespace sluice::broker {

// Which end a socket talks to. The one to the user stands for the remote end, and the other way
// round.
enum class Peer : std::uint8_t { user, remote };

// Turns `fd`, a new TCP socket of the flow's family in its operator's namespace, into that half. It
// is still in repair mode then: closing it says nothing to anybody.
//   returns  an error in words: which call failed, and why.
//   source   tcp(7); CRIU's order of calls; research of the handover: seven traps, each commented.
Result<Done, std::string> repair_socket(int fd, const ipc::HandoverFlow& flow, Peer peer);
// Leaves repair mode: from here on it speaks.
bool wake_socket(int fd);
// Back into repair mode and closed: nobody hears of it.
void close_silently(int fd);

// A socket for a fresh connection from the flow's user address and `flow.tuple.user_port`: bound,
// not connected.
Result<Done, std::string> bind_fresh(int fd, const ipc::HandoverFlow& flow);

}  // namespace sluice::broker
