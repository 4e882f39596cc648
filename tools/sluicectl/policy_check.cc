// sluicectl policy check: loads and compiles a directory here, without the daemon.
#include <chrono>
#include <memory>

#include "control/api/document.h"
#include "control/engine/live_engine.h"
#include "control/store/time_text.h"
#include "rules/load/load_policy.h"
#include "tools/sluicectl/commands.h"

namespace sluice::ctl {
namespace {

UtcTime now() {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return UtcTime{std::chrono::duration_cast<std::chrono::seconds>(since).count()};
}

// Distinct names of lists and feeds.
std::uint64_t names_of(const control::Rulebook& rules) {
    const lookup::BundleView* view = rules.view();
    return view == nullptr ? 0 : view->name_count();
}

Response check(const std::string& directory) {
    control::Candidate candidate;
    load::FileSet files = load::read_policy_files(directory, candidate.diagnostics);
    if (!load::has_errors(candidate.diagnostics))
        candidate = control::LiveEngine("", now).build(files, nullptr);
    if (!candidate.ok()) {
        Response bad = error_of(kInvalid, "invalid", directory + ": the policy has errors", "");
        bad.body["error"]["diagnostics"] = control::diagnostics_json(candidate.diagnostics);
        return bad;
    }
    const model::Policy& p = *candidate.policy;
    Json item = {{"directory", directory},
                 {"ok", true},
                 {"operators", p.operators.size()},
                 {"organisations", p.organisations.size()},
                 {"prefixes", p.catalog.size()},
                 {"categories", p.categories.size()},
                 {"names", names_of(*candidate.rules)},
                 {"diagnostics", control::diagnostics_json(candidate.diagnostics)}};
    const control::Meta meta{"", "", "local", control::rfc3339(now())};
    return {kYes, control::document("PolicyCheck", meta, Json::array({item}))};
}

}  // namespace

void add_policy_check(CLI::App& policy, Context& context) {
    CLI::App* command =
        policy.add_subcommand("check", "Whether a directory is a good policy; needs no daemon");
    auto directory = std::make_shared<std::string>();
    command->add_option("directory", *directory, "Directory of the policy")->required();
    command->callback([&context, directory] {
        const Response response = check(*directory);
        if (response.code == kYes)
            print_diagnostics(response.body.at("items")[0].at("diagnostics"));
        show(context, response, {[](const Json& d) {
                 const Json& i = d.at("items")[0];
                 return "ok: " + cell(i.at("organisations")) + " organisations of " +
                        cell(i.at("operators")) + " operators, " + cell(i.at("prefixes")) +
                        " prefixes, " + cell(i.at("names")) + " names in " +
                        cell(i.at("categories")) + " categories\n";
             }});
    });
}

}  // namespace sluice::ctl
