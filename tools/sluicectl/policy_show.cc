// sluicectl policy show: a revision as rows, or as the files it was committed as.
#include <memory>

#include "tools/render/table.h"
#include "tools/sluicectl/commands.h"

namespace sluice::ctl {
namespace {

std::string table(const Json& document) {
    render::Table t({{"WHAT"}, {"ID"}, {"VALUE"}});
    for (const Json& item : document.at("items"))
        t.add({cell(item.at("what")), cell(item.at("id")), cell(item.at("value"))});
    const Json& meta = document.at("meta");
    return t.text() + "\nr" + cell(meta.at("serial")) + ": " + cell(meta.at("prefixes")) +
           " prefixes and " + cell(meta.at("names")) + " names (listed with --bulk)\n";
}

// One stream of documents, each headed by its path.
std::string files(const Json& document) {
    std::string out;
    for (const Json& file : document.at("items")) {
        out += "---\n# file: " + cell(file.at("path"));
        if (!file.contains("content")) {  // an MMDB file is nothing to read
            out += " (" + cell(file.at("bytes")) + " bytes, not text)\n";
            continue;
        }
        out += "\n" + cell(file.at("content"));
        if (out.back() != '\n') out += "\n";
    }
    return out;
}

}  // namespace

void add_policy_show(CLI::App& policy, Context& context) {
    CLI::App* command = policy.add_subcommand("show", "A revision: HEAD, HEAD~n, r<serial>, an id");
    auto revision = std::make_shared<std::string>("HEAD");
    auto bulk = std::make_shared<bool>(false);
    command->add_option("revision", *revision, "HEAD unless given");
    command->add_flag("--bulk", *bulk, "Prefixes and names too");
    command->callback([&context, revision, bulk] {
        const std::string path = "/v1/policy/revisions/" + *revision;
        if (context.output == "yaml")
            show(context, get(context, path + "/files"), {files});
        else
            show(context, get(context, path, {{"bulk", *bulk ? "true" : "false"}}), {table});
    });
}

}  // namespace sluice::ctl
