// sluicectl status: is everything well? Exit code 1 when something is not.
#include "tools/render/table.h"
#include "tools/sluicectl/commands.h"

namespace sluice::ctl {
namespace {

bool all_ok(const Json& document) {
    for (const Json& item : document.at("items"))
        if (!item.at("ok").get<bool>()) return false;
    return true;
}

std::string table(const Json& document) {
    render::Table t({{"OK"}, {"PART"}, {"NAME"}, {"DETAIL"}});
    for (const Json& item : document.at("items"))
        t.add({item.at("ok").get<bool>() ? "ok" : "NOT OK", item.at("part"), item.at("name"),
               cell(item.at("detail"))});
    return t.text() + (all_ok(document) ? "\nall is well\n" : "\nsomething is not well\n");
}

}  // namespace

void add_status(CLI::App& app, Context& context) {
    CLI::App* command = app.add_subcommand("status", "Whether everything is well, part by part");
    command->callback([&context] {
        show(context, get(context, "/v1/status"),
             {table, [](const Json& d) { return all_ok(d) ? int{kYes} : int{kNo}; }});
    });
}

}  // namespace sluice::ctl
