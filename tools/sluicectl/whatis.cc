// sluicectl whatis: who or what an address, a name or an organisation is.
#include <memory>

#include "tools/sluicectl/commands.h"

namespace sluice::ctl {
namespace {

std::string lines(const Json& document) {
    std::string out;
    for (const Json& item : document.at("items")) {
        out += cell(item.at("kind"));
        for (const auto& field : item.items())
            if (field.key() != "kind") out += "  " + field.key() + "=" + cell(field.value());
        out += "\n";
    }
    return out.empty() ? "unknown: in no catalog, list or service of the policy\n" : out;
}

}  // namespace

void add_whatis(CLI::App& app, Context& context) {
    CLI::App* command =
        app.add_subcommand("whatis", "Who or what is an address, a name, an organisation");
    auto subject = std::make_shared<std::string>();
    command->add_option("subject", *subject, "Address, name or organisation's id")->required();
    command->callback([&context, subject] {
        show(context, get(context, "/v1/whatis", {{"subject", *subject}}),
             {lines, [](const Json& d) { return d.at("items").empty() ? int{kNo} : int{kYes}; }});
    });
}

}  // namespace sluice::ctl
