// sluicectl policy blame: who last changed each file of the policy, or each line of one.
#include <memory>

#include "tools/render/table.h"
#include "tools/sluicectl/commands.h"

namespace sluice::ctl {
namespace {

std::string table(const Json& document) {
    render::Table t({{"REV"}, {"AT"}, {"AUTHOR"}, {"REASON"}, {"LINE"}, {"TEXT"}});
    for (const Json& c : document.at("items")) {
        const bool line = c.contains("line");
        t.add({cell(c.at("revision")), cell(c.at("at")), cell(c.at("author")), cell(c.at("reason")),
               line ? cell(c.at("line")) : "", cell(c.at(line ? "text" : "file"))});
    }
    return t.text();
}

}  // namespace

void add_policy_blame(CLI::App& policy, Context& context) {
    CLI::App* command =
        policy.add_subcommand("blame", "Who last changed each file, or each line of FILE");
    struct Options {
        std::string file;
        unsigned from = 1, limit = 10'000;
    };
    auto options = std::make_shared<Options>();
    command->add_option("file", options->file, "Path inside the policy, as blame lists it");
    command->add_option("--from", options->from, "First line (1)");
    command->add_option("--limit", options->limit, "At most so many lines (10000)");
    command->callback([&context, options] {
        Parameters parameters = {{"from", std::to_string(options->from)},
                                 {"limit", std::to_string(options->limit)}};
        if (!options->file.empty()) parameters.emplace("file", options->file);
        show(context, get(context, "/v1/policy/blame", parameters), {table});
    });
}

}  // namespace sluice::ctl
