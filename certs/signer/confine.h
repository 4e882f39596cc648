// What the signer gives up before it serves anybody: its network, its user, its privileges, its
// core dumps, and every system call it does not need.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "rules/base/result.h"

namespace sluice::certs {

// A user by name or number; nothing when there is none of that name.
std::optional<std::uint32_t> find_user_id(const std::string& user);

// No core dumps, no ptrace by the same user. First of all.
void forbid_dumps();

// An own, empty network namespace where the process may make one (root), then `run_as` (empty:
// stays who it is), then no capability and no way to new ones. Sockets that are open stay so.
//   returns  whether the network namespace is its own; the error is for people.
Result<bool, std::string> give_up_privileges(const std::string& run_as);

// The list of system calls. Making a socket, connecting, binding, starting a program or a process
// ends the signer; any other call that is not in the list fails with EPERM. False: no seccomp here.
bool confine_calls();

}  // namespace sluice::certs
