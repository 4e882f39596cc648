// sluicectl policy history: who changed the policy, when and why.
#include <memory>

#include "tools/render/table.h"
#include "tools/sluicectl/commands.h"

namespace sluice::ctl {
namespace {

std::string table(const Json& document) {
    render::Table t({{"REV"}, {"ID"}, {"AT"}, {"AUTHOR"}, {"BUNDLE"}, {"REASON"}});
    for (const Json& c : document.at("items"))
        t.add({cell(c.at("revision")), cell(c.at("id")).substr(0, 12), cell(c.at("at")),
               cell(c.at("author")) + (c.at("break_glass").get<bool>() ? " (break-glass)" : ""),
               cell(c.at("bundle")).substr(0, 12), cell(c.at("reason"))});
    return t.text();
}

}  // namespace

void add_policy_history(CLI::App& policy, Context& context) {
    CLI::App* command = policy.add_subcommand("history", "Commits, newest first");
    auto limit = std::make_shared<unsigned>(20);
    command->add_option("--limit", *limit, "At most so many (20)");
    command->callback([&context, limit] {
        show(context, get(context, "/v1/policy/commits", {{"limit", std::to_string(*limit)}}),
             {table});
    });
}

}  // namespace sluice::ctl
