// sluicectl category lookup, category feeds: of the daemon, or of a policy directory.
#include <chrono>
#include <memory>

#include "control/api/document.h"
#include "control/engine/live_engine.h"
#include "control/render/category_json.h"
#include "control/store/time_text.h"
#include "rules/load/load_policy.h"
#include "tools/render/table.h"
#include "tools/sluicectl/commands.h"

namespace sluice::ctl {
namespace {

UtcTime now() {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return UtcTime{std::chrono::duration_cast<std::chrono::seconds>(since).count()};
}

// Compiles a directory and asks it.
template <class Ask>
Response ask_directory(const std::string& directory, const char* kind, Ask ask) {
    control::Candidate candidate;
    load::FileSet files = load::read_policy_files(directory, candidate.diagnostics);
    if (!load::has_errors(candidate.diagnostics))
        candidate = control::LiveEngine("", now).build(files, nullptr);
    if (!candidate.ok()) {
        Response bad = error_of(kInvalid, "invalid", directory + ": the policy has errors",
                                "sluicectl policy check " + directory + " lists them");
        bad.body["error"]["diagnostics"] = control::diagnostics_json(candidate.diagnostics);
        return bad;
    }
    const control::Meta meta{"", candidate.bundle_hash, "local", control::rfc3339(now())};
    return {kYes, control::document(kind, meta, ask(*candidate.rules->view()))};
}

std::string joined(const Json& texts) {
    std::string all;
    for (const Json& text : texts)
        all.append(all.empty() ? "" : ", ").append(cell(text));
    return all;
}

std::string story(const Json& document) {
    const Json& item = document.at("items")[0];
    const std::string categories = joined(item.at("categories"));
    std::string out =
        cell(item.at("subject")) + ": " + (categories.empty() ? "in no category" : categories);
    if (!item.at("exempt").is_null()) out += " (exempt: " + cell(item.at("exempt")) + ")";
    out += "\n";
    if (item.contains("country") && (!item.at("country").is_null() || !item.at("asn").is_null()))
        out += "country " + cell(item.at("country")) + ", AS " + cell(item.at("asn")) + " " +
               cell(item.at("asn_name")) + "\n";
    if (item.at("claims").empty()) return out;
    render::Table table({{"DECIDES"}, {"KIND"}, {"ENTRY"}, {"CATEGORIES"}, {"SOURCE"}, {"FROM"}});
    for (const Json& claim : item.at("claims"))
        table.add({claim.at("decides") == true ? "yes" : "no",
                   cell(claim.at("kind")) + (claim.at("changed") == true ? " (changed)" : ""),
                   cell(claim.at("entry")), joined(claim.at("categories")),
                   cell(claim.at("source")), cell(claim.at("from"))});
    return out + table.text();
}

std::string feeds(const Json& document) {
    render::Table table({{"ID"},
                         {"FORMAT"},
                         {"DATE"},
                         {"AGE"},
                         {"NAMES"},
                         {"URLS"},
                         {"ADDRESSES"},
                         {"TWICE"},
                         {"SKIPPED"},
                         {"PRECEDENCE"},
                         {"LAST SKIPPED"}});
    for (const Json& feed : document.at("items")) {
        const Json& age = feed.at("age_days");
        table.add({cell(feed.at("id")), cell(feed.at("format")), cell(feed.at("date")),
                   age.is_null() ? "-" : cell(age) + " d", cell(feed.at("names")),
                   cell(feed.at("urls")), cell(feed.at("addresses")), cell(feed.at("duplicates")),
                   cell(feed.at("skipped")), cell(feed.at("precedence")),
                   cell(feed.at("last_skipped"))});
    }
    return table.text();
}

void add_lookup(CLI::App& category, Context& context) {
    CLI::App* command = category.add_subcommand(
        "lookup", "Categories of a name, URL or address: which entry decided, what else matched");
    auto subject = std::make_shared<std::string>();
    auto directory = std::make_shared<std::string>();
    command->add_option("subject", *subject, "Name, URL or address")->required();
    command->add_option("--policy", *directory, "A policy directory; needs no daemon");
    command->callback([&context, subject, directory] {
        const auto parsed = render::parse_category_subject(*subject);
        Response response;
        if (std::holds_alternative<std::monostate>(parsed))
            response = error_of(kUsage, "usage", "\"" + *subject + "\" is no name, URL or address",
                                "such as bank.example, https://bank.example/a, 192.0.2.1");
        else if (directory->empty())
            response = get(context, "/v1/category/lookup", {{"subject", *subject}});
        else
            response = ask_directory(*directory, "CategoryLookup", [&](const auto& view) {
                return Json::array({render::category_lookup_json(view, parsed)});
            });
        show(context, response, {story, [](const Json& d) {
                                     return d.at("items")[0].at("categories").empty() ? int{kNo}
                                                                                      : int{kYes};
                                 }});
    });
}

void add_feeds(CLI::App& category, Context& context) {
    CLI::App* command = category.add_subcommand(
        "feeds", "The sources of categories: age, counts, what was skipped and why");
    auto directory = std::make_shared<std::string>();
    command->add_option("--policy", *directory, "A policy directory; needs no daemon");
    command->callback([&context, directory] {
        show(context,
             directory->empty() ? get(context, "/v1/category/feeds")
                                : ask_directory(*directory, "CategoryFeeds",
                                                [](const auto& view) {
                                                    return render::category_feeds_json(view, now());
                                                }),
             {feeds});
    });
}

}  // namespace

void add_category(CLI::App& app, Context& context) {
    CLI::App* category = app.add_subcommand("category", "What names, URLs and addresses are for");
    category->require_subcommand(1);
    add_lookup(*category, context);
    add_feeds(*category, context);
}

}  // namespace sluice::ctl
