// What all parts of the store share: how it fails, who acts, and what the audit keeps of it.
#pragma once
#include <cstdint>
#include <string>

#include "rules/base/result.h"
#include "rules/base/time.h"

namespace sluice::control {

enum class StoreErrorCode : std::uint8_t {
    unavailable,  // disk full, damaged, locked: nothing was changed
    not_found,
    stale_base,  // HEAD is not what the caller built on
    pending,     // a commit waits for its confirmation
};
struct StoreError {
    StoreErrorCode code = StoreErrorCode::unavailable;
    std::string message;
};

// Who came by a certificate has no user here.
inline constexpr std::uint32_t kNoUid = 0xffffffff;

// Who acts: a person of the store, or the user the kernel names; from the connection, never from
// what a request says.
struct Actor {
    std::string person;
    std::uint32_t uid = 0;
    bool break_glass() const { return uid == 0; }
};

struct AuditRecord {
    std::uint64_t seq = 0;
    UtcTime at;
    Actor actor;
    std::string action, subject, reason;
    std::string previous, hash;  // hash = sha256 over previous and every field
};

}  // namespace sluice::control
