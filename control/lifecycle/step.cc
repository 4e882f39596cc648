#include "control/lifecycle/step.h"

#include <algorithm>

#include "control/lifecycle/field_check.h"
#include "control/lifecycle/guards.h"
#include "rules/load/day_text.h"

namespace sluice::control {
namespace {

Err<StepError> refuse(StepFailure failure, std::string message, std::string hint = {}) {
    return Err{StepError{failure, std::move(message), std::move(hint)}};
}

template <class List, class Value>
bool holds(const List& list, const Value& value) {
    return std::find(list.begin(), list.end(), value) != list.end();
}

const Calendar* calendar_of(const LifeCycle& cycle, const Calendars& calendars) {
    const auto at = calendars.find(cycle.calendar);
    return at == calendars.end() ? nullptr : at->second.get();
}

Counting counting_of(const LifeCycle& cycle, const Calendar& calendar) {
    return {calendar, cycle.week, cycle.hours};
}

std::string possible_events(const LifeCycle& cycle, const std::string& state) {
    std::string all;
    for (const EventRule& e : cycle.events)
        if (holds(e.from, state) && all.find(e.id) == std::string::npos)
            all += (all.empty() ? "" : ", ") + e.id;
    return all.empty() ? "nothing can happen to it any more" : "possible now: " + all;
}

// The given fields, checked and made canonical.
Result<CaseFields, StepError> checked_fields(const LifeCycle& cycle, const CaseFields& given) {
    CaseFields out = given;
    for (auto& [id, values] : out) {
        const FieldRule* rule = cycle.field(id);
        if (rule == nullptr)
            return refuse(StepFailure::bad_field, cycle.id + " has no field \"" + id + "\"",
                          "`sluicectl lifecycle list " + cycle.id + "` shows its fields");
        if (const std::string trouble = check_field(*rule, values); !trouble.empty())
            return refuse(StepFailure::bad_field, id + ": " + trouble);
    }
    return out;
}

std::string missing_field(const EventRule& rule, const Case& c) {
    for (const std::string& field : rule.needs)
        if (!c.fields.contains(field)) return field;
    return {};
}

// The case as the event's conditions see it: in its old state, with the new fields.
Case with_fields(const Case& c, const EventRule& rule, const CaseFields& given) {
    Case seen = c;
    for (const auto& [id, values] : given) {
        if (values.empty())
            seen.fields.erase(id);
        else
            seen.fields[id] = values;
    }
    for (const std::string& field : rule.clears)
        seen.fields.erase(field);
    return seen;
}

// The rows of the event that fit state and party; of several the first whose guards hold is taken.
Result<const EventRule*, StepError> choose(const LifeCycle& cycle, const Case& c,
                                           const Command& command, const CaseFields& given,
                                           const Counting& counting) {
    bool known = false, from_here = false;
    std::optional<StepError> last;
    for (const EventRule& rule : cycle.events) {
        if (rule.id != command.event) continue;
        known = true;
        const bool opens = c.version == 0;
        if (opens ? !rule.from.empty() : !holds(rule.from, c.state)) continue;
        from_here = true;
        if (!holds(rule.by, command.by)) continue;
        const Case seen = with_fields(c, rule, given);
        if (const std::string field = missing_field(rule, seen); !field.empty()) {
            last = StepError{StepFailure::bad_field, "\"" + rule.id + "\" needs the field " + field,
                             "give it with the event: --field " + field + "=VALUE"};
            continue;
        }
        std::string why;
        for (const Guard& guard : rule.when)
            if (why.empty()) why = why_not(guard, seen, command.at, counting);
        if (why.empty()) return &rule;
        last =
            StepError{StepFailure::guard, "\"" + rule.id + "\" is not possible: " + why, rule.rule};
    }
    if (last) return Err{*last};
    if (!known)
        return refuse(StepFailure::unknown_event,
                      cycle.id + " has no event \"" + command.event + "\"",
                      possible_events(cycle, c.state));
    if (!from_here)
        return refuse(StepFailure::wrong_state,
                      "\"" + command.event + "\" is not possible in state \"" + c.state + "\"",
                      possible_events(cycle, c.state));
    return refuse(StepFailure::wrong_party, "\"" + command.event + "\" is not for the " +
                                                std::string(name_of(command.by)) + " to say");
}

// Deadlines that end and begin when the case goes from its state to `record.state`.
void plan_deadlines(const LifeCycle& cycle, const Case& seen, const std::string& fired,
                    const Counting& counting, EventRecord& record) {
    for (const Deadline& d : seen.deadlines) {
        const DeadlineRule* rule = cycle.deadline(d.id);
        const bool lives = rule != nullptr && holds(rule->while_, record.state) && d.id != fired;
        if (!lives) record.ended.push_back(d.id);
    }
    for (const DeadlineRule& rule : cycle.deadlines) {
        const bool begins = record.entered && rule.from == record.state;
        // A changed field moves the end that hangs on it.
        const bool moved = !rule.at_field.empty() && record.given.contains(rule.at_field) &&
                           holds(rule.while_, record.state) && seen.deadline(rule.id) != nullptr;
        if (!begins && !moved) continue;
        if (auto d = deadline_of(rule, seen, record.at, counting))
            record.started.push_back(std::move(*d));
    }
}

Step finish(const LifeCycle& cycle, const Case& c, const EventRule& rule, EventRecord record,
            const Calendar& calendar) {
    Step out{std::move(record), c, {}};
    apply(out.after, out.record);
    for (const std::string& id : rule.notices)
        if (const NoticeRule* notice = cycle.notice(id))
            out.notices.push_back(notice_of(*notice, out.after, out.record.ground, calendar));
    return out;
}

// `fired`: the deadline that is over, when that is the event.
Result<Step, StepError> happen(const LifeCycle& cycle, const Calendars& calendars, const Case& c,
                               const Command& command, const std::string& fired) {
    const Calendar* calendar = calendar_of(cycle, calendars);
    if (calendar == nullptr)
        return refuse(StepFailure::no_calendar, "no calendar \"" + cycle.calendar + "\" is loaded",
                      "look at `sluicectl calendar show`");
    if (c.closed)
        return refuse(StepFailure::closed, c.id + " is closed (" + c.state + ")", "open a new one");
    SLUICE_TRY(given, checked_fields(cycle, command.given));
    const Counting counting = counting_of(cycle, *calendar);
    SLUICE_TRY(rule, choose(cycle, c, command, given, counting));
    EventRecord record;
    record.event = command.event;
    record.at = command.at;
    record.by = command.by;
    record.actor = command.actor;
    record.uid = command.uid;
    record.deadline = fired;
    record.ground = command.ground;
    record.request = command.request;
    record.rule = rule->rule;
    record.given = std::move(given);
    for (const std::string& field : rule->clears)
        record.given[field] = {};
    record.state = rule->to.empty() ? c.state : rule->to;
    const StateRule* to = cycle.state(record.state);
    record.closed = to != nullptr && to->final;
    record.entered = !rule->to.empty();
    plan_deadlines(cycle, with_fields(c, *rule, record.given), fired, counting, record);
    return finish(cycle, c, *rule, std::move(record), *calendar);
}

Step reminder_step(const LifeCycle& cycle, const Calendar& calendar, const Case& c,
                   const Deadline& d, UtcTime at) {
    EventRecord record;
    record.kind = RecordKind::reminded;
    record.event = d.id;
    record.at = at;
    record.actor = "sluiced";
    record.state = c.state;
    const DeadlineRule* rule = cycle.deadline(d.id);
    if (rule != nullptr) record.rule = rule->rule;
    Step out{std::move(record), c, {}};
    apply(out.after, out.record);
    const NoticeRule* notice = rule == nullptr ? nullptr : cycle.notice(rule->notice);
    if (notice != nullptr) out.notices.push_back(notice_of(*notice, c, "", calendar));
    return out;
}

// "until the end of 2026-12-04", as people write it.
std::string last_day(const Calendar& calendar, UtcTime due) {
    return load::to_text(calendar.local_day(UtcTime{due.raw() - 1}));
}

}  // namespace

Result<Step, StepError> open_case(const LifeCycle& cycle, const Calendars& calendars,
                                  const std::string& id, const Command& command) {
    Case fresh;
    fresh.id = id;
    fresh.life_cycle = cycle.id;
    return happen(cycle, calendars, fresh, command, "");
}

Result<Step, StepError> step(const LifeCycle& cycle, const Calendars& calendars, const Case& c,
                             const Command& command) {
    if (c.version == 0) return refuse(StepFailure::wrong_state, "the case has not been opened");
    return happen(cycle, calendars, c, command, "");
}

std::optional<Result<Step, StepError>> step_due(const LifeCycle& cycle, const Calendars& calendars,
                                                const Case& c, UtcTime at) {
    const Calendar* calendar = calendar_of(cycle, calendars);
    // What is over needs no reminder any more.
    for (const Deadline& d : c.deadlines)
        if (!d.held && d.due > at && d.reminded < d.remind.size() && d.remind[d.reminded] <= at &&
            calendar != nullptr)
            return reminder_step(cycle, *calendar, c, d, at);
    const Deadline* over = c.first_over(at);
    if (over == nullptr) return std::nullopt;
    const DeadlineRule* rule = cycle.deadline(over->id);
    if (rule == nullptr)
        return refuse(StepFailure::no_deadline, cycle.id + " has no deadline \"" + over->id + "\"",
                      "the life cycle was changed under open cases: put the deadline back");
    Command command;
    command.event = rule->then;
    command.at = at;
    command.ground = "deadline " + over->id + " is over";
    return happen(cycle, calendars, c, command, over->id);
}

Step hold_deadline(const Case& c, const std::string& deadline, UtcTime at, const std::string& why) {
    EventRecord record;
    record.kind = RecordKind::held;
    record.event = deadline;
    record.at = at;
    record.actor = "sluiced";
    record.ground = why;
    record.state = c.state;
    Step out{std::move(record), c, {}};
    apply(out.after, out.record);
    const std::string text = c.id + ": " + deadline + ": " + why;
    out.notices.push_back({"held", Party::service, "", {text, text, text}});
    return out;
}

Result<Step, StepError> release_deadline(const Case& c, const std::string& deadline,
                                         const Command& who) {
    const Deadline* d = c.deadline(deadline);
    if (d == nullptr || !d->held)
        return refuse(StepFailure::no_deadline, c.id + " has no held deadline \"" + deadline + "\"",
                      "`sluicectl deadline list --held` shows what waits");
    EventRecord record;
    record.kind = RecordKind::released;
    record.event = deadline;
    record.at = who.at;
    record.by = who.by;
    record.actor = who.actor;
    record.uid = who.uid;
    record.ground = who.ground;
    record.state = c.state;
    Step out{std::move(record), c, {}};
    apply(out.after, out.record);
    return out;
}

std::optional<Step> recompute(const LifeCycle& cycle, const Calendars& calendars, const Case& c,
                              UtcTime at) {
    const Calendar* calendar = calendar_of(cycle, calendars);
    if (calendar == nullptr || c.closed) return std::nullopt;
    EventRecord record;
    record.kind = RecordKind::recomputed;
    record.at = at;
    record.actor = "sluiced";
    record.state = c.state;
    for (const Deadline& d : c.deadlines) {
        const DeadlineRule* rule = cycle.deadline(d.id);
        if (rule == nullptr) continue;
        auto moved = deadline_of(*rule, c, d.start, counting_of(cycle, *calendar));
        if (!moved || (moved->due == d.due && moved->provisional == d.provisional)) continue;
        record.ground += (record.ground.empty() ? "" : "; ") + d.id + " moved from " +
                         last_day(*calendar, d.due) + " (" + d.calendar + ") to " +
                         last_day(*calendar, moved->due) + " (" + moved->calendar + ")";
        moved->held = d.held;
        moved->released = d.released;
        moved->why_held = d.why_held;
        moved->reminded =
            std::min<std::uint32_t>(d.reminded, static_cast<std::uint32_t>(moved->remind.size()));
        record.event = d.id;
        record.started.push_back(std::move(*moved));
    }
    if (record.started.empty()) return std::nullopt;
    Step out{std::move(record), c, {}};
    apply(out.after, out.record);
    return out;
}

std::vector<Effect> effects_of(const LifeCycle& cycle, const Case& c) {
    std::vector<Effect> all;
    const StateRule* state = cycle.state(c.state);
    if (state == nullptr) return all;
    for (const EffectKind kind : state->effects) {
        Effect effect{kind, c.id, {}};
        std::string_view rest = kEffects[static_cast<std::size_t>(kind)].fields;
        while (!rest.empty()) {
            const std::size_t space = std::min(rest.find(' '), rest.size());
            const auto at = c.fields.find(rest.substr(0, space));
            if (at != c.fields.end()) effect.fields.insert(*at);
            rest.remove_prefix(std::min(space + 1, rest.size()));
        }
        all.push_back(std::move(effect));
    }
    return all;
}

}  // namespace sluice::control
