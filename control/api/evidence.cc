// GET /v1/tls/exempt, /v1/tls/evidence: exempt flows, and how keeping the evidence of them goes.
#include "control/evidence/keeper.h"

#include "control/api/resolve.h"

namespace sluice::control {
namespace {

constexpr unsigned kExemptDefault = 100, kExemptMax = 100'000;

Err<ApiError> no_keeper() {
    return fail(ErrorCode::unavailable, "this daemon does not follow exempt flows");
}

}  // namespace

Answer get_tls_exempt(const Call& call, Services& s) {
    if (s.evidence == nullptr) return no_keeper();
    SLUICE_TRY(current, rules_in_force(s));
    SLUICE_TRY(limit, number_of(call, "limit", kExemptDefault, kExemptMax));
    const std::string organisation = call.get("organisation");
    if (!organisation.empty()) {
        SLUICE_TRY(org, organisation_of(*current->rules, organisation));
        static_cast<void>(org);
    }
    return reply("ExemptFlows", s,
                 s.evidence->list(*current->rules, organisation, call.get("name"), limit));
}

Answer get_tls_evidence(const Call&, Services& s) {
    if (s.evidence == nullptr) return no_keeper();
    const EvidenceStatus e = s.evidence->status();
    const Json item = {{"configured", e.configured},
                       {"kept", e.kept},
                       {"waiting", e.waiting},
                       {"not_kept", e.not_kept},
                       {"open", e.open},
                       {"trouble", e.trouble.empty() ? Json(nullptr) : Json(e.trouble)}};
    return reply("EvidenceStatus", s, Json::array({item}));
}

}  // namespace sluice::control
