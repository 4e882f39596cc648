// sluicectl catalog sources, source-add, source-remove, sync, release, upload, owner: operators
// that keep their catalogs themselves.
#include <fstream>
#include <memory>
#include <sstream>

#include "tools/sluicectl/commands.h"
#include "tools/sluicectl/items_table.h"

namespace sluice::ctl {
namespace {

std::string sources_table(const Json& d) {
    Json sources = Json::array();
    std::string after;
    for (Json item : d.at("items")) {
        if (item.at("kind") == "conflict") {
            after += "conflict: " + item.at("operators")[0].get<std::string>() + " and " +
                     item.at("operators")[1].get<std::string>() + " both name " +
                     item.at("prefixes")[1].get<std::string>() + "\n";
            continue;
        }
        if (!item.at("refused").is_null())
            after += item.at("operator").get<std::string>() + ": refused, " +
                     item.at("refused").at("sentence").get<std::string>() + ": " +
                     item.at("refused").at("detail").get<std::string>() + "\n";
        if (item.at("stale").get<bool>())
            after +=
                item.at("operator").get<std::string>() + ": STALE, not confirmed for too long\n";
        sources.push_back(std::move(item));
    }
    return items_table(sources, {"operator", "version", "rows", "confirmed", "asked", "url"}) +
           after;
}

// 1 when the feed was asked and refused.
int code_of(const Json& d) {
    for (const Json& item : d.at("items"))
        if (item.value("kind", "") == "source" && !item.at("refused").is_null()) return kNo;
    return kYes;
}

std::shared_ptr<std::string> add_operator(CLI::App* command) {
    auto id = std::make_shared<std::string>();
    command->add_option("operator", *id, "As operators.yaml names it")->required();
    return id;
}
std::shared_ptr<std::string> add_reason(CLI::App* command) {
    auto reason = std::make_shared<std::string>();
    command->add_option("--reason", *reason, "Why: goes into the audit")->required();
    return reason;
}
std::string below(const std::string& id, const char* what) {
    return "/v1/catalog/sources/" + id + "/" + what;
}

void add_add(CLI::App& catalog, Context& context) {
    CLI::App* command = catalog.add_subcommand(
        "source-add", "An operator keeps its catalog itself: by a signed feed, or by uploads");
    const auto id = add_operator(command), reason = add_reason(command);
    struct Words {
        std::string url, key, ca_file;
        unsigned refresh_s = 300, removal_max_percent = 10;
    };
    auto w = std::make_shared<Words>();
    command->add_option("--url", w->url, "https address of its notification; without: uploads");
    command->add_option("--key", w->key, "its Ed25519 key, as `catalog-publisher init` prints it");
    command->add_option("--ca-file", w->ca_file, "PEM of whom its server is trusted by");
    command->add_option("--refresh", w->refresh_s, "Seconds between looks (300)");
    command->add_option("--removal-max", w->removal_max_percent,
                        "Percent of rows that may go without a person (10)");
    command->callback([&context, id, reason, w] {
        show(context,
             post(context, "/v1/catalog/sources",
                  {{"operator", *id},
                   {"url", w->url},
                   {"key", w->key},
                   {"ca_file", w->ca_file},
                   {"refresh_s", w->refresh_s},
                   {"removal_max_percent", w->removal_max_percent},
                   {"reason", *reason}}),
             {sources_table});
    });
}

void add_upload(CLI::App& catalog, Context& context) {
    CLI::App* command =
        catalog.add_subcommand("upload", "The whole catalog of an operator without a feed");
    const auto id = add_operator(command), reason = add_reason(command);
    struct Words {
        std::string file;
        bool dry_run = false, release = false;
    };
    auto w = std::make_shared<Words>();
    command->add_option("file", w->file, "prefix,organisation a line")
        ->required()
        ->check(CLI::ExistingFile);
    command->add_flag("--dry-run", w->dry_run, "Only says what would change");
    command->add_flag("--release", w->release, "Although it removes much");
    command->callback([&context, id, reason, w] {
        std::ifstream in(w->file, std::ios::binary);
        std::ostringstream text;
        text << in.rdbuf();
        show(context,
             post(context, below(*id, "upload"),
                  {{"catalog", text.str()},
                   {"dry_run", w->dry_run},
                   {"release", w->release},
                   {"reason", *reason}}),
             {[](const Json& d) {
                 return items_table(d.at("items"), {"operator", "added", "removed", "dry_run"});
             }});
    });
}

void add_owner(CLI::App& catalog, Context& context) {
    CLI::App* command = catalog.add_subcommand(
        "owner", "Whom an address belonged to, in what its operator published");
    auto wanted = std::make_shared<Parameters>();
    const auto option = [&](const char* flag, const char* key, const char* text) {
        return command->add_option_function<std::string>(
            flag, [wanted, key](const std::string& v) { (*wanted)[key] = v; }, text);
    };
    option("address", "address", "Address")->required();
    option("--operator", "operator", "In whose catalog")->required();
    option("--at", "at", "When: 2026-11-21T10:00:00Z (now)");
    command->callback([&context, wanted] {
        show(context, get(context, "/v1/catalog/owner", *wanted),
             {[](const Json& d) {
                  return d.at("items").empty()
                             ? std::string("in no catalog then\n")
                             : items_table(d.at("items"), {"prefix", "organisation", "since"});
              },
              [](const Json& d) { return d.at("items").empty() ? int{kNo} : int{kYes}; }});
    });
}

}  // namespace

void add_catalog_sources(CLI::App& catalog, Context& context) {
    catalog.add_subcommand("sources", "Operators that keep their catalogs themselves")
        ->callback(
            [&context] { show(context, get(context, "/v1/catalog/sources"), {sources_table}); });
    add_add(catalog, context);
    CLI::App* remove =
        catalog.add_subcommand("source-remove", "The policy's own catalog counts again");
    const auto gone = add_operator(remove), why = add_reason(remove);
    remove->callback([&context, gone, why] {
        show(context, post(context, below(*gone, "remove"), {{"reason", *why}}), {sources_table});
    });
    CLI::App* sync = catalog.add_subcommand("sync", "Asks an operator's feed now");
    const auto asked = add_operator(sync);
    sync->callback([&context, asked] {
        show(context, post(context, below(*asked, "sync"), Json::object()),
             {sources_table, code_of});
    });
    CLI::App* release = catalog.add_subcommand("release", "Takes a version that removes much");
    const auto held = add_operator(release), ground = add_reason(release);
    release->callback([&context, held, ground] {
        show(context, post(context, below(*held, "release"), {{"reason", *ground}}),
             {sources_table, code_of});
    });
    add_upload(catalog, context);
    add_owner(catalog, context);
}

}  // namespace sluice::ctl
