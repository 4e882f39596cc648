// sluicectl approvals: steps that wait for a second person.
#include <memory>

#include "tools/sluicectl/commands.h"
#include "tools/sluicectl/items_table.h"

namespace sluice::ctl {
namespace {

const std::vector<std::string> kFields = {"id",      "state",      "request", "proposer",
                                          "expires", "decided_by", "outcome", "summary"};

std::string shown(const Json& document) {
    const Json& item = document.at("items").at(0);
    std::string out;
    for (const auto& field : item.items())
        if (field.key() != "changes") out += field.key() + ": " + cell(field.value()) + "\n";
    if (item.at("changes").is_array() && !item.at("changes").empty())
        out += "\n" + items_table(item.at("changes"), {"change", "what", "id", "before", "after"});
    return out;
}

void add_list(CLI::App& noun, Context& context) {
    CLI::App* command = noun.add_subcommand("list", "What waits (--all: and waited), newest first");
    auto all = std::make_shared<bool>(false);
    command->add_flag("--all", *all, "Also what is decided");
    command->callback([&context, all] {
        Parameters wanted;
        if (!*all) wanted["state"] = "waiting";
        show(context, get(context, "/v1/approvals", wanted),
             {[](const Json& d) { return items_table(d.at("items"), kFields); }});
    });
}

void add_show(CLI::App& noun, Context& context) {
    CLI::App* command = noun.add_subcommand("show", "One step, and all that it would change");
    auto id = std::make_shared<std::string>();
    command->add_option("id", *id, "Number of the step")->required();
    command->callback(
        [&context, id] { show(context, get(context, "/v1/approvals/" + *id), {shown}); });
}

void add_decision(CLI::App& noun, Context& context, const std::string& word,
                  const std::string& text) {
    CLI::App* command = noun.add_subcommand(word, text);
    auto id = std::make_shared<std::string>(), reason = std::make_shared<std::string>();
    command->add_option("id", *id, "Number of the step")->required();
    command->add_option("--reason", *reason, "Why: goes into the audit")->required();
    command->callback([&context, id, reason, word] {
        show(context, post(context, "/v1/approvals/" + *id + "/" + word, {{"reason", *reason}}),
             {[](const Json& d) { return items_table(d.at("items"), kFields); },
              [](const Json& d) {
                  return d.at("items").at(0).at("state") == "failed" ? int{kNo} : int{kYes};
              }});
    });
}

}  // namespace

void add_approvals(CLI::App& app, Context& context) {
    CLI::App* noun = app.add_subcommand("approvals", "Steps that need a second person");
    noun->require_subcommand(1);
    add_list(*noun, context);
    add_show(*noun, context);
    add_decision(*noun, context, "approve", "Another officer wants it, too: it is carried out");
    add_decision(*noun, context, "refuse", "It is not done (by who proposed it: withdrawn)");
}

}  // namespace sluice::ctl
