// GET /v1/me, GET and POST /v1/persons, /v1/persons/{id}/change and /remove.
#include "control/api/body.h"
#include "control/api/commits.h"
#include "control/api/two_person.h"
#include "control/store/time_text.h"

namespace sluice::control {
namespace {

Json roles_json(RoleSet roles) {
    Json list = Json::array();
    for (std::size_t i = 0; i < kRoleWords.size(); ++i)
        if (roles.has(static_cast<Role>(i))) list.push_back(kRoleWords[i]);
    return list;
}

Json or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json person_json(const Person& p) {
    return {{"id", p.id},
            {"name", p.name},
            {"roles", roles_json(p.roles)},
            {"operator", or_null(p.operator_id)},
            {"uid", p.uid ? Json(*p.uid) : Json(nullptr)},
            {"certificate", or_null(p.certificate)},
            {"enrolled", rfc3339(p.enrolled)}};
}

Person person_of(const PersonBody& body, std::string id, UtcTime now) {
    return {std::move(id), body.name,        body.roles, body.operator_id,
            body.uid,      body.certificate, now};
}

// What the audit keeps is who it is now, whole.
AuditRecord record_of(const Call& call, Services& s, const char* action, const Person& p,
                      const std::string& reason) {
    std::string subject = p.id;
    if (!p.roles.empty())
        subject += " (" + p.name + "): " + text_of(p.roles) +
                   (p.operator_id.empty() ? "" : " of " + p.operator_id) +
                   (p.uid ? ", uid " + std::to_string(*p.uid) : "") +
                   (p.certificate.empty() ? "" : ", certificate " + p.certificate);
    return audit_of(call, s, action, std::move(subject), reason);
}

Answer answer_person(Services& s, const Person& person, std::uint64_t audit_seq) {
    Json item = person_json(person);
    item["audit_seq"] = audit_seq;
    return reply("Person", s, Json::array({std::move(item)}));
}

}  // namespace

Answer get_me(const Call& call, Services& s) {
    const Caller& c = call.caller;
    return reply("Me", s,
                 Json::array({{{"person", c.actor.person},
                               {"uid", uid_json(c.actor)},
                               {"enrolled", c.enrolled},
                               {"break_glass", c.owner},
                               {"roles", roles_json(c.roles)},
                               {"operator", or_null(c.operator_id)}}}));
}

Answer get_persons(const Call&, Services& s) {
    const auto all = s.store.persons();
    if (!all) return fail(all.error());
    Json items = Json::array();
    for (const Person& p : *all)
        items.push_back(person_json(p));
    return reply("Persons", s, std::move(items));
}

Answer post_person(const Call& call, Services& s) {
    SLUICE_TRY(body, parse_person_body(call.body, true));
    const Person person = person_of(body, body.id, s.now());
    const AuditRecord record = record_of(call, s, "person.add", person, body.reason);
    if (auto held = second_person(call, s, "enrols " + record.subject, body.reason)) return *held;
    const auto seq = s.store.enrol_person(person, record);
    if (!seq) return fail(seq.error());
    return answer_person(s, person, *seq);
}

Answer post_person_change(const Call& call, Services& s) {
    SLUICE_TRY(body, parse_person_body(call.body, false));
    const Person person = person_of(body, call.get("id"), s.now());
    const AuditRecord record = record_of(call, s, "person.change", person, body.reason);
    if (auto held = second_person(call, s, "makes of " + record.subject, body.reason)) return *held;
    const auto seq = s.store.change_person(person, record);
    if (!seq) return fail(seq.error());
    return answer_person(s, person, *seq);
}

Answer post_person_remove(const Call& call, Services& s) {
    SLUICE_TRY(body, parse_reason_body(call.body));
    Person gone;
    gone.id = call.get("id");
    if (auto held = second_person(call, s, "removes the person " + gone.id, body.reason))
        return *held;
    const auto seq =
        s.store.remove_person(gone.id, record_of(call, s, "person.remove", gone, body.reason));
    if (!seq) return fail(seq.error());
    return reply("Person", s, Json::array({{{"id", gone.id}, {"audit_seq", *seq}}}));
}

}  // namespace sluice::control
