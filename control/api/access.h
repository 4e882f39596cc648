// Who calls, and what they may: a connection becomes a Caller, and a Caller's roles are held
// against those a route needs (routes.cc).
//
//   uid 0, or the daemon's own user   everything: break-glass, and who could write the store anyway
//   an enrolled person                what their roles allow
//   any other uid                     looks only (as a viewer)
//   any other certificate             nothing
#pragma once
#include "control/api/document.h"
#include "control/store/store.h"

namespace sluice::control {

// The other end of a connection, as the kernel or the TLS handshake names it.
struct Peer {
    std::optional<std::uint32_t> uid;
    std::vector<std::string> certificates;  // names of the one certificate, as Person has them
};

struct Caller {
    Actor actor;
    RoleSet roles;
    std::string operator_id;  // of the role operator
    bool enrolled = false;
    bool owner = false;  // may everything
};

// An error when the store cannot be read: then nobody may anything.
Result<Caller, StoreError> caller_of(const Peer& peer, Store& store);

// Who acted before, as they are now; nothing when they are not enrolled any more.
Result<std::optional<Caller>, StoreError> caller_again(const Actor& actor, Store& store);

// The error says which role is needed and who was told so.
Result<Done, ApiError> allow(std::string_view operation, RoleSet needed, const Caller& caller);

// The caller has none of the roles but that of an operator.
bool only_as_operator(RoleSet needed, const Caller& caller);

// The name of a Unix user, or "uid-<n>".
std::string person_of(std::uint32_t uid);

}  // namespace sluice::control
