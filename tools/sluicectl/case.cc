// sluicectl case list, show, open, event.
#include <memory>

#include "tools/sluicectl/commands.h"
#include "tools/sluicectl/items_table.h"

namespace sluice::ctl {
namespace {

const std::vector<std::string> kColumns = {"id", "state", "entered", "next_due"};

std::string case_text(const Json& d) {
    const Json& c = d.at("items").at(0);
    std::string out =
        cell(c.at("id")) + ": " + cell(c.at("state")) + " since " + cell(c.at("entered")) + "\n";
    for (const auto& item : c.at("fields").items()) {
        out += "  " + item.key() + ":";
        for (const Json& value : item.value())
            out += " " + cell(value);
        out += "\n";
    }
    for (const Json& deadline : c.at("deadlines"))
        out += "  deadline " + cell(deadline.at("id")) + " is over at " + cell(deadline.at("due")) +
               (deadline.at("provisional").get<bool>() ? " (provisional calendar)" : "") +
               (deadline.at("held").get<bool>() ? " HELD: " + cell(deadline.at("why_held")) : "") +
               "\n";
    if (!c.contains("events")) return out;
    for (const Json& effect : c.at("effects"))
        out += "  in force: " + cell(effect.at("kind")) + "\n";
    return out + items_table(c.at("events"), {"version", "at", "kind", "event", "state", "rule",
                                              "actor", "reason"});
}

void add_list(CLI::App& noun, Context& context) {
    CLI::App* command = noun.add_subcommand("list", "Cases, open ones unless --all");
    auto wanted = std::make_shared<Parameters>();
    for (const char* name : {"lifecycle", "state", "after", "limit"})
        command->add_option_function<std::string>(
            std::string("--") + name, [wanted, name](const std::string& v) { (*wanted)[name] = v; },
            std::string("As `") + name + "` of GET /v1/cases");
    for (const char* name : {"all", "held"})
        command->add_flag_callback(
            std::string("--") + name, [wanted, name] { (*wanted)[name] = "true"; },
            name == std::string("all") ? "Closed ones too" : "Only with a held deadline");
    command->callback([&context, wanted] {
        show(context, get(context, "/v1/cases", *wanted),
             {[](const Json& d) { return items_table(d.at("items"), kColumns); }});
    });
}

void add_show(CLI::App& noun, Context& context) {
    CLI::App* command = noun.add_subcommand("show", "One case with its events and deadlines");
    auto id = std::make_shared<std::string>();
    command->add_option("id", *id, "Case")->required();
    command->callback(
        [&context, id] { show(context, get(context, "/v1/cases/" + *id), {case_text}); });
}

struct EventOptions {
    std::string target, event, reason, by = "service";
    std::vector<std::string> fields;
    std::uint64_t version = 0;
};

// "addresses=10.0.0.1,10.0.0.2": a comma parts values; \, is a comma.
Json fields_json(const std::vector<std::string>& given) {
    Json fields = Json::object();
    for (const std::string& text : given) {
        const std::size_t equals = text.find('=');
        if (equals == std::string::npos || equals == 0)
            throw CLI::ValidationError("--field", "write ID=VALUE, or ID=VALUE,VALUE for a list");
        Json& values = fields[text.substr(0, equals)] = Json::array();
        std::string value;
        for (std::size_t i = equals + 1; i <= text.size(); ++i) {
            if (i == text.size() || text[i] == ',') {
                if (i != equals + 1 || i != text.size()) values.push_back(value);
                value.clear();
            } else {
                if (text[i] == '\\' && i + 1 < text.size()) ++i;
                value += text[i];
            }
        }
    }
    return fields;
}

void add_event_options(CLI::App& command, EventOptions& o) {
    command.add_option("--reason", o.reason, "Why: goes into the audit")->required();
    command.add_option("--by", o.by, "On whose word: service, operator, user")
        ->check(CLI::IsMember({"service", "operator", "user"}))
        ->capture_default_str();
    command.add_option("--field", o.fields, "ID=VALUE, or ID=VALUE,VALUE for a list");
}

Json body_of(const EventOptions& o) {
    return {
        {"event", o.event}, {"reason", o.reason}, {"by", o.by}, {"fields", fields_json(o.fields)}};
}

void add_open(CLI::App& noun, Context& context) {
    CLI::App* command = noun.add_subcommand("open", "Opens a case of a life cycle");
    auto o = std::make_shared<EventOptions>();
    command->add_option("lifecycle", o->target, "Life cycle")->required();
    command->add_option("event", o->event, "Its opening event")->required();
    add_event_options(*command, *o);
    command->callback([&context, o] {
        Json body = body_of(*o);
        body["lifecycle"] = o->target;
        show(context, post(context, "/v1/cases", body), {case_text});
    });
}

void add_event(CLI::App& noun, Context& context) {
    CLI::App* command = noun.add_subcommand("event", "An event of a case");
    auto o = std::make_shared<EventOptions>();
    command->add_option("id", o->target, "Case")->required();
    command->add_option("event", o->event, "Event")->required();
    command->add_option("--version", o->version, "Only if the case still has this version");
    add_event_options(*command, *o);
    command->callback([&context, o] {
        Json body = body_of(*o);
        if (o->version != 0) body["version"] = o->version;
        show(context, post(context, "/v1/cases/" + o->target + "/events", body), {case_text});
    });
}

}  // namespace

void add_case(CLI::App& app, Context& context) {
    CLI::App* noun = app.add_subcommand("case", "Applications, unknown addresses, incidents, ...");
    noun->require_subcommand(1);
    add_list(*noun, context);
    add_show(*noun, context);
    add_open(*noun, context);
    add_event(*noun, context);
}

}  // namespace sluice::ctl
