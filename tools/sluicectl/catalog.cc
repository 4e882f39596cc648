// sluicectl catalog lookup, catalog unknown.
#include <memory>

#include "tools/sluicectl/commands.h"
#include "tools/sluicectl/items_table.h"

namespace sluice::ctl {
namespace {

void add_lookup(CLI::App& catalog, Context& context) {
    CLI::App* command = catalog.add_subcommand("lookup", "Whose address it is");
    auto wanted = std::make_shared<Parameters>();
    command
        ->add_option_function<std::string>(
            "address", [wanted](const std::string& v) { (*wanted)["address"] = v; }, "Address")
        ->required();
    command->add_option_function<std::string>(
        "--operator", [wanted](const std::string& v) { (*wanted)["operator"] = v; },
        "Only in this operator's catalog");
    command->callback([&context, wanted] {
        show(context, get(context, "/v1/catalog/lookup", *wanted),
             {[](const Json& d) {
                  return d.at("items").empty()
                             ? std::string("in no catalog\n")
                             : items_table(d.at("items"), {"operator", "prefix", "organisation"});
              },
              [](const Json& d) { return d.at("items").empty() ? int{kNo} : int{kYes}; }});
    });
}

void add_unknown(CLI::App& catalog, Context& context) {
    CLI::App* command = catalog.add_subcommand("unknown", "Addresses seen that are in no catalog");
    auto wanted = std::make_shared<Parameters>();
    command->add_option_function<std::string>(
        "--operator", [wanted](const std::string& v) { (*wanted)["operator"] = v; },
        "Only of this operator");
    command->add_option_function<std::string>(
        "--limit", [wanted](const std::string& v) { (*wanted)["limit"] = v; },
        "At most so many (1000)");
    command->callback([&context, wanted] {
        show(context, get(context, "/v1/catalog/unknown", *wanted), {[](const Json& d) {
                 return items_table(d.at("items"),
                                    {"operator", "address", "first_seen", "last_seen", "packets"});
             }});
    });
}

}  // namespace

void add_catalog(CLI::App& app, Context& context) {
    CLI::App* catalog = app.add_subcommand("catalog", "The operators' IP catalog");
    catalog->require_subcommand(1);
    add_lookup(*catalog, context);
    add_unknown(*catalog, context);
}

}  // namespace sluice::ctl
