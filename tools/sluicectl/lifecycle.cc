// sluicectl lifecycle list, lint, draw, simulate. The last three need no daemon.
#include <memory>

#include "control/api/document.h"
#include "control/cases/simulate.h"
#include "control/lifecycle/lint.h"
#include "tools/sluicectl/commands.h"
#include "tools/sluicectl/items_table.h"
#include "tools/sluicectl/local.h"

namespace sluice::ctl {
namespace {

// The life cycles of a directory, or an error document and its exit code.
std::optional<control::LifeCycleSet> loaded(Context& context, const std::string& directory) {
    control::LifeCycleSet set = control::read_life_cycles(directory);
    if (set.ok()) return set;
    Response response =
        error_of(kInvalid, "invalid", "life cycles or calendars of " + directory + " have mistakes",
                 "mend them: one mistake keeps all of them from being loaded");
    response.body["error"]["diagnostics"] = control::diagnostics_json(set.diagnostics);
    show(context, response, {});
    return std::nullopt;
}

void print(Context& context, const char* kind, Json items, const std::string& text) {
    show(context, local_document(kind, std::move(items)), {[&text](const Json&) { return text; }});
}

void add_list(CLI::App& noun, Context& context) {
    CLI::App* command = noun.add_subcommand("list", "The life cycles, or all of one of them");
    auto id = std::make_shared<std::string>();
    command->add_option("lifecycle", *id, "Only this one, with its events and deadlines");
    command->callback([&context, id] {
        if (id->empty()) {
            show(context, get(context, "/v1/lifecycles"), {[](const Json& d) {
                     return items_table(d.at("items"), {"id", "states", "events", "deadlines",
                                                        "calendar", "title"});
                 }});
            return;
        }
        show(context, get(context, "/v1/lifecycles/" + *id), {[](const Json& d) {
                 const Json& c = d.at("items").at(0);
                 return items_table(c.at("fields"), {"id", "type"}) + "\n" +
                        items_table(c.at("events"), {"id", "from", "to", "by", "needs", "rule"}) +
                        "\n" +
                        items_table(c.at("deadlines"), {"id", "from", "span", "then", "rule"});
             }});
    });
}

void add_lint(CLI::App& noun, Context& context) {
    CLI::App* command = noun.add_subcommand("lint", "Checks calendars and life cycles");
    auto directory = std::make_shared<std::string>();
    command->add_option("directory", *directory, "Holds calendars/ and lifecycles/")->required();
    command->callback([&context, directory] {
        const auto set = loaded(context, *directory);
        if (!set) return;
        Json items = Json::array();
        for (const auto& [id, cycle] : set->cycles)
            items.push_back({{"id", id}, {"ok", true}});
        const std::string text = std::to_string(items.size()) + " life cycles, no mistakes\n";
        print(context, "LifeCycleLint", std::move(items), text);
    });
}

struct Wanted {
    std::string directory, id;
    control::SimulationPlan plan;
};

void add_draw(CLI::App& noun, Context& context) {
    CLI::App* command = noun.add_subcommand("draw", "A life cycle as a Mermaid state diagram");
    auto o = std::make_shared<Wanted>();
    command->add_option("directory", o->directory, "Holds calendars/ and lifecycles/")->required();
    command->add_option("lifecycle", o->id, "Life cycle")->required();
    command->callback([&context, o] {
        const auto set = loaded(context, o->directory);
        if (!set) return;
        const auto at = set->cycles.find(o->id);
        if (at == set->cycles.end())
            throw CLI::ValidationError("lifecycle", "no life cycle " + o->id);
        const std::string text = control::draw(*at->second);
        print(context, "LifeCycleDrawing", Json::array({{{"id", o->id}, {"mermaid", text}}}), text);
    });
}

void add_simulate(CLI::App& noun, Context& context) {
    CLI::App* command = noun.add_subcommand(
        "simulate", "Years of random events over all life cycles of a directory");
    auto o = std::make_shared<Wanted>();
    command->add_option("directory", o->directory, "Holds calendars/ and lifecycles/")->required();
    command->add_option("--cases", o->plan.cases, "How many cases")->capture_default_str();
    command->add_option("--days", o->plan.days, "How many days")->capture_default_str();
    command->add_option("--seed", o->plan.seed, "Equal seeds, equal runs")->capture_default_str();
    command->callback([&context, o] {
        const auto set = loaded(context, o->directory);
        if (!set) return;
        const control::SimulationResult r = control::simulate(*set, o->plan);
        std::string text = std::to_string(r.opened) + " cases, " + std::to_string(r.events) +
                           " events, " + std::to_string(r.fired) + " deadlines over, " +
                           std::to_string(r.reminders) + " reminders, " + std::to_string(r.closed) +
                           " closed\n";
        for (const std::string& broken : r.broken)
            text += "BROKEN: " + broken + "\n";
        const int code = r.broken.empty() ? kYes : kNo;
        print(context, "Simulation",
              Json::array({{{"cases", r.opened},
                            {"events", r.events},
                            {"deadlines", r.fired},
                            {"reminders", r.reminders},
                            {"closed", r.closed},
                            {"broken", r.broken}}}),
              text);
        context.exit_code = code;
    });
}

}  // namespace

void add_lifecycle(CLI::App& app, Context& context) {
    CLI::App* noun = app.add_subcommand("lifecycle", "The rules with deadlines, as data");
    noun->require_subcommand(1);
    add_list(*noun, context);
    add_lint(*noun, context);
    add_draw(*noun, context);
    add_simulate(*noun, context);
}

}  // namespace sluice::ctl
