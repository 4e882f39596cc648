#include "control/api/access.h"

#include <pwd.h>
#include <unistd.h>

namespace sluice::control {
namespace {

std::string words_of(const Caller& caller) {
    const std::string name = "\"" + caller.actor.person + "\"";
    if (caller.enrolled) return name + " (" + text_of(caller.roles) + ")";
    if (caller.actor.uid == kNoUid) return name + ", which is not enrolled";
    return name + " (uid " + std::to_string(caller.actor.uid) +
           "), who is not enrolled and may only look";
}

Caller enrolled(const Person& person, std::uint32_t uid) {
    Caller caller;
    caller.actor = {person.id, uid};
    caller.roles = person.roles;
    caller.operator_id = person.operator_id;
    caller.enrolled = true;
    return caller;
}

}  // namespace

std::string person_of(std::uint32_t uid) {
    char room[4096];
    passwd entry{};
    passwd* found = nullptr;
    if (getpwuid_r(uid, &entry, room, sizeof room, &found) == 0 && found) return entry.pw_name;
    return "uid-" + std::to_string(uid);
}

Result<Caller, StoreError> caller_of(const Peer& peer, Store& store) {
    if (peer.uid) {
        const auto person = store.person_of_uid(*peer.uid);
        if (!person) return Err{person.error()};
        if (*person) return enrolled(**person, *peer.uid);
        Caller caller;
        caller.actor = {person_of(*peer.uid), *peer.uid};
        caller.roles = {Role::viewer};
        caller.owner = *peer.uid == 0 || *peer.uid == ::geteuid();
        return caller;
    }
    for (const std::string& certificate : peer.certificates) {
        const auto person = store.person_of_certificate(certificate);
        if (!person) return Err{person.error()};
        if (*person) return enrolled(**person, kNoUid);
    }
    Caller nobody;
    nobody.actor = {peer.certificates.empty() ? "nobody" : peer.certificates.front(), kNoUid};
    return nobody;
}

Result<std::optional<Caller>, StoreError> caller_again(const Actor& actor, Store& store) {
    const auto person = store.find_person(actor.person);
    if (!person) return Err{person.error()};
    if (*person) return std::optional(enrolled(**person, actor.uid));
    if (actor.uid == kNoUid) return std::optional<Caller>();
    auto user = caller_of(Peer{actor.uid, {}}, store);
    if (!user) return Err{user.error()};
    return user->owner ? std::optional(std::move(*user)) : std::nullopt;
}

Result<Done, ApiError> allow(std::string_view operation, RoleSet needed, const Caller& caller) {
    if (caller.owner || caller.roles.meets(needed)) return Done{};
    return Err{ApiError{ErrorCode::permission,
                        std::string(operation) + " needs the role " + text_of(needed, " or ") +
                            "; you are " + words_of(caller),
                        "a security officer gives roles: `sluicectl person add` or `change`",
                        {}}};
}

bool only_as_operator(RoleSet needed, const Caller& caller) {
    if (caller.owner || !caller.roles.has(Role::operator_)) return false;
    for (const Role role :
         {Role::viewer, Role::clerk, Role::engineer, Role::security_officer, Role::auditor})
        if (needed.has(role) && caller.roles.has(role)) return false;
    return true;
}

}  // namespace sluice::control
