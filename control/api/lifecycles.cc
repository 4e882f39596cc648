// GET /v1/lifecycles, /v1/lifecycles/{id}, /v1/calendars.
#include "control/api/cases.h"
#include "control/lifecycle/lint.h"
#include "rules/load/day_text.h"

namespace sluice::control {
namespace {

Json summary_json(const LifeCycle& c) {
    return {{"id", c.id},
            {"title", c.title},
            {"rules", c.rules},
            {"calendar", c.calendar},
            {"states", c.states.size()},
            {"events", c.events.size()},
            {"deadlines", c.deadlines.size()}};
}

Json parties_json(const std::vector<Party>& by) {
    Json all = Json::array();
    for (const Party party : by)
        all.push_back(name_of(party));
    return all;
}

Json whole_json(const LifeCycle& c) {
    Json item = summary_json(c);
    item["fields"] = Json::array();
    for (const FieldRule& f : c.fields)
        item["fields"].push_back({{"id", f.id},
                                  {"type", kFieldTypeWords[static_cast<std::size_t>(f.type)]},
                                  {"options", f.options}});
    item["states"] = Json::array();
    for (const StateRule& s : c.states) {
        Json effects = Json::array();
        for (const EffectKind kind : s.effects)
            effects.push_back(name_of(kind));
        item["states"].push_back({{"id", s.id}, {"final", s.final}, {"effects", effects}});
    }
    item["events"] = Json::array();
    for (const EventRule& e : c.events)
        item["events"].push_back({{"id", e.id},
                                  {"from", e.from},
                                  {"to", e.to.empty() ? Json(nullptr) : Json(e.to)},
                                  {"by", parties_json(e.by)},
                                  {"rule", e.rule},
                                  {"needs", e.needs}});
    item["deadlines"] = Json::array();
    for (const DeadlineRule& d : c.deadlines)
        item["deadlines"].push_back({{"id", d.id},
                                     {"from", d.from},
                                     {"span", d.after ? to_text(*d.after) : "until " + d.at_field},
                                     {"then", d.then},
                                     {"rule", d.rule}});
    item["drawing"] = draw(c);
    return item;
}

Json days_json(const std::vector<Day>& days) {
    Json all = Json::array();
    for (const Day day : days)
        all.push_back(load::to_text(day));
    return all;
}

Json year_json(const Calendar& c, const CalendarYear& y) {
    Json item = {{"calendar", c.id()},
                 {"version", c.version()},
                 {"zone", c.zone()},
                 {"year", y.year},
                 {"final", y.final},
                 {"why", y.why},
                 {"uncertain", days_json(y.uncertain)}};
    for (const Week week : {Week::five_day, Week::six_day}) {
        const auto w = static_cast<std::size_t>(week);
        item[week == Week::five_day ? "five_day" : "six_day"] = {
            {"days", y.working_days[w]},
            {"off", days_json(y.off[w])},
            {"worked", days_json(y.worked[w])}};
    }
    return item;
}

}  // namespace

Answer get_lifecycles(const Call&, Services& s) {
    SLUICE_TRY(parts, case_parts(s));
    Json items = Json::array();
    for (const auto& [id, cycle] : parts.desk->set().cycles)
        items.push_back(summary_json(*cycle));
    return reply("LifeCycles", s, std::move(items));
}

Answer get_lifecycle(const Call& call, Services& s) {
    SLUICE_TRY(parts, case_parts(s));
    const LifeCycle* cycle = parts.desk->cycle(call.get("id"));
    if (cycle == nullptr)
        return fail(ErrorCode::not_found, "no life cycle \"" + call.get("id") + "\"",
                    "`sluicectl lifecycle list` shows them");
    return reply("LifeCycle", s, Json::array({whole_json(*cycle)}));
}

Answer get_calendars(const Call&, Services& s) {
    SLUICE_TRY(parts, case_parts(s));
    Json items = Json::array();
    for (const auto& [id, calendar] : parts.desk->set().calendars)
        for (const CalendarYear& year : calendar->years())
            items.push_back(year_json(*calendar, year));
    return reply("Calendars", s, std::move(items));
}

}  // namespace sluice::control
