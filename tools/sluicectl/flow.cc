// sluicectl flow list, flow show: the data plane's flow table.
#include <memory>

#include "tools/render/flow_table.h"
#include "tools/sluicectl/commands.h"

namespace sluice::ctl {
namespace {

void add_list(CLI::App& flow, Context& context) {
    CLI::App* command = flow.add_subcommand("list", "Flows in the table now");
    auto wanted = std::make_shared<Parameters>();
    const auto filter = [&](const char* option, const char* parameter, const char* text) {
        command->add_option_function<std::string>(
            option, [wanted, parameter](const std::string& v) { (*wanted)[parameter] = v; }, text);
    };
    filter("--org", "organisation", "Organisation's id; none = of no organisation");
    filter("--operator", "operator", "Operator's id");
    filter("--user", "user", "User-side address");
    filter("--remote", "remote", "Internet-side address");
    filter("--verdict", "verdict", "forward, block or inspect");
    filter("--reason", "reason", "Reason's word or number");
    filter("--limit", "limit", "At most so many (100)");
    command->callback([&context, wanted] {
        show(context, get(context, "/v1/flows", *wanted), {[](const Json& d) {
                 std::string text = render::flow_table(d.at("items"));
                 if (d.at("meta").value("more", false)) text += "... more with --limit\n";
                 return text;
             }});
    });
}

std::string lines(const Json& document) {
    std::string out;
    for (const Json& flow : document.at("items"))
        for (const auto& field : flow.items()) {
            std::string key = field.key();
            key.resize(14, ' ');
            out += key + cell(field.value()) + "\n";
        }
    return out;
}

void add_show(CLI::App& flow, Context& context) {
    CLI::App* command = flow.add_subcommand("show", "One flow, every field");
    auto wanted = std::make_shared<Parameters>();
    command
        ->add_option_function<std::vector<std::string>>(
            "flow",
            [wanted](const std::vector<std::string>& words) {
                for (const std::string& word : words)
                    (*wanted)["subject"] += ((*wanted)["subject"].empty() ? "" : " ") + word;
            },
            "Id, or \"tcp SRC:PORT > DST:PORT\"")
        ->required();
    command->add_option_function<std::string>(
        "--operator", [wanted](const std::string& v) { (*wanted)["operator"] = v; },
        "Operator's id");
    command->callback(
        [&context, wanted] { show(context, get(context, "/v1/flow", *wanted), {lines}); });
}

}  // namespace

void add_flow(CLI::App& app, Context& context) {
    CLI::App* flow = app.add_subcommand("flow", "Flows the data plane knows");
    flow->require_subcommand(1);
    add_list(*flow, context);
    add_show(*flow, context);
}

}  // namespace sluice::ctl
