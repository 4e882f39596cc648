#include "control/cases/case_rows.h"

#include <algorithm>

#include "control/cases/blast_guard.h"

namespace sluice::control {
namespace {

std::string unique_of(const LifeCycle& cycle, const Case& c) {
    if (cycle.key.empty()) return {};
    std::string all = cycle.id;
    for (const std::string& field : cycle.key) {
        all += '\n';
        const auto at = c.fields.find(field);
        if (at != c.fields.end())
            for (const std::string& value : at->second)
                all += value + '\t';
    }
    return all;
}

CaseRow row_of(const LifeCycle& cycle, const Case& c) {
    CaseRow row;
    row.id = c.id;
    row.life_cycle = c.life_cycle;
    row.state = c.state;
    row.version = c.version;
    row.closed = c.closed;
    row.held = std::any_of(c.deadlines.begin(), c.deadlines.end(),
                           [](const Deadline& d) { return d.held; });
    row.next_due = c.next_due();
    row.unique = unique_of(cycle, c);
    row.document = to_document(c);
    return row;
}

AuditRecord audit_of(const Case& before, const Step& done) {
    const EventRecord& r = done.record;
    AuditRecord audit;
    audit.at = r.at;
    audit.actor.person = r.actor;
    audit.actor.uid = r.uid;
    const std::string what = r.kind == RecordKind::event
                                 ? r.event
                                 : std::string(kRecordKindWords[static_cast<std::size_t>(r.kind)]);
    audit.action = "case." + what;
    audit.subject = done.after.id;
    const std::string from = before.version == 0 ? "new" : before.state;
    audit.reason = (r.rule.empty() ? "" : r.rule + ": ") + from + " -> " + done.after.state +
                   (r.kind == RecordKind::event ? "" : " (" + r.event + ")") +
                   (r.ground.empty() ? "" : ": " + r.ground);
    return audit;
}

}  // namespace

CaseWrite case_write(const LifeCycle& cycle, const Case& before, const Step& done) {
    CaseWrite w;
    w.after = row_of(cycle, done.after);
    w.event = {done.after.id, done.after.version, done.record.at, to_document(done.record)};
    const std::vector<Effect> effects = effects_of(cycle, done.after);
    for (const Effect& e : effects)
        w.effects.push_back(
            {e.case_id, std::string(name_of(e.kind)), done.after.entered, to_document(e)});
    for (const Notice& n : done.notices) {
        NoticeRow row;
        row.case_id = done.after.id;
        row.rule = n.rule;
        row.party = std::string(name_of(n.to));
        row.recipient = n.recipient;
        std::copy(n.text.begin(), n.text.end(), std::begin(row.text));
        row.at = done.record.at;
        row.state = "pending";
        w.notices.push_back(std::move(row));
    }
    w.audit = audit_of(before, done);
    // What a person decides does not use up the hour's allowance of the clock.
    if (done.record.by == Party::system)
        w.closes_for = newly_blocked(effects_of(cycle, before), effects);
    return w;
}

}  // namespace sluice::control
