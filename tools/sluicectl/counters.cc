// sluicectl counters: everything the workers count, each with what it means.
#include <cstdio>
#include <memory>

#include "tools/render/table.h"
#include "tools/sluicectl/commands.h"

namespace sluice::ctl {
namespace {

Response without_zeros(Response response) {
    if (response.code != kYes) return response;
    Json kept = Json::array();
    for (const Json& item : response.body.at("items"))
        if (item.at("value") != 0) kept.push_back(item);
    response.body["items"] = std::move(kept);
    return response;
}

std::string table(const Json& document) {
    render::Table t({{"GROUP"}, {"NAME"}, {"VALUE", render::Align::right}, {"MEANING"}});
    for (const Json& item : document.at("items"))
        t.add({cell(item.at("group")), cell(item.at("name")), item.at("value").dump(),
               cell(item.at("text"))});
    return t.text();
}

}  // namespace

void add_counters(CLI::App& app, Context& context) {
    CLI::App* command = app.add_subcommand("counters", "What the workers count");
    auto nonzero = std::make_shared<bool>(false);
    command->add_flag("--nonzero", *nonzero, "Only those that are not zero");
    command->callback([&context, nonzero] {
        Response all = get(context, "/v1/counters");
        if (all.code == kYes && !all.body.at("meta").value("live", true))
            std::fputs("sluicectl: no data plane answers: these are the last values it left\n",
                       stderr);
        show(context, *nonzero ? without_zeros(std::move(all)) : all, {table});
    });
}

}  // namespace sluice::ctl
