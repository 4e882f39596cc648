// sluicectl request submit, list, show.
#include <fstream>
#include <iterator>
#include <memory>

#include "control/api/base64.h"
#include "control/store/sha256.h"
#include "tools/sluicectl/commands.h"
#include "tools/sluicectl/items_table.h"

namespace sluice::ctl {
namespace {

std::optional<std::string> bytes_of(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    std::string bytes((std::istreambuf_iterator<char>(in)), {});
    return in || in.eof() ? std::optional(bytes) : std::nullopt;
}

void no_file(Context& context, const std::string& file) {
    show(context, error_of(kUsage, "usage", file + ": cannot be read", "name an existing file"),
         {});
}

void submit(Context& context, const std::string& file, const std::string& signature) {
    const auto first = bytes_of(file);
    if (!first) return no_file(context, file);
    Json body = {{"message", control::to_base64(*first)}};
    if (!signature.empty()) {
        const auto message = bytes_of(signature);
        if (!message) return no_file(context, signature);
        body = {{"message", control::to_base64(*message)}, {"content", control::to_base64(*first)}};
    }
    show(context, post(context, "/v1/requests", body), {[](const Json& d) {
             const Json& r = d.at("items").at(0);
             return "request " + cell(r.at("number")) + " of " + cell(r.at("organisation")) +
                    " is taken: " + cell(r.at("case")) + " is " + cell(r.at("state")) + "\n";
         }});
}

void add_submit(CLI::App& noun, Context& context) {
    CLI::App* command = noun.add_subcommand("submit", "Brings a signed request (CMS, DER or PEM)");
    auto file = std::make_shared<std::string>(), signature = std::make_shared<std::string>();
    command->add_option("file", *file, "The signed message; with --signature what it signs")
        ->required();
    command->add_option("--signature", *signature, "A detached signature of the file");
    command->callback([&context, file, signature] { submit(context, *file, *signature); });
}

void add_list(CLI::App& noun, Context& context) {
    CLI::App* command = noun.add_subcommand("list", "Signed requests, latest first");
    auto wanted = std::make_shared<Parameters>();
    for (const auto& [option, key, text] :
         {std::tuple{"--organisation", "organisation", "Of this organisation (all)"},
          {"--case", "case", "That moved this case (all)"},
          {"--limit", "limit", "At most so many (100)"}})
        command->add_option_function<std::string>(
            option, [wanted, key = key](const std::string& v) { (*wanted)[key] = v; }, text);
    command->callback([&context, wanted] {
        show(context, get(context, "/v1/requests", *wanted), {[](const Json& d) {
                 return items_table(d.at("items"), {"number", "organisation", "case", "signed_at",
                                                    "signer", "via", "id"});
             }});
    });
}

// What came, as files again: what was signed, and the message around it.
void write_out(Context& context, const Response& response, const std::string& file) {
    const Json& r = response.body.at("items").at(0);
    for (const auto& [key, end] : {std::pair{"content", ""}, {"message", ".cms"}}) {
        const auto bytes = control::from_base64(cell(r.at(key)));
        std::ofstream out(file + end, std::ios::binary | std::ios::trunc);
        if (!bytes || !(out << *bytes).flush()) {
            show(context,
                 error_of(kUsage, "usage", file + end + ": cannot be written",
                          "name a file in a directory you may write"),
                 {});
            return;
        }
    }
}

void add_show(CLI::App& noun, Context& context) {
    CLI::App* command =
        noun.add_subcommand("show", "A request: what was signed, by whom, what became of it");
    auto id = std::make_shared<std::string>(), out = std::make_shared<std::string>();
    command->add_option("id", *id, "Request (request list shows them)")->required();
    command->add_option("--out", *out,
                        "Writes what was signed to this file, the CMS message beside it (.cms)");
    command->callback([&context, id, out] {
        const Response response = get(context, "/v1/requests/" + *id);
        show(context, response, {[](const Json& d) {
                 const Json& r = d.at("items").at(0);
                 std::string text;
                 for (const char* key : {"number", "organisation", "signer", "signed_at",
                                         "received_at", "via", "case", "certificate", "id"})
                     text += std::string(key) + ": " + cell(r.at(key)) + "\n";
                 return text + "\n" +
                        control::from_base64(cell(r.at("content"))).value_or("(unreadable)");
             }});
        if (response.code == kYes && !out->empty()) write_out(context, response, *out);
    });
}

}  // namespace

void add_request(CLI::App& app, Context& context) {
    CLI::App* noun = app.add_subcommand("request", "What organisations sign, and what it became");
    noun->require_subcommand(1);
    add_submit(*noun, context);
    add_list(*noun, context);
    add_show(*noun, context);
}

}  // namespace sluice::ctl
