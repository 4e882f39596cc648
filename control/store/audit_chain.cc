#include "control/store/audit_chain.h"

#include "control/store/sha256.h"

namespace sluice::control {

// Lengths in front of each field: no two different records give the same text.
std::string audit_hash(const AuditRecord& r) {
    std::string all;
    for (const std::string& field :
         {r.previous, std::to_string(r.seq), std::to_string(r.at.raw()), r.actor.person,
          std::to_string(r.actor.uid), r.action, r.subject, r.reason})
        all += std::to_string(field.size()) + ":" + field + "\n";
    return sha256_hex(all);
}

std::string AuditChain::add(const AuditRecord& r) {
    const std::string next = std::to_string(head_.seq + 1);
    if (r.seq != head_.seq + 1)
        return "record " + next + " is missing: " + std::to_string(r.seq) + " stands in its place";
    if (r.previous != head_.hash)
        return "record " + next + " does not follow the one before: one of them was changed";
    if (audit_hash(r) != r.hash) return "record " + next + " was changed";
    head_ = {r.seq, r.hash};
    return {};
}

}  // namespace sluice::control
