// sluicectl store backup, check.
#include <filesystem>
#include <memory>

#include "control/store/backup.h"
#include "tools/sluicectl/commands.h"

namespace sluice::ctl {
namespace {

std::string line_of(const Json& d) {
    const Json& b = d.at("items").at(0);
    return cell(b.at("file")) + ": " + cell(b.at("bytes")) + " bytes, schema " +
           cell(b.at("schema")) + ", sha256 " + cell(b.at("sha256")) + "\n";
}

void add_backup(CLI::App& noun, Context& context) {
    CLI::App* command = noun.add_subcommand(
        "backup", "Copies the store while it is in use; sluiced --restore puts it back");
    auto file = std::make_shared<std::string>(), reason = std::make_shared<std::string>();
    command->add_option("file", *file, "A new file, written by sluiced's user")->required();
    command->add_option("--reason", *reason, "Why: goes into the audit")->required();
    command->callback([&context, file, reason] {
        const Json body = {{"file", std::filesystem::absolute(*file).string()},
                           {"reason", *reason}};
        show(context, post(context, "/v1/store/backup", body), {line_of});
    });
}

void add_check(CLI::App& noun, Context& context) {
    CLI::App* command = noun.add_subcommand(
        "check", "Reads a backup here: whole, unchanged, not of a newer build?");
    auto file = std::make_shared<std::string>();
    command->add_option("file", *file, "Backup")->required();
    command->callback([&context, file] {
        const auto checked = control::check_backup(*file);
        if (!checked) {
            show(context, error_of(kNo, "invalid", checked.error(), "restore from another backup"),
                 {});
            return;
        }
        const Json item = {{"file", *file},
                           {"bytes", checked->bytes},
                           {"schema", checked->schema},
                           {"sha256", checked->sha256}};
        const Json document = {
            {"apiVersion", "sluice/v1"}, {"kind", "StoreBackup"}, {"items", Json::array({item})}};
        show(context, {kYes, document}, {line_of});
    });
}

}  // namespace

void add_store(CLI::App& app, Context& context) {
    CLI::App* noun = app.add_subcommand("store", "The store of sluiced: copies of it");
    noun->require_subcommand(1);
    add_backup(*noun, context);
    add_check(*noun, context);
}

}  // namespace sluice::ctl
