// What the signer gives up besides what rules/sandbox takes from every process: core dumps, and its
// network.
#pragma once
#include "rules/base/result.h"

namespace sluice::certs {

// No core dumps, no ptrace by the same user, no /proc/PID/mem. First of all, and again after a
// change of user, which takes it back.
void forbid_dumps();

// An own, empty network namespace, where the process may make one (root). Sockets that are open
// stay open. Without one, seccomp alone keeps it from making sockets.
//   returns  whether it has one now.
bool leave_the_network();

}  // namespace sluice::certs
