// GET and POST /v1/cases, their events, hold and release of deadlines, /v1/deadlines, /v1/notices.
#include "control/api/cases.h"
#include "control/api/body.h"
#include "control/api/two_person.h"
#include "control/store/time_text.h"

namespace sluice::control {
namespace {

constexpr unsigned kCasesDefault = 100, kCasesMax = 10'000;

Json deadline_json(const Deadline& d) {
    return {{"id", d.id},
            {"start", rfc3339(d.start)},
            {"due", rfc3339(d.due)},
            {"calendar", d.calendar},
            {"provisional", d.provisional},
            {"held", d.held},
            {"why_held", d.why_held.empty() ? Json(nullptr) : Json(d.why_held)},
            {"reminders", d.remind.size()},
            {"reminded", d.reminded}};
}

Json case_json(const Case& c) {
    Json deadlines = Json::array();
    for (const Deadline& d : c.deadlines)
        deadlines.push_back(deadline_json(d));
    const auto next = c.next_due();
    return {{"id", c.id},
            {"lifecycle", c.life_cycle},
            {"state", c.state},
            {"closed", c.closed},
            {"opened", rfc3339(c.opened)},
            {"entered", rfc3339(c.entered)},
            {"version", c.version},
            {"fields", c.fields},
            {"deadlines", deadlines},
            {"next_due", next ? Json(rfc3339(*next)) : Json(nullptr)}};
}

Json event_json(const EventRecord& r, std::uint64_t version) {
    Json started = Json::array();
    for (const Deadline& d : r.started)
        started.push_back(deadline_json(d));
    return {{"version", version},
            {"kind", kRecordKindWords[static_cast<std::size_t>(r.kind)]},
            {"event", r.event},
            {"at", rfc3339(r.at)},
            {"by", name_of(r.by)},
            {"actor", r.actor},
            {"reason", r.ground},
            {"rule", r.rule},
            {"request", r.request.empty() ? Json(nullptr) : Json(r.request)},
            {"state", r.state},
            {"fields", r.given},
            {"deadlines", started}};
}

Err<ApiError> fail(const DeskError& e) {
    constexpr ErrorCode kCodes[] = {ErrorCode::invalid, ErrorCode::not_found, ErrorCode::conflict,
                                    ErrorCode::unavailable};
    const bool conflict = e.failure == DeskFailure::refused &&
                          (e.step == StepFailure::wrong_state || e.step == StepFailure::closed);
    return control::fail(
        conflict ? ErrorCode::conflict : kCodes[static_cast<std::size_t>(e.failure)], e.message,
        e.hint);
}

Command command_of(const Call& call, Services& s, std::string reason) {
    Command command;
    command.at = s.now();
    command.by = Party::service;
    command.actor = call.actor.person;
    command.uid = call.actor.uid;
    command.ground = std::move(reason);
    return command;
}

// What staff enter, for itself or for an operator or user whose letter it holds. What the system
// says only sluiced says.
Result<Command, ApiError> command_of(const Call& call, Services& s, const CaseBody& body) {
    Command command = command_of(call, s, body.reason);
    const auto party = party_named(body.by);
    if (!party || *party == Party::system)
        return control::fail(ErrorCode::usage, "\"by\" is service, operator or user");
    command.by = *party;
    command.event = body.event;
    command.given = body.fields;
    return command;
}

}  // namespace

Result<CaseParts, ApiError> case_parts(Services& s) {
    if (s.cases) return *s.cases;
    return control::fail(ErrorCode::unavailable, "life cycles are not loaded",
                         "`sluicectl status` says why");
}

Answer get_cases(const Call& call, Services& s) {
    SLUICE_TRY(parts, case_parts(s));
    SLUICE_TRY(limit, number_of(call, "limit", kCasesDefault, kCasesMax));
    CaseFilter filter;
    filter.life_cycle = call.get("lifecycle");
    filter.state = call.get("state");
    filter.open_only = call.get("all") != "true";
    filter.held_only = call.get("held") == "true";
    filter.after = call.get("after");
    filter.limit = limit;
    const auto rows = parts.store->cases(filter);
    if (!rows) return control::fail(rows.error());
    Json items = Json::array();
    for (const CaseRow& row : *rows)
        if (const auto c = case_of(row.document)) items.push_back(case_json(*c));
    return reply("Cases", s, std::move(items));
}

Answer get_case(const Call& call, Services& s) {
    SLUICE_TRY(parts, case_parts(s));
    const auto c = parts.desk->find(call.get("id"));
    if (!c) return fail(c.error());
    const auto rows = parts.store->events_of(c->id);
    if (!rows) return control::fail(rows.error());
    Json item = case_json(*c);
    item["events"] = Json::array();
    for (const CaseEventRow& row : *rows)
        if (const auto record = record_of(row.document))
            item["events"].push_back(event_json(*record, row.version));
    item["effects"] = Json::array();
    if (const LifeCycle* cycle = parts.desk->cycle(c->life_cycle))
        for (const Effect& e : effects_of(*cycle, *c))
            item["effects"].push_back({{"kind", name_of(e.kind)}, {"fields", e.fields}});
    return reply("Case", s, Json::array({item}));
}

Answer post_case(const Call& call, Services& s) {
    SLUICE_TRY(parts, case_parts(s));
    SLUICE_TRY(body, parse_case_body(call.body));
    SLUICE_TRY(command, command_of(call, s, body));
    const auto c = parts.desk->open(body.life_cycle, command);
    if (!c) return fail(c.error());
    return reply("Case", s, Json::array({case_json(*c)}));
}

Answer post_case_event(const Call& call, Services& s) {
    SLUICE_TRY(parts, case_parts(s));
    SLUICE_TRY(body, parse_case_body(call.body));
    if (!body.life_cycle.empty())
        return control::fail(ErrorCode::usage, "\"lifecycle\" is for opening a case");
    SLUICE_TRY(command, command_of(call, s, body));
    const auto c = parts.desk->raise(call.get("id"), command, body.version);
    if (!c) return fail(c.error());
    return reply("Case", s, Json::array({case_json(*c)}));
}

Answer get_deadlines(const Call& call, Services& s) {
    SLUICE_TRY(parts, case_parts(s));
    SLUICE_TRY(limit, number_of(call, "limit", kCasesDefault, kCasesMax));
    const bool held_only = call.get("held") == "true";
    CaseFilter held;
    held.held_only = true;
    held.limit = limit;
    auto rows = parts.store->cases(held);
    if (!rows) return control::fail(rows.error());
    if (!held_only) {
        constexpr UtcTime kAllTime{std::int64_t{1} << 60};
        const auto due = parts.store->due_cases(kAllTime, limit);
        if (!due) return control::fail(due.error());
        for (const CaseRow& row : *due)
            if (!row.held) rows->push_back(row);
    }
    Json items = Json::array();
    for (const CaseRow& row : *rows) {
        const auto c = case_of(row.document);
        if (!c) continue;
        for (const Deadline& d : c->deadlines) {
            if ((held_only && !d.held) || items.size() >= limit) continue;
            Json item = deadline_json(d);
            item["case"] = c->id;
            item["state"] = c->state;
            items.push_back(std::move(item));
        }
    }
    return reply("Deadlines", s, std::move(items));
}

Answer post_deadline_hold(const Call& call, Services& s) {
    SLUICE_TRY(parts, case_parts(s));
    SLUICE_TRY(body, parse_deadline_body(call.body));
    const auto c =
        parts.desk->hold(call.get("id"), body.deadline, command_of(call, s, body.reason));
    if (!c) return fail(c.error());
    return reply("Case", s, Json::array({case_json(*c)}));
}

Answer post_deadline_release(const Call& call, Services& s) {
    SLUICE_TRY(parts, case_parts(s));
    SLUICE_TRY(body, parse_deadline_body(call.body));
    // The guard holds what would block many at once.
    if (auto held = second_person(
            call, s, "lets the held deadline " + body.deadline + " of " + call.get("id") + " act",
            body.reason))
        return *held;
    const auto c =
        parts.desk->release(call.get("id"), body.deadline, command_of(call, s, body.reason));
    if (!c) return fail(c.error());
    return reply("Case", s, Json::array({case_json(*c)}));
}

Answer post_clock_release(const Call& call, Services& s) {
    SLUICE_TRY(parts, case_parts(s));
    SLUICE_TRY(body, parse_reason_body(call.body));
    const std::string hold = parts.clock_hold();
    AuditRecord audit;
    audit.at = s.now();
    audit.actor = call.actor;
    audit.action = "clock.release";
    audit.subject = hold;
    audit.reason = body.reason;
    const auto seq = s.store.add_audit(audit);  // first: a release nobody can see is none
    if (!seq) return control::fail(seq.error());
    if (const auto done = parts.release_clock(); !done) return control::fail(done.error());
    return reply("Clock", s,
                 Json::array({{{"was_held", hold.empty() ? Json(nullptr) : Json(hold)},
                               {"audit_seq", *seq}}}));
}

Err<ApiError> no_notice(unsigned id) {
    return control::fail(ErrorCode::not_found,
                         "there is no notice " + std::to_string(id) + " that this can be done to",
                         "sluicectl notice list shows them, and their states");
}

Json notice_json(const NoticeRow& n) {
    const bool waits = n.state == "pending" && n.tries > 0;
    return {{"id", n.id},
            {"case", n.case_id},
            {"notice", n.rule},
            {"to", n.party},
            {"recipient", n.recipient},
            {"at", rfc3339(n.at)},
            {"state", n.state},
            {"tries", n.tries},
            {"next_try", waits ? Json(rfc3339(n.next_try)) : Json(nullptr)},
            {"trouble", n.trouble.empty() ? Json(nullptr) : Json(n.trouble)},
            {"kk", n.text[kk]},
            {"ru", n.text[ru]},
            {"en", n.text[en]}};
}

Answer get_notices(const Call& call, Services& s) {
    SLUICE_TRY(parts, case_parts(s));
    SLUICE_TRY(limit, number_of(call, "limit", kCasesDefault, kCasesMax));
    const auto rows = parts.store->notices(call.get("state"), limit);
    if (!rows) return control::fail(rows.error());
    Json items = Json::array();
    for (const NoticeRow& n : *rows)
        items.push_back(notice_json(n));
    return reply("Notices", s, std::move(items));
}

Answer get_notice(const Call& call, Services& s) {
    SLUICE_TRY(parts, case_parts(s));
    SLUICE_TRY(id, number_of(call, "id", 0, 0xffffffff));
    const auto found = parts.store->find_notice(id);
    if (!found) return control::fail(found.error());
    if (!*found) return no_notice(id);
    return reply("Notices", s, Json::array({notice_json(**found)}));
}

Answer post_notice_retry(const Call& call, Services& s) {
    SLUICE_TRY(parts, case_parts(s));
    SLUICE_TRY(body, parse_reason_body(call.body));
    SLUICE_TRY(id, number_of(call, "id", 0, 0xffffffff));
    const auto done = parts.store->retry_notice(id);
    if (!done) return control::fail(done.error());
    if (!*done) return no_notice(id);
    AuditRecord audit;
    audit.at = s.now();
    audit.actor = call.actor;
    audit.action = "notice.retry";
    audit.subject = std::to_string(id);
    audit.reason = body.reason;
    const auto seq = s.store.add_audit(audit);
    if (!seq) return control::fail(seq.error());
    return reply("NoticeRetry", s, Json::array({{{"id", id}, {"audit_seq", *seq}}}));
}

}  // namespace sluice::control
