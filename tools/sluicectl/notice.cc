// sluicectl notice list, show, retry.
#include <memory>

#include "tools/sluicectl/commands.h"
#include "tools/sluicectl/items_table.h"

namespace sluice::ctl {
namespace {

void add_list(CLI::App& noun, Context& context) {
    CLI::App* command = noun.add_subcommand("list", "Notices of cases, oldest first");
    auto wanted = std::make_shared<Parameters>();
    command->add_option_function<std::string>(
        "--state", [wanted](const std::string& v) { (*wanted)["state"] = v; },
        "pending, delivered, spooled or failed (all)");
    command->add_option_function<std::string>(
        "--limit", [wanted](const std::string& v) { (*wanted)["limit"] = v; },
        "At most so many (100)");
    command->callback([&context, wanted] {
        show(context, get(context, "/v1/notices", *wanted), {[](const Json& d) {
                 return items_table(d.at("items"), {"id", "case", "notice", "to", "recipient", "at",
                                                    "state", "tries", "next_try", "trouble"});
             }});
    });
}

void add_show(CLI::App& noun, Context& context) {
    CLI::App* command = noun.add_subcommand("show", "A notice's text in three languages");
    auto id = std::make_shared<std::string>();
    command->add_option("id", *id, "Notice")->required();
    command->callback([&context, id] {
        show(context, get(context, "/v1/notices/" + *id), {[](const Json& d) {
                 const Json& n = d.at("items").at(0);
                 return n.at("kk").get<std::string>() + "\n\n" + n.at("ru").get<std::string>() +
                        "\n\n" + n.at("en").get<std::string>() + "\n";
             }});
    });
}

void add_retry(CLI::App& noun, Context& context) {
    CLI::App* command = noun.add_subcommand("retry", "Tries a notice again that was not delivered");
    auto id = std::make_shared<std::string>(), reason = std::make_shared<std::string>();
    command->add_option("id", *id, "Notice")->required();
    command->add_option("--reason", *reason, "Why: goes into the audit")->required();
    command->callback([&context, id, reason] {
        show(context, post(context, "/v1/notices/" + *id + "/retry", {{"reason", *reason}}),
             {[](const Json&) { return std::string("is tried again\n"); }});
    });
}

}  // namespace

void add_notice(CLI::App& app, Context& context) {
    CLI::App* noun =
        app.add_subcommand("notice", "What parties are told, and whether they have it");
    noun->require_subcommand(1);
    add_list(*noun, context);
    add_show(*noun, context);
    add_retry(*noun, context);
}

}  // namespace sluice::ctl
