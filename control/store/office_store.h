// OfficeStore: who works here, and what waits for a second person.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "control/store/records.h"
#include "control/store/roles.h"

namespace sluice::control {

// Somebody who may speak to the API, and how the API knows them: a Unix user, a certificate, or
// both.
struct Person {
    std::string id, name;
    RoleSet roles;
    std::string operator_id;           // of the role operator: whose data; else empty
    std::optional<std::uint32_t> uid;  // never 0: root is break-glass, not a person
    // "sha256:<64 hex digits>" of the certificate, or "serial:<serialNumber of the subject>": the
    // latter stays when the certificate is renewed. Empty: none.
    std::string certificate;
    UtcTime enrolled;
};

// waiting -> approved -> done or failed;  waiting -> refused, withdrawn (by who proposed), expired
inline constexpr const char* kWaiting = "waiting";
inline constexpr const char* kApproved = "approved";

// A request that waits for a second person, kept as it came.
struct Proposal {
    std::uint64_t id = 0;
    std::string method, path, if_match, body;
    std::string summary;  // what of it needs a second person
    std::string reason;
    Actor proposer;
    UtcTime at, expires;
    std::string state = kWaiting;
    std::string decided_by, decided_reason;
    UtcTime decided_at;
    std::string outcome;  // what came of it
};

// From one state to another; refused (stale_base) when the proposal is in another one meanwhile.
struct Decision {
    std::uint64_t id = 0;
    std::string from, to;
    std::string by, reason, outcome;
    AuditRecord audit;
};

class OfficeStore {
  public:
    virtual ~OfficeStore() = default;

    virtual Result<std::vector<Person>, StoreError> persons() = 0;  // by id
    virtual Result<std::optional<Person>, StoreError> find_person(const std::string& id) = 0;
    virtual Result<std::optional<Person>, StoreError> person_of_uid(std::uint32_t uid) = 0;
    virtual Result<std::optional<Person>, StoreError> person_of_certificate(
        const std::string& certificate) = 0;
    // Each with its audit record in one transaction; returns that record's number. `enrol` is
    // refused (stale_base) when the id is taken, `change` (not_found) when it is not there; both
    // when another person has the uid or the certificate.
    virtual Result<std::uint64_t, StoreError> enrol_person(const Person& person,
                                                           const AuditRecord& why) = 0;
    virtual Result<std::uint64_t, StoreError> change_person(const Person& person,
                                                            const AuditRecord& why) = 0;
    virtual Result<std::uint64_t, StoreError> remove_person(const std::string& id,
                                                            const AuditRecord& why) = 0;

    // Durable with its audit record, whose subject gets the number; returns the number.
    virtual Result<std::uint64_t, StoreError> propose(const Proposal& proposal,
                                                      const AuditRecord& why) = 0;
    // Newest first, without bodies; an empty state is any.
    virtual Result<std::vector<Proposal>, StoreError> proposals(const std::string& state,
                                                                unsigned limit) = 0;
    virtual Result<Proposal, StoreError> find_proposal(std::uint64_t id) = 0;  // with its body
    // The body goes once nothing can come of it any more.
    virtual Result<Done, StoreError> decide(const Decision& decision) = 0;
};

}  // namespace sluice::control
