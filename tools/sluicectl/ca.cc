// sluicectl ca: the gateway's certificate authority. `ceremony` works by itself, away from the
// gateway; the others speak with sluice-signer.
#include <fstream>
#include <memory>

#include "certs/ca/ceremony.h"
#include "certs/signer/admin.h"
#include "rules/load/host_name.h"
#include "tools/render/table.h"
#include "tools/sluicectl/commands.h"
#include "tools/sluicectl/local.h"
#include "tools/sluicectl/passphrase.h"

namespace sluice::ctl {
namespace {

constexpr char kSignerSocket[] = "/run/sluice/signer.sock";

Response failed(const certs::AdminError& error) {
    if (error.timed_out) return error_of(kTimeout, "timeout", error.message, "ask again");
    if (error.refusal) return error_of(kPermission, "permission", error.message, "ask as an admin");
    return error_of(kUnreachable, "unavailable", error.message, "");
}

std::string text_of(const std::uint8_t (&hash)[32]) {
    ipc::Sha256 copy;
    std::copy(std::begin(hash), std::end(hash), copy.begin());
    return certs::fingerprint_text(copy);
}

Json ca_json(const ipc::StatusReply& reply, ipc::SignerIssuer which) {
    const ipc::SignerCaRecord& ca = reply.ca[static_cast<std::size_t>(which)];
    return {{"issuer", which == ipc::SignerIssuer::trusted ? "trusted" : "untrusted"},
            {"generation", reply.generation},
            {"fingerprint", text_of(ca.fingerprint)},
            {"root_fingerprint", text_of(ca.root_fingerprint)},
            {"not_after", control::rfc3339(UtcTime{ca.not_after_utc})}};
}

Json status_json(const ipc::StatusReply& reply) {
    Json refused = Json::object();
    for (std::size_t i = 0; i < ipc::kSignerRefusalCount; ++i)
        if (reply.refused[i] != 0)
            refused[std::string(ipc::kSignerRefusals[i].word)] = reply.refused[i];
    ipc::Sha256 bundle, root;
    std::copy(std::begin(reply.bundle_hash), std::end(reply.bundle_hash), bundle.begin());
    std::copy(std::begin(reply.log_root), std::end(reply.log_root), root.begin());
    return {{"ok", !reply.trouble},
            {"pid", reply.pid},
            {"started", control::rfc3339(UtcTime{reply.started_utc})},
            {"cas", Json::array({ca_json(reply, ipc::SignerIssuer::trusted),
                                 ca_json(reply, ipc::SignerIssuer::untrusted)})},
            {"bundle", bundle == ipc::Sha256{} ? Json() : Json(ipc::to_hex(bundle))},
            {"trust_anchors", reply.trust_anchors},
            {"log",
             {{"entries", reply.log_entries},
              {"root", ipc::to_hex(root)},
              {"bytes", reply.log_bytes},
              {"bytes_max", reply.log_bytes_max}}},
            {"leaves", reply.leaves},
            {"refused", refused},
            {"message", reply.message}};
}

std::string status_table(const Json& document) {
    const Json& s = document.at("items")[0];
    render::Table t({{"CA"}, {"GENERATION"}, {"UNTIL"}, {"SHA-256 OF THE ISSUING CERTIFICATE"}});
    for (const Json& ca : s.at("cas"))
        t.add({cell(ca.at("issuer")), cell(ca.at("generation")), cell(ca.at("not_after")),
               cell(ca.at("fingerprint"))});
    std::string out = t.text() + "root      " + cell(s.at("cas")[0].at("root_fingerprint")) +
                      "\nleaves    " + cell(s.at("leaves")) + " since " + cell(s.at("started")) +
                      "\nlog       " + cell(s.at("log").at("entries")) + " entries, " +
                      render::short_count(s.at("log").at("bytes")) + " of " +
                      render::short_count(s.at("log").at("bytes_max")) + " bytes\nbundle    " +
                      cell(s.at("bundle")) + "\n";
    for (const auto& [word, count] : s.at("refused").items())
        out += "refused   " + word + " " + cell(count) + "\n";
    if (const std::string message = cell(s.at("message")); !message.empty())
        out += (s.at("ok").get<bool>() ? "note      " : "TROUBLE   ") + message + "\n";
    return out;
}

void show_status(Context& context, const std::string& signer, ipc::SignerKind kind) {
    const auto reply =
        certs::ask_signer(signer, kind, static_cast<int>(context.timeout_seconds) * 1'000);
    const Response response =
        reply ? local_document("SignerStatus", Json::array({status_json(*reply)}))
              : failed(reply.error());
    show(context, response, {status_table, [](const Json& d) {
                                 return d.at("items")[0].at("ok").get<bool>() ? int{kYes}
                                                                              : int{kNo};
                             }});
}

void add_signer_option(CLI::App& command, std::string& signer) {
    command.add_option("--signer", signer, "Socket of sluice-signer")->capture_default_str();
}

void add_asking(CLI::App& ca, Context& context, ipc::SignerKind kind, const char* name,
                const char* what) {
    CLI::App* command = ca.add_subcommand(name, what);
    auto signer = std::make_shared<std::string>(kSignerSocket);
    add_signer_option(*command, *signer);
    command->callback([&context, signer, kind] { show_status(context, *signer, kind); });
}

void add_activate(CLI::App& ca, Context& context) {
    CLI::App* command = ca.add_subcommand("activate", "Puts a generation of the CA in force");
    auto signer = std::make_shared<std::string>(kSignerSocket);
    auto directory = std::make_shared<std::string>("/var/lib/sluice/ca");
    auto generation = std::make_shared<std::string>();
    command->add_option("generation", *generation, "Its directory's name")->required();
    command->add_option("--dir", *directory, "Directory of the generations")->capture_default_str();
    add_signer_option(*command, *signer);
    command->callback([&context, signer, directory, generation] {
        const auto known = certs::load_certificates(*directory, *generation);
        const auto set = known ? certs::set_current(*directory, *generation)
                               : Result<Done, certs::CaError>(Err{known.error()});
        if (!set)
            return show(context, error_of(kNo, "no_such_generation", set.error().message, ""),
                        {status_table});
        show_status(context, *signer, ipc::SignerKind::reload);
    });
}

// ---- the ceremony ----

struct CeremonyOptions {
    certs::CeremonyPlan plan;
    std::string out, root_from, exclude_file, root_passphrase_file, passphrase_file;
};

// One suffix a line, '#' comments; the error says which line is none.
Result<std::vector<std::string>, std::string> read_suffixes(const std::string& file) {
    std::vector<std::string> suffixes;
    std::ifstream in(file);
    if (!in) return Err{file + ": cannot be read"};
    std::string line;
    for (int number = 1; std::getline(in, line); ++number) {
        line = line.substr(0, line.find('#'));
        line.erase(line.find_last_not_of(" \t\r") + 1);
        if (line.empty()) continue;
        std::string name;
        if (!load::host_name(line, name))
            return Err{file + ":" + std::to_string(number) + ": " + line + " is no name"};
        suffixes.push_back(std::move(name));
    }
    return suffixes;
}

Json record_json(const CeremonyOptions& o, const certs::CeremonyRecord& r) {
    return {{"directory", o.out},
            {"generation", o.plan.generation},
            {"root_fingerprint", certs::fingerprint_text(r.root)},
            {"root_until", control::rfc3339(r.root_validity.not_after)},
            {"issuing_fingerprint", certs::fingerprint_text(r.issuing)},
            {"issuing_until", control::rfc3339(r.issuing_validity.not_after)},
            {"issuing_bytes", r.issuing_bytes},
            {"excluded", o.plan.excluded},
            {"untrusted_fingerprint", certs::fingerprint_text(r.untrusted)},
            {"log_key", r.log_verifier.empty() ? Json() : Json(r.log_verifier)}};
}

std::string minutes(const Json& document) {
    const Json& r = document.at("items")[0];
    std::string out =
        "Read aloud, compare, and write into the minutes (SHA-256):\n\nroot       " +
        cell(r.at("root_fingerprint")) + "\n           until " + cell(r.at("root_until")) +
        "\nissuing    " + cell(r.at("issuing_fingerprint")) + "\n           until " +
        cell(r.at("issuing_until")) + ", " + cell(r.at("issuing_bytes")) + " bytes, excludes " +
        cell(r.at("excluded")) + "\nuntrusted  " + cell(r.at("untrusted_fingerprint")) +
        "\n           never installed anywhere\n";
    if (!r.at("log_key").is_null()) out += "log key    " + cell(r.at("log_key")) + "\n";
    return out + "\n" + cell(r.at("directory")) + "/offline goes into the safe (if it is there), " +
           cell(r.at("directory")) + "/gateway onto the gateway (ca_dir of signer.yaml).\n";
}

Response hold(CeremonyOptions& o) {
    const auto wrong = [](const std::string& message) {
        return error_of(kNo, "ceremony", message, "nothing was put in force");
    };
    o.plan.out = o.out;
    o.plan.now = utc_now();
    if (!o.root_from.empty()) o.plan.root_from = o.root_from;
    if (!o.exclude_file.empty()) {
        auto suffixes = read_suffixes(o.exclude_file);
        if (!suffixes) return wrong(suffixes.error());
        o.plan.excluded = std::move(suffixes).value();
    }
    const bool new_root = o.root_from.empty();
    const auto root =
        passphrase_from(o.root_passphrase_file, {"Passphrase of the root's key", new_root});
    if (!root) return wrong(root.error());
    const auto online =
        passphrase_from(o.passphrase_file, {"Passphrase of the gateway's keys", true});
    if (!online) return wrong(online.error());
    const auto record = certs::hold_ceremony(o.plan, *root, *online);
    if (!record) return wrong(record.error().message);
    return local_document("Ceremony", Json::array({record_json(o, *record)}));
}

void add_ceremony(CLI::App& ca, Context& context) {
    CLI::App* command = ca.add_subcommand(
        "ceremony", "Makes a root and the CAs under it; on a machine without a network");
    auto o = std::make_shared<CeremonyOptions>();
    command->add_option("--out", o->out, "A new directory")->required();
    command->add_option("--generation", o->plan.generation, "Such as 2026-1")->required();
    command->add_option("--organisation", o->plan.organisation, "O= of the certificates")
        ->required();
    command->add_option("--log-name", o->plan.log_name, "Such as gateway.example/issuance")
        ->required();
    command->add_option("--exclude", o->exclude_file,
                        "File of at most 20 suffixes never issued for");
    command->add_option("--root-from", o->root_from,
                        "offline/ of an earlier ceremony: a new generation under the same root");
    command->add_option("--root-days", o->plan.root_days, "Validity of a new root")
        ->capture_default_str();
    command->add_option("--issuing-days", o->plan.issuing_days, "Validity of the issuing CA")
        ->capture_default_str();
    command->add_option("--root-passphrase-file", o->root_passphrase_file, "Else it is asked for");
    command->add_option("--passphrase-file", o->passphrase_file, "Else it is asked for");
    command->callback([&context, o] { show(context, hold(*o), {minutes}); });
}

}  // namespace

void add_ca(CLI::App& app, Context& context) {
    CLI::App* ca = app.add_subcommand("ca", "The gateway's certificate authority");
    ca->require_subcommand(1);
    add_asking(*ca, context, ipc::SignerKind::status, "status", "Which CA signs, what was signed");
    add_asking(*ca, context, ipc::SignerKind::reload, "reload",
               "Makes the signer read CA, bundle and trust anchors again");
    add_activate(*ca, context);
    add_ceremony(*ca, context);
}

}  // namespace sluice::ctl
