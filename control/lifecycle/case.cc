#include "control/lifecycle/case.h"

#include <algorithm>

namespace sluice::control {
namespace {

void end_deadline(Case& c, const std::string& id) {
    std::erase_if(c.deadlines, [&](const Deadline& d) { return d.id == id; });
}

Deadline* find_deadline(Case& c, const std::string& id) {
    const auto at = std::find_if(c.deadlines.begin(), c.deadlines.end(),
                                 [&](const Deadline& d) { return d.id == id; });
    return at == c.deadlines.end() ? nullptr : &*at;
}

void apply_fields(Case& c, const CaseFields& given) {
    for (const auto& [field, values] : given) {
        if (values.empty())
            c.fields.erase(field);
        else
            c.fields[field] = values;
    }
}

void mark_deadline(Case& c, const EventRecord& record) {
    Deadline* d = find_deadline(c, record.event);
    if (d == nullptr) return;
    if (record.kind == RecordKind::held) {
        d->held = true;
        d->why_held = record.ground;
    } else if (record.kind == RecordKind::released) {
        d->held = false;
        d->released = true;
        d->why_held.clear();
    } else {
        while (d->reminded < d->remind.size() && d->remind[d->reminded] <= record.at)
            ++d->reminded;
    }
}

}  // namespace

const Deadline* Case::deadline(std::string_view wanted) const {
    const auto at = std::find_if(deadlines.begin(), deadlines.end(),
                                 [&](const Deadline& d) { return d.id == wanted; });
    return at == deadlines.end() ? nullptr : &*at;
}

std::optional<UtcTime> Case::next_due() const {
    std::optional<UtcTime> next;
    const auto consider = [&](UtcTime t) {
        if (!next || t < *next) next = t;
    };
    for (const Deadline& d : deadlines) {
        if (d.held) continue;  // waits for a person, not for the clock
        if (d.reminded < d.remind.size()) consider(d.remind[d.reminded]);
        consider(d.due);
    }
    return next;
}

const Deadline* Case::first_over(UtcTime at) const {
    const Deadline* first = nullptr;
    for (const Deadline& d : deadlines)
        if (!d.held && d.due <= at && (first == nullptr || d.due < first->due)) first = &d;
    return first;
}

void apply(Case& c, const EventRecord& record) {
    if (c.version == 0) c.opened = record.at;
    ++c.version;
    switch (record.kind) {
        case RecordKind::reminded:
        case RecordKind::held:
        case RecordKind::released:
            mark_deadline(c, record);
            return;
        case RecordKind::event:
            apply_fields(c, record.given);
            c.state = record.state;
            c.closed = record.closed;
            if (record.entered) c.entered = record.at;
            break;
        case RecordKind::recomputed:
            break;
    }
    for (const std::string& id : record.ended)
        end_deadline(c, id);
    for (const Deadline& d : record.started) {
        end_deadline(c, d.id);
        c.deadlines.push_back(d);
    }
}

}  // namespace sluice::control
