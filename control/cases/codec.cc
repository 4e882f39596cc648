#include "control/cases/codec.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace sluice::control {
namespace {

using Json = nlohmann::json;

Json json_of(const Deadline& d) {
    Json remind = Json::array();
    for (const UtcTime t : d.remind)
        remind.push_back(t.raw());
    return {{"id", d.id},
            {"start", d.start.raw()},
            {"due", d.due.raw()},
            {"calendar", d.calendar},
            {"provisional", d.provisional},
            {"held", d.held},
            {"released", d.released},
            {"why_held", d.why_held},
            {"remind", remind},
            {"reminded", d.reminded}};
}

Deadline deadline_of(const Json& j) {
    Deadline d;
    d.id = j.at("id").get<std::string>();
    d.start = UtcTime{j.at("start").get<std::int64_t>()};
    d.due = UtcTime{j.at("due").get<std::int64_t>()};
    d.calendar = j.at("calendar").get<std::string>();
    d.provisional = j.at("provisional").get<bool>();
    d.held = j.at("held").get<bool>();
    d.released = j.at("released").get<bool>();
    d.why_held = j.at("why_held").get<std::string>();
    for (const Json& t : j.at("remind"))
        d.remind.push_back(UtcTime{t.get<std::int64_t>()});
    d.reminded = j.at("reminded").get<std::uint32_t>();
    return d;
}

template <class List>
Json deadlines_json(const List& list) {
    Json all = Json::array();
    for (const Deadline& d : list)
        all.push_back(json_of(d));
    return all;
}

std::vector<Deadline> deadlines_of(const Json& j) {
    std::vector<Deadline> all;
    for (const Json& d : j)
        all.push_back(deadline_of(d));
    return all;
}

CaseFields fields_of(const Json& j) {
    CaseFields fields;
    for (const auto& item : j.items())
        fields[item.key()] = item.value().get<std::vector<std::string>>();
    return fields;
}

std::string text_of(const Json& j) {
    return j.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// The one edge where the library's exceptions end.
template <class Value, class Read>
std::optional<Value> guarded(const std::string& document, Read read) {
    try {
        return read(Json::parse(document));
    } catch (const Json::exception&) {
        return std::nullopt;
    }
}

template <class Words>
std::size_t index_of(const Words& words, const std::string& word) {
    return static_cast<std::size_t>(std::find(std::begin(words), std::end(words), word) -
                                    std::begin(words));
}

}  // namespace

std::string to_document(const Case& c) {
    return text_of({{"id", c.id},
                    {"life_cycle", c.life_cycle},
                    {"state", c.state},
                    {"closed", c.closed},
                    {"fields", c.fields},
                    {"deadlines", deadlines_json(c.deadlines)},
                    {"opened", c.opened.raw()},
                    {"entered", c.entered.raw()},
                    {"version", c.version}});
}

std::string to_document(const EventRecord& r) {
    Json j = {{"kind", kRecordKindWords[static_cast<std::size_t>(r.kind)]},
              {"event", r.event},
              {"at", r.at.raw()},
              {"by", name_of(r.by)},
              {"actor", r.actor},
              {"uid", r.uid},
              {"deadline", r.deadline},
              {"ground", r.ground},
              {"rule", r.rule},
              {"given", r.given},
              {"state", r.state},
              {"closed", r.closed},
              {"entered", r.entered},
              {"started", deadlines_json(r.started)},
              {"ended", r.ended}};
    if (!r.request.empty()) j["request"] = r.request;
    return text_of(j);
}

std::string to_document(const Effect& effect) { return text_of(Json(effect.fields)); }

std::optional<Case> case_of(const std::string& document) {
    return guarded<Case>(document, [](const Json& j) {
        Case c;
        c.id = j.at("id").get<std::string>();
        c.life_cycle = j.at("life_cycle").get<std::string>();
        c.state = j.at("state").get<std::string>();
        c.closed = j.at("closed").get<bool>();
        c.fields = fields_of(j.at("fields"));
        c.deadlines = deadlines_of(j.at("deadlines"));
        c.opened = UtcTime{j.at("opened").get<std::int64_t>()};
        c.entered = UtcTime{j.at("entered").get<std::int64_t>()};
        c.version = j.at("version").get<std::uint64_t>();
        return c;
    });
}

std::optional<EventRecord> record_of(const std::string& document) {
    return guarded<EventRecord>(document, [](const Json& j) -> std::optional<EventRecord> {
        EventRecord r;
        const std::size_t kind = index_of(kRecordKindWords, j.at("kind").get<std::string>());
        const auto by = party_named(j.at("by").get<std::string>());
        if (kind == std::size(kRecordKindWords) || !by) return std::nullopt;
        r.kind = static_cast<RecordKind>(kind);
        r.by = *by;
        r.event = j.at("event").get<std::string>();
        r.at = UtcTime{j.at("at").get<std::int64_t>()};
        r.actor = j.at("actor").get<std::string>();
        r.uid = j.at("uid").get<std::uint32_t>();
        r.deadline = j.at("deadline").get<std::string>();
        r.ground = j.at("ground").get<std::string>();
        r.request = j.value("request", std::string());
        r.rule = j.at("rule").get<std::string>();
        r.given = fields_of(j.at("given"));
        r.state = j.at("state").get<std::string>();
        r.closed = j.at("closed").get<bool>();
        r.entered = j.at("entered").get<bool>();
        r.started = deadlines_of(j.at("started"));
        r.ended = j.at("ended").get<std::vector<std::string>>();
        return r;
    });
}

std::optional<Effect> effect_of(const EffectRow& row) {
    const auto kind = effect_named(row.kind);
    if (!kind) return std::nullopt;
    return guarded<Effect>(row.document, [&](const Json& j) {
        return Effect{*kind, row.case_id, fields_of(j)};
    });
}

std::optional<Case> replay(const std::string& id, const std::string& life_cycle,
                           const std::vector<CaseEventRow>& events) {
    Case c;
    c.id = id;
    c.life_cycle = life_cycle;
    for (const CaseEventRow& row : events) {
        const auto record = record_of(row.document);
        if (!record) return std::nullopt;
        apply(c, *record);
    }
    return c;
}

}  // namespace sluice::control
