// sluicectl tls exempt list: flows that are forwarded unopened, and what is evidence of each.
#include <memory>

#include "tools/render/table.h"
#include "tools/sluicectl/commands.h"

namespace sluice::ctl {
namespace {

std::string end_text(const Json& flow, const char* address, const char* port) {
    const std::string text = cell(flow.at(address));
    return (text.find(':') == std::string::npos ? text : "[" + text + "]") + ":" +
           cell(flow.at(port));
}

// The first 12 digits: enough to compare by eye; -o json has all.
std::string hash_text(const Json& hello) {
    return hello.is_null() ? "-" : cell(hello.at("sha256")).substr(0, 12);
}

std::string list_table(const Json& document) {
    render::Table t({{"AT"},
                     {"ORGANISATION"},
                     {"USER"},
                     {"REMOTE"},
                     {"NAME"},
                     {"REASON"},
                     {"ENTRY"},
                     {"CLIENT HELLO"},
                     {"SERVER HELLO"},
                     {"STATE"},
                     {"BYTES", render::Align::right}});
    for (const Json& f : document.at("items")) {
        const Json& entry = f.at("entry");
        t.add({cell(f.at("at")), cell(f.at("organisation")), end_text(f, "user", "user_port"),
               end_text(f, "remote", "remote_port"), cell(f.at("name")), cell(f.at("reason")),
               entry.is_null() ? "-" : cell(entry.at("list")) + ":" + cell(entry.at("entry")),
               hash_text(f.at("client_hello")), hash_text(f.at("server_hello")),
               cell(f.at("state")), cell(f.at("bytes"))});
    }
    return t.empty() ? "no exempt flow\n" : t.text();
}

}  // namespace

void add_tls_exempt(CLI::App& tls, Context& context) {
    CLI::App* exempt = tls.add_subcommand("exempt", "Flows that are never opened");
    exempt->require_subcommand(1);
    CLI::App* list = exempt->add_subcommand(
        "list", "Exempt flows, the newest first: open ones, then those that ended lately");
    auto parameters = std::make_shared<Parameters>();
    const auto add = [&](const char* option, const char* key, const char* help) {
        list->add_option_function<std::string>(
            option, [parameters, key](const std::string& value) { (*parameters)[key] = value; },
            help);
    };
    add("--organisation", "organisation", "Only this organisation's");
    add("--name", "name", "Only flows to this name");
    add("--limit", "limit", "How many at most (100)");
    list->callback([&context, parameters] {
        show(context, get(context, "/v1/tls/exempt", *parameters), {list_table});
    });
}

}  // namespace sluice::ctl
