#include "control/lifecycle/read_life_cycle.h"

#include <algorithm>
#include <cstdio>

#include "control/lifecycle/read_parts.h"

namespace sluice::control {
namespace {

using load::Fields;
using load::YamlNode;

void read_hours(PartReader& part, const YamlNode& node, WorkingHours& out) {
    Fields fields(part.reader, node, "working hours", {"from", "until"});
    const auto minute = [&](const YamlNode* text_node, std::uint16_t& minutes) {
        std::string text;
        if (!part.reader.text(text_node, text)) return;
        unsigned h = 0, m = 0;
        char end = 0;
        if (std::sscanf(text.c_str(), "%2u:%2u%c", &h, &m, &end) != 2 || h > 24 || m > 59)
            part.reader.error(*text_node, "bad_span", "this is no time of day", "write \"08:00\"");
        else
            minutes = static_cast<std::uint16_t>(h * 60 + m);
    };
    minute(fields.need("from"), out.from);
    minute(fields.need("until"), out.until);
    if (out.from >= out.until)
        part.reader.error(node, "ends_before_it_begins", "working hours must end after they begin");
}

void check_reference(PartReader& part, const YamlNode& node, bool known, std::string_view code,
                     const std::string& what, const std::string& id) {
    if (!known) part.reader.error(node, code, what + " " + load::in_quotes(id) + " is not defined");
}

// What the rows refer to, once all of the file is read.
void check_references(PartReader& part, const YamlNode& root, const LifeCycle& c) {
    for (const EventRule& e : c.events) {
        for (const std::string& state : e.from)
            part.refer(e.at, c.state(state) != nullptr, "unknown_state", state);
        if (!e.to.empty()) part.refer(e.at, c.state(e.to) != nullptr, "unknown_state", e.to);
        for (const std::string& id : e.needs)
            part.refer(e.at, c.field(id) != nullptr, "unknown_field", id);
        for (const std::string& id : e.clears)
            part.refer(e.at, c.field(id) != nullptr, "unknown_field", id);
        for (const std::string& id : e.notices)
            part.refer(e.at, c.notice(id) != nullptr, "unknown_notice", id);
        for (const Guard& g : e.when) {
            if (g.kind == Guard::Kind::time_left)
                part.refer(e.at, c.deadline(g.field) != nullptr, "unknown_deadline", g.field);
            else if (!g.field.empty())
                part.refer(e.at, c.field(g.field) != nullptr, "unknown_field", g.field);
        }
    }
    for (const DeadlineRule& d : c.deadlines) {
        for (const std::string& state : d.while_)
            part.refer(d.at, c.state(state) != nullptr, "unknown_state", state);
        if (!d.at_field.empty())
            part.refer(d.at, c.field(d.at_field) != nullptr, "unknown_field", d.at_field);
        const bool known = std::any_of(c.events.begin(), c.events.end(),
                                       [&](const EventRule& e) { return e.id == d.then; });
        part.refer(d.at, known, "unknown_event", d.then);
        if (!d.notice.empty())
            part.refer(d.at, c.notice(d.notice) != nullptr, "unknown_notice", d.notice);
    }
    for (const std::string& id : c.key)
        check_reference(part, root, c.field(id) != nullptr, "unknown_field", "field", id);
    const bool opens = std::any_of(c.events.begin(), c.events.end(),
                                   [](const EventRule& e) { return e.from.empty(); });
    if (!opens)
        part.reader.error(root, "no_opening", "no event opens a case",
                          "one event must have an empty `from`");
}

// An effect reads fields by name: a life cycle without them would do nothing, silently.
void check_effects(PartReader& part, const LifeCycle& c) {
    for (const StateRule& s : c.states)
        for (const EffectKind kind : s.effects) {
            std::string_view rest = kEffects[static_cast<std::size_t>(kind)].fields;
            while (!rest.empty()) {
                const std::size_t space = std::min(rest.find(' '), rest.size());
                const std::string field(rest.substr(0, space));
                part.refer(s.at, c.field(field) != nullptr, "effect_without_field", field);
                rest.remove_prefix(std::min(space + 1, rest.size()));
            }
        }
}

void read_head(PartReader& part, Fields& fields, LifeCycle& c) {
    part.reader.id(fields.need("lifecycle"), c.id);
    part.reader.text(fields.need("title"), c.title);
    part.ids(fields.need("rules"), c.rules, /*any_text=*/true);
    std::size_t calendar = 0;
    if (part.reader.word(fields.need("calendar"), {"KZ", "BY"}, calendar))
        c.calendar = calendar == 0 ? "KZ" : "BY";
    std::size_t week = 0;
    if (const YamlNode* node = fields.find("week"))
        if (part.reader.word(node, {"five_day", "six_day"}, week)) c.week = static_cast<Week>(week);
    if (const YamlNode* node = fields.find("working_hours")) read_hours(part, *node, c.hours);
    if (const YamlNode* node = fields.find("key")) part.ids(node, c.key);
}

}  // namespace

std::shared_ptr<const LifeCycle> read_life_cycle(std::string_view text, std::uint32_t file,
                                                 load::Report& report) {
    YamlNode root;
    if (!load::parse_yaml(text, file, report, root)) return nullptr;
    load::Reader reader(report, file);
    PartReader part(reader);
    auto cycle = std::make_shared<LifeCycle>();
    LifeCycle& c = *cycle;
    Fields fields(reader, root, "a life cycle",
                  {"lifecycle", "title", "rules", "calendar", "week", "working_hours", "key",
                   "fields", "states", "events", "deadlines", "notices"});
    read_head(part, fields, c);
    for (const YamlNode& node : reader.list(fields.need("fields")))
        c.fields.push_back(part.field(node));
    for (const YamlNode& node : reader.list(fields.need("states")))
        c.states.push_back(part.state(node));
    for (const YamlNode& node : reader.list(fields.need("events")))
        c.events.push_back(part.event(node));
    for (const YamlNode& node : reader.list(fields.need("deadlines")))
        c.deadlines.push_back(part.deadline(node));
    for (const YamlNode& node : reader.list(fields.need("notices")))
        c.notices.push_back(part.notice(node));
    if (report.has_errors()) return nullptr;
    check_references(part, root, c);
    check_effects(part, c);
    return report.has_errors() ? nullptr : cycle;
}

}  // namespace sluice::control
