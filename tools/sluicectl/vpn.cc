// sluicectl vpn list, open, close: who may use what on which signed request (G15-2). Opening and
// closing change grants.yaml of HEAD and commit it: the same checks, audit and undo as any other
// policy.
#include <chrono>
#include <memory>

#include "rules/load/day_text.h"
#include "tools/render/table.h"
#include "tools/sluicectl/commands.h"
#include "tools/sluicectl/grants_text.h"

namespace sluice::ctl {
namespace {

constexpr char kFile[] = "grants.yaml";

std::string grants_table(const Json& document) {
    render::Table t({{"ORGANISATION"}, {"OPENED"}, {"ON"}});
    std::size_t count = 0;
    for (const Json& item : document.at("items")) {
        if (item.at("what") != "grant") continue;
        const std::string id = cell(item.at("id"));
        const std::size_t space = id.find(' ');
        t.add({id.substr(0, space), id.substr(space + 1), cell(item.at("value"))});
        ++count;
    }
    return count == 0 ? "nothing is opened: what needs a grant is blocked for everybody\n"
                      : t.text();
}

std::string committed(const Json& document) {
    const Json& c = document.at("items")[0];
    return cell(c.at("revision")) + ": " + cell(c.at("activation")) + "\n";
}

// HEAD with another grants.yaml, committed on top of what was read.
void commit(Context& context, const std::string& reason,
            const std::function<std::string(std::string& text)>& change) {
    const Response head = get(context, "/v1/policy/revisions/HEAD/files");
    if (head.code != kYes) return show(context, head, {committed});
    Json body = {{"reason", reason},
                 {"base", "r" + cell(head.body.at("meta").at("serial"))},
                 {"files", Json::object()},
                 {"unchanged", Json::object()}};
    std::string text;
    for (const Json& file : head.body.at("items")) {
        const std::string path = cell(file.at("path"));
        if (path == kFile)
            text = cell(file.at("content"));
        else
            body["unchanged"][path] = file.at("sha256");
    }
    if (const std::string problem = change(text); !problem.empty())
        return show(context, error_of(kNo, "no_such_grant", problem, "see `sluicectl vpn list`"),
                    {committed});
    body["files"][kFile] = text;
    const Response done = post(context, "/v1/policy/commits", body);
    if (done.code == kYes && !context.json())
        print_diagnostics(done.body.at("items")[0].at("diagnostics"));
    show(context, done, {committed});
}

void add_subject(CLI::App& command, GrantEntry& grant) {
    command.add_option("organisation", grant.organisation, "Id of the organisation")->required();
    command.add_option("word", grant.word, "Protocol or class: see `sluicectl protocol list`")
        ->required();
}

void add_list(CLI::App& vpn, Context& context) {
    CLI::App* command = vpn.add_subcommand("list", "What is opened to whom, on which request");
    command->callback(
        [&context] { show(context, get(context, "/v1/policy/revisions/HEAD"), {grants_table}); });
}

void add_open(CLI::App& vpn, Context& context) {
    CLI::App* command = vpn.add_subcommand("open", "Opens a protocol or class to an organisation");
    auto grant = std::make_shared<GrantEntry>();
    auto reason = std::make_shared<std::string>();
    add_subject(*command, *grant);
    command->add_option("--request", grant->request, "The signed request it rests on")->required();
    command->add_option("--until", grant->until, "Last day, as 2027-08-31")->required();
    command->add_option("--from", grant->from, "First day (today)");
    command->add_option("--reason", *reason, "Why: goes into the audit (the request)");
    command->callback([&context, grant, reason] {
        if (grant->from.empty())
            grant->from = load::to_text(
                std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now()));
        const std::string why = reason->empty() ? "opened on request " + grant->request : *reason;
        commit(context, why, [grant](std::string& text) {
            text = with_grant(text, *grant);
            return std::string();
        });
    });
}

void add_close(CLI::App& vpn, Context& context) {
    CLI::App* command = vpn.add_subcommand("close", "Takes a grant back");
    auto grant = std::make_shared<GrantEntry>();
    auto reason = std::make_shared<std::string>();
    add_subject(*command, *grant);
    command->add_option("--reason", *reason, "Why: goes into the audit")->required();
    command->callback([&context, grant, reason] {
        commit(context, *reason, [grant](std::string& text) {
            const auto without = without_grant(text, *grant);
            if (!without)
                return grant->word + " is not opened to " + grant->organisation + " by itself";
            text = *without;
            return std::string();
        });
    });
}

}  // namespace

void add_vpn(CLI::App& app, Context& context) {
    CLI::App* vpn = app.add_subcommand("vpn", "What needs a signed request, and who has one");
    vpn->require_subcommand(1);
    add_list(*vpn, context);
    add_open(*vpn, context);
    add_close(*vpn, context);
}

}  // namespace sluice::ctl
