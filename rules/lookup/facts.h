// What is known about one flow when it is judged. Everything decide() looks at is in here or in the
// bundle: same facts, same bundle, same decision, in the fast path, in `explain` and in tests.
#pragma once
#include <cstdint>
#include <string_view>

#include "rules/base/ip.h"
#include "rules/base/strong.h"
#include "rules/base/time.h"
#include "rules/model/category_set.h"
#include "rules/model/name_evidence.h"
#include "rules/model/name_source.h"
#include "rules/model/protocol.h"
#include "rules/model/reason.h"

namespace sluice::lookup {

// How far the search for a name has come.
enum class NameState : std::uint8_t {
    pending,  // first bytes still to come: steps that need a name are not judged yet
    known,    // `name` holds it
    absent,   // final: there is none, or it cannot be read
};

struct Facts {
    OperatorId operator_id;
    OrgId org;  // of the user-side address; kNoOrg = in no catalog
    IpAddress user, remote;
    std::uint16_t user_port = 0, remote_port = 0;  // 0 where the IP protocol has none
    std::uint8_t ip_protocol = 0;                  // IANA number
    bool from_internet = false;                    // opened from the internet side
    bool midstream = false;                        // TCP whose beginning was not seen
    model::Protocol protocol = model::Protocol::unknown;
    model::Confidence confidence = model::Confidence::certain;  // in `protocol`
    NameState name_state = NameState::absent;
    model::NameSource name_source = model::NameSource::none;
    model::NameEvidence evidence = model::NameEvidence::none;
    std::string_view name;  // canonical (canonical_name.h); empty unless name_state is known
    UtcTime now;
};

struct Decision {
    model::Verdict verdict = model::Verdict::forward;
    model::Reason reason = model::Reason::learning;
    // Of the name (or of nothing: then empty). "uncategorised" is a category like any other.
    model::CategorySet categories;
    friend bool operator==(const Decision&, const Decision&) = default;
};

}  // namespace sluice::lookup
