// The audit chain as anybody can check it, without the store: each record's hash covers all of its
// fields and the hash of the one before.
#pragma once
#include <string>

#include "control/store/store.h"

namespace sluice::control {

// SHA-256 over every field but the hash itself, each with its length in front.
std::string audit_hash(const AuditRecord& record);

struct AuditHead {
    std::uint64_t seq = 0;  // 0: no record
    std::string hash;
};

class AuditChain {
  public:
    // The next record. Returns why it cannot be (changed, removed or reordered before it, changed
    // itself); empty: it fits. After a trouble nothing may be added.
    std::string add(const AuditRecord& record);
    const AuditHead& head() const { return head_; }

  private:
    AuditHead head_;
};

}  // namespace sluice::control
