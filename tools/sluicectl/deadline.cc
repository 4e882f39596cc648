// sluicectl deadline list, show, hold, release.
#include <memory>

#include "tools/sluicectl/commands.h"
#include "tools/sluicectl/items_table.h"

namespace sluice::ctl {
namespace {

std::string deadlines_text(const Json& d) {
    return items_table(d.at("items"),
                       {"case", "id", "due", "state", "provisional", "held", "why_held"});
}

void add_list(CLI::App& noun, Context& context) {
    CLI::App* command = noun.add_subcommand("list", "What is due next; held deadlines first");
    auto wanted = std::make_shared<Parameters>();
    command->add_flag_callback(
        "--held", [wanted] { (*wanted)["held"] = "true"; }, "Only those that wait for a person");
    command->add_option_function<std::string>(
        "--limit", [wanted](const std::string& v) { (*wanted)["limit"] = v; },
        "At most so many (100)");
    command->callback([&context, wanted] {
        show(context, get(context, "/v1/deadlines", *wanted), {deadlines_text});
    });
}

void add_show(CLI::App& noun, Context& context) {
    CLI::App* command = noun.add_subcommand("show", "The deadlines of one case");
    auto id = std::make_shared<std::string>();
    command->add_option("case", *id, "Case")->required();
    command->callback([&context, id] {
        show(context, get(context, "/v1/cases/" + *id), {[](const Json& d) {
                 return items_table(d.at("items").at(0).at("deadlines"),
                                    {"id", "start", "due", "calendar", "provisional", "held",
                                     "why_held", "reminders", "reminded"});
             }});
    });
}

struct Wanted {
    std::string id, deadline, reason;
    bool clock = false;
};

void add_hold(CLI::App& noun, Context& context) {
    CLI::App* command = noun.add_subcommand("hold", "Lets a running deadline wait for a person");
    auto o = std::make_shared<Wanted>();
    command->add_option("case", o->id, "Case")->required();
    command->add_option("deadline", o->deadline, "Deadline")->required();
    command->add_option("--reason", o->reason, "Why: goes into the audit")->required();
    command->callback([&context, o] {
        show(context,
             post(context, "/v1/cases/" + o->id + "/hold",
                  {{"deadline", o->deadline}, {"reason", o->reason}}),
             {[](const Json&) { return std::string("held\n"); }});
    });
}

void add_release(CLI::App& noun, Context& context) {
    CLI::App* command =
        noun.add_subcommand("release", "Lets a held deadline pass, or the clock be believed again");
    auto o = std::make_shared<Wanted>();
    CLI::Option* id = command->add_option("case", o->id, "Case");
    CLI::Option* deadline = command->add_option("deadline", o->deadline, "Deadline");
    command->add_flag("--clock", o->clock, "The clock is right: act on deadlines again")
        ->excludes(id)
        ->excludes(deadline);
    command->add_option("--reason", o->reason, "Why: goes into the audit")->required();
    command->callback([&context, o] {
        if (!o->clock && o->deadline.empty())
            throw CLI::ValidationError("release", "name a case and its deadline, or --clock");
        const Json body = o->clock ? Json{{"reason", o->reason}}
                                   : Json{{"deadline", o->deadline}, {"reason", o->reason}};
        const std::string path = o->clock ? "/v1/clock/release" : "/v1/cases/" + o->id + "/release";
        show(context, post(context, path, body),
             {[](const Json&) { return std::string("released\n"); }});
    });
}

}  // namespace

void add_deadline(CLI::App& app, Context& context) {
    CLI::App* noun =
        app.add_subcommand("deadline", "What is due when, and what waits for a person");
    noun->require_subcommand(1);
    add_list(*noun, context);
    add_show(*noun, context);
    add_hold(*noun, context);
    add_release(*noun, context);
}

}  // namespace sluice::ctl
