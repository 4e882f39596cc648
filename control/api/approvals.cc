// GET /v1/approvals, /v1/approvals/{id}, POST /v1/approvals/{id}/approve and /refuse.
#include "control/api/body.h"
#include "control/api/commits.h"
#include "control/api/two_person.h"
#include "control/commit/diff.h"
#include "control/store/time_text.h"

namespace sluice::control {
namespace {

constexpr unsigned kListDefault = 100, kListMax = 10'000, kIdMax = 0xffffffff;
constexpr std::size_t kChangesMax = 1'000;

Json or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json proposal_json(const Proposal& p) {
    return {{"id", p.id},
            {"state", p.state},
            {"request", p.method + " " + p.path},
            {"summary", p.summary},
            {"proposer", p.proposer.person},
            {"uid", uid_json(p.proposer)},
            {"reason", p.reason},
            {"at", rfc3339(p.at)},
            {"expires", rfc3339(p.expires)},
            {"decided_by", or_null(p.decided_by)},
            {"decided_reason", or_null(p.decided_reason)},
            {"outcome", or_null(p.outcome)}};
}

Result<Proposal, ApiError> proposal_of(const Call& call, Services& s) {
    SLUICE_TRY(id, number_of(call, "id", 0, kIdMax));
    auto found = s.store.find_proposal(id);
    if (!found) return fail(found.error());
    return std::move(*found);
}

// What a waiting commit would change, whole; null for other steps.
Json changes_of(const Proposal& p, Services& s) {
    const auto current = s.pipeline.current();
    if (p.path != "/v1/policy/commits" || p.body.empty() || !current || !current->policy)
        return nullptr;
    const auto body = parse_commit_body(p.body);
    if (!body) return nullptr;
    const auto files = whole_files(body->sent, s);
    if (!files) return nullptr;  // HEAD has moved: it can only fail
    const Candidate built = s.pipeline.check(*files);
    if (!built.policy) return nullptr;
    Json list = Json::array();
    for (const Difference& d : diff(*current->policy, *built.policy)) {
        if (list.size() == kChangesMax) break;
        list.push_back({{"change", name_of(d.change)},
                        {"what", d.what},
                        {"id", d.id},
                        {"before", d.before},
                        {"after", d.after}});
    }
    return list;
}

AuditRecord audit_of(const Call& call, Services& s, const char* action, const Proposal& p,
                     const std::string& reason) {
    return audit_of(
        call, s, action,
        std::to_string(p.id) + " of " + p.proposer.person + ", " + p.path + ": " + p.summary,
        reason);
}

Result<Done, ApiError> must_wait_still(const Proposal& p, Services& s) {
    if (p.state != kWaiting)
        return fail(ErrorCode::conflict, std::to_string(p.id) + " is " + p.state + " already");
    if (s.now() >= p.expires)
        return fail(ErrorCode::conflict, std::to_string(p.id) + " expired at " + rfc3339(p.expires),
                    "propose it again");
    return Done{};
}

bool is_proposer(const Call& call, const Proposal& p) {
    return call.actor.person == p.proposer.person;
}

Answer answer_with(std::uint64_t id, Services& s) {
    const auto after = s.store.find_proposal(id);
    if (!after) return fail(after.error());
    return reply("Approval", s, Json::array({proposal_json(*after)}));
}

}  // namespace

Answer get_approvals(const Call& call, Services& s) {
    SLUICE_TRY(limit, number_of(call, "limit", kListDefault, kListMax));
    const auto all = s.store.proposals(call.get("state"), limit);
    if (!all) return fail(all.error());
    Json items = Json::array();
    for (const Proposal& p : *all)
        items.push_back(proposal_json(p));
    return reply("Approvals", s, std::move(items));
}

Answer get_approval(const Call& call, Services& s) {
    SLUICE_TRY(p, proposal_of(call, s));
    Json item = proposal_json(p);
    item["changes"] = changes_of(p, s);
    return reply("Approval", s, Json::array({std::move(item)}));
}

Answer post_approve(const Call& call, Services& s) {
    SLUICE_TRY(body, parse_reason_body(call.body));
    SLUICE_TRY(p, proposal_of(call, s));
    SLUICE_TRY(waits, must_wait_still(p, s));
    static_cast<void>(waits);
    if (is_proposer(call, p))
        return fail(ErrorCode::permission,
                    "\"" + p.proposer.person + "\" proposed it and cannot approve it",
                    "another security officer can");
    if (!call.caller.enrolled)
        return fail(ErrorCode::permission, "only an enrolled security officer approves",
                    "root does it without a second person: Sluice-Break-Glass, --break-glass");
    const auto decided =
        s.store.decide({p.id, kWaiting, kApproved, call.actor.person, body.reason, "",
                        audit_of(call, s, "approval.approve", p, body.reason)});
    if (!decided) return fail(decided.error());
    carry_out(p.id, s);
    return answer_with(p.id, s);
}

Answer post_refuse(const Call& call, Services& s) {
    SLUICE_TRY(body, parse_reason_body(call.body));
    SLUICE_TRY(p, proposal_of(call, s));
    SLUICE_TRY(waits, must_wait_still(p, s));
    static_cast<void>(waits);
    const bool own = is_proposer(call, p);
    if (!own && !call.caller.roles.has(Role::security_officer) && !call.caller.owner)
        return fail(ErrorCode::permission,
                    "a security officer refuses it, \"" + p.proposer.person + "\" withdraws it");
    const auto decided = s.store.decide(
        {p.id, kWaiting, own ? "withdrawn" : "refused", call.actor.person, body.reason, "",
         audit_of(call, s, own ? "approval.withdraw" : "approval.refuse", p, body.reason)});
    if (!decided) return fail(decided.error());
    return answer_with(p.id, s);
}

}  // namespace sluice::control
