// sluicectl policy diff: what differs, in the words of the policy. Exit code 1 when something does.
#include <memory>

#include "tools/sluicectl/commands.h"
#include "tools/sluicectl/policy_files.h"

namespace sluice::ctl {
namespace {

std::string table(const Json& document) {
    const bool colour = colours();
    const auto line = [&](const char* code, const std::string& text) {
        return colour ? "\x1b[" + std::string(code) + "m" + text + "\x1b[0m\n" : text + "\n";
    };
    std::string out;
    for (const Json& d : document.at("items")) {
        const std::string head = cell(d.at("what")) + " " + cell(d.at("id"));
        if (d.at("change") == "added")
            out += line("32", "+ " + head + ": " + cell(d.at("after")));
        else if (d.at("change") == "removed")
            out += line("31", "- " + head + ": " + cell(d.at("before")));
        else
            out += line("33", "~ " + head) + line("31", "    - " + cell(d.at("before"))) +
                   line("32", "    + " + cell(d.at("after")));
    }
    return out.empty() ? "no difference\n" : out;
}

}  // namespace

void add_policy_diff(CLI::App& policy, Context& context) {
    CLI::App* command =
        policy.add_subcommand("diff", "HEAD against a directory, or one revision against another");
    auto ends = std::make_shared<std::vector<std::string>>();
    command->add_option("what", *ends, "[DIR|REV] [REV]: REV is the older side; HEAD unless given")
        ->expected(0, 2);
    command->callback([&context, ends] {
        Json body = Json::object();
        const std::string first = ends->empty() ? "HEAD" : ends->front();
        Response sent;
        if (is_directory(first)) {
            body["from"] = ends->size() == 2 ? (*ends)[1] : "HEAD";
            sent = add_files(context, first, body);
        } else {
            body["from"] = ends->empty() ? "HEAD~1" : first;
            body["to"] = ends->size() == 2 ? (*ends)[1] : "HEAD";
        }
        if (sent.code != kYes) {
            show(context, sent, {table});
            return;
        }
        show(context, post(context, "/v1/policy/diff", body),
             {table, [](const Json& d) { return d.at("items").empty() ? int{kYes} : int{kNo}; }});
    });
}

}  // namespace sluice::ctl
