#include "control/api/two_person.h"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "control/commit/sensitive.h"
#include "control/store/time_text.h"

namespace sluice::control {
namespace {

constexpr unsigned kOpenMax = 1'000;
constexpr std::size_t kSummaryLinesMax = 20;

enum class Need : std::uint8_t { wait, alone, break_glass, approved };

Result<std::size_t, StoreError> officers(Store& store) {
    const auto all = store.persons();
    if (!all) return Err{all.error()};
    return static_cast<std::size_t>(std::count_if(all->begin(), all->end(), [](const Person& p) {
        return p.roles.has(Role::security_officer);
    }));
}

Result<Need, StoreError> need_of(const Call& call, Store& store) {
    if (call.approval) return Need::approved;
    const auto count = officers(store);
    if (!count) return Err{count.error()};
    if (*count < 2) return Need::alone;
    return call.break_glass && call.actor.break_glass() ? Need::break_glass : Need::wait;
}

std::string note_of(Need need, const Call& call) {
    switch (need) {
        case Need::alone:
            return "one person alone: fewer than two security officers are enrolled";
        case Need::break_glass:
            return "break-glass: without a second person";
        case Need::approved:
            return "step " + std::to_string(call.approval->proposal) + ", approved by " +
                   call.approval->officer;
        case Need::wait:
            break;
    }
    return "";
}

Answer propose(const Call& call, Services& s, const std::string& summary, const std::string& reason,
               const std::string& if_match) {
    Proposal p;
    p.method = call.method;
    p.path = call.path;
    p.if_match = if_match;
    p.body = call.body;
    p.summary = summary;
    p.reason = reason;
    p.proposer = call.actor;
    p.at = s.now();
    p.expires = UtcTime{p.at.raw() + kProposalSeconds};
    const auto id = s.store.propose(
        p, audit_of(call, s, "approval.propose", call.path + ": " + summary, reason));
    if (!id) return fail(id.error());
    return reply("Proposal", s,
                 Json::array({{{"id", *id},
                               {"summary", summary},
                               {"state", kWaiting},
                               {"expires", rfc3339(p.expires)}}}));
}

std::string lines(const std::vector<std::string>& all) {
    std::string text;
    for (std::size_t i = 0; i < std::min(all.size(), kSummaryLinesMax); ++i)
        text += (i == 0 ? "" : "; ") + all[i];
    if (all.size() > kSummaryLinesMax)
        text += "; and " + std::to_string(all.size() - kSummaryLinesMax) + " more";
    return text;
}

}  // namespace

std::optional<Answer> second_person(const Call& call, Services& s, const std::string& summary,
                                    const std::string& reason) {
    const auto need = need_of(call, s.store);
    if (!need) return fail(need.error());
    if (*need == Need::wait) return propose(call, s, summary, reason, call.if_match);
    // First: a step nobody can see alone was done by nobody.
    const char* action = *need == Need::approved ? "approval.carry_out" : "approval.none";
    const auto seq = s.store.add_audit(
        audit_of(call, s, action, call.path + ": " + summary, note_of(*need, call)));
    if (!seq) return fail(seq.error());
    return std::nullopt;
}

Reviewer reviewer_of(const Call& call, Services& s) {
    return [&call, &s](const model::Policy* before, const model::Policy& after) {
        const auto sensitive = sensitive_changes(before, after);
        if (sensitive.empty()) return Review{};
        const auto need = need_of(call, s.store);
        // A store that cannot be read cannot take the commit either; nothing slips through.
        if (!need || *need == Need::wait) return Review{true, lines(sensitive), ""};
        return Review{false, lines(sensitive), note_of(*need, call)};
    };
}

Answer propose_commit(const Call& call, Services& s, const CommitError& held,
                      const std::string& reason) {
    // Built on this HEAD: what an officer looks at is what will be in force, or nothing.
    return propose(call, s, held.message, reason, held.base);
}

void resume_approved(Services& s) {
    const auto left = s.store.proposals(kApproved, kOpenMax);
    if (!left) {
        spdlog::error("approved steps: {}", left.error().message);
        return;
    }
    for (const Proposal& p : *left) {
        spdlog::warn("step {} was approved and not done: carried out now", p.id);
        carry_out(p.id, s);
    }
}

void expire_proposals(Services& s) {
    const auto waiting = s.store.proposals(kWaiting, kOpenMax);
    if (!waiting) return;  // `status` shows that the store cannot be read
    const UtcTime now = s.now();
    for (const Proposal& p : *waiting) {
        if (now < p.expires) continue;
        AuditRecord audit;
        audit.at = now;
        audit.actor.person = "sluiced";
        audit.action = "approval.expire";
        audit.subject = std::to_string(p.id) + " " + p.path + ": " + p.summary;
        if (const auto done = s.store.decide({p.id, kWaiting, "expired", "", "", "", audit}); !done)
            spdlog::warn("step {}: {}", p.id, done.error().message);
    }
}

std::string two_person_text(Services& s) {
    const auto count = officers(s.store);
    const auto waiting = s.store.proposals(kWaiting, kOpenMax);
    if (!count || !waiting) return "the store cannot be read";
    if (*count < 2)
        return "off, one person may do everything alone: " + std::to_string(*count) +
               " security officers are enrolled, two are needed (`sluicectl person add`)";
    return "on: " + std::to_string(*count) + " security officers, " +
           std::to_string(waiting->size()) + " steps wait (`sluicectl approvals list`)";
}

}  // namespace sluice::control
