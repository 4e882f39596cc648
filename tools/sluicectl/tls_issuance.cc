// sluicectl tls issuance: every leaf certificate that was ever made, and whether the log of them is
// what it was. Reads the log's files; needs neither daemon nor signer.
#include <deque>

#include "certs/log/audit.h"
#include "certs/log/log_files.h"
#include "tools/render/table.h"
#include "tools/sluicectl/commands.h"
#include "tools/sluicectl/issuance.h"

namespace sluice::ctl {
namespace {

std::string hex_or_none(const ipc::Sha256& hash) {
    return hash == ipc::Sha256{} ? std::string() : ipc::to_hex(hash);
}

Json entry_json(std::uint64_t index, const certs::LogEntry& entry) {
    const certs::X509Ptr leaf = certs::parse_certificate(entry.leaf);
    const auto subject = leaf ? certs::only_subject(leaf.get()) : std::nullopt;
    const auto validity = leaf ? certs::validity_of(leaf.get()) : std::nullopt;
    return {{"index", index},
            {"issued", control::rfc3339(entry.issued)},
            {"name", subject ? Json(certs::to_text(*subject)) : Json()},
            {"issuer", entry.issuer == ipc::SignerIssuer::trusted ? "trusted" : "untrusted"},
            {"operator", entry.operator_id},
            {"organisation", entry.organisation},
            {"generation", entry.generation},
            {"not_before", validity ? Json(control::rfc3339(validity->not_before)) : Json()},
            {"not_after", validity ? Json(control::rfc3339(validity->not_after)) : Json()},
            {"bundle", ipc::to_hex(entry.bundle)},
            {"origin", hex_or_none(entry.origin)},
            {"anchor", hex_or_none(entry.anchor)},
            {"certificate", ipc::to_hex(certs::fingerprint(entry.leaf))}};
}

// ---- list ----

struct ListOptions {
    std::size_t last = 50;
    std::string name, organisation;
};

bool wanted(const Json& entry, const ListOptions& o) {
    return (o.name.empty() || cell(entry.at("name")) == o.name) &&
           (o.organisation.empty() || entry.at("organisation") == o.organisation);
}

Response list(const IssuanceOptions& where, const ListOptions& o) {
    std::deque<Json> found;
    const auto walked =
        certs::walk_log(where.log, [&](std::uint64_t index, Bytes bytes, const certs::Hash&) {
            const auto entry = certs::parse_entry(bytes);
            if (!entry) return true;  // `verify` tells of it
            Json json = entry_json(index, *entry);
            if (wanted(json, o)) found.push_back(std::move(json));
            if (o.last != 0 && found.size() > o.last) found.pop_front();
            return true;
        });
    if (!walked)
        return issuance_error(walked.error().message, "see `sluicectl tls issuance verify`");
    Json items = Json::array();
    for (Json& entry : found)
        items.push_back(std::move(entry));
    return local_document("Issuance", std::move(items));
}

std::string list_table(const Json& document) {
    render::Table t({{"INDEX", render::Align::right},
                     {"ISSUED"},
                     {"NAME"},
                     {"ORGANISATION"},
                     {"CA"},
                     {"UNTIL"}});
    for (const Json& e : document.at("items"))
        t.add({cell(e.at("index")), cell(e.at("issued")), cell(e.at("name")),
               cell(e.at("organisation")),
               cell(e.at("generation")) + (e.at("issuer") == "trusted" ? "" : " untrusted"),
               cell(e.at("not_after"))});
    return t.empty() ? "no leaf was issued\n" : t.text();
}

void add_list(CLI::App& issuance, Context& context) {
    CLI::App* command = issuance.add_subcommand("list", "Leaves that were issued, the newest last");
    auto where = issuance_options(*command, false);
    auto o = std::make_shared<ListOptions>();
    command->add_option("--last", o->last, "How many; 0 = all")->capture_default_str();
    command->add_option("--name", o->name, "Only leaves for this name or address");
    command->add_option("--organisation", o->organisation, "Only this organisation's");
    command->callback([&context, where, o] { show(context, list(*where, *o), {list_table}); });
}

// ---- show ----

Response show_one(const IssuanceOptions& where, std::uint64_t wanted_index) {
    Json item;
    const auto walked =
        certs::walk_log(where.log, [&](std::uint64_t index, Bytes bytes, const certs::Hash&) {
            if (index != wanted_index) return true;
            if (const auto entry = certs::parse_entry(bytes)) {
                item = entry_json(index, *entry);
                const certs::X509Ptr leaf = certs::parse_certificate(entry->leaf);
                item["pem"] = leaf ? certs::pem_of(leaf.get()) : "";
            }
            return false;
        });
    if (!item.is_null()) return local_document("IssuedLeaf", Json::array({item}));
    return issuance_error(walked ? "there is no entry " + std::to_string(wanted_index)
                                 : walked.error().message);
}

void add_show(CLI::App& issuance, Context& context) {
    CLI::App* command = issuance.add_subcommand("show", "One leaf, as PEM");
    auto where = issuance_options(*command, false);
    auto index = std::make_shared<std::uint64_t>(0);
    command->add_option("index", *index, "Its index in the log")->required();
    command->callback([&context, where, index] {
        show(context, show_one(*where, *index),
             {[](const Json& d) { return cell(d.at("items")[0].at("pem")); }});
    });
}

// ---- verify ----

Response verify(const IssuanceOptions& where, const std::vector<std::string>& against) {
    const auto verifier = verifier_named(where.key);
    if (!verifier) return issuance_error(verifier.error());
    std::vector<std::string> earlier;
    for (const std::string& file : against) {
        const auto note = certs::read_file(file, certs::kCheckpointBytesMax);
        if (!note) return issuance_error(file + ": cannot be read, or is no checkpoint");
        earlier.emplace_back(as_text(*note));
    }
    const certs::LogAudit audit = certs::audit_log(where.log, *verifier, earlier);
    Json item = {{"ok", audit.problems.empty()},
                 {"log", verifier->name},
                 {"entries", audit.log.size},
                 {"root", ipc::to_hex(audit.log.root)},
                 {"signed_entries", audit.checkpoint ? Json(audit.checkpoint->size) : Json()},
                 {"earlier_checkpoints", earlier.size()},
                 {"problems", audit.problems}};
    return local_document("IssuanceAudit", Json::array({item}));
}

std::string audit_table(const Json& document) {
    const Json& a = document.at("items")[0];
    std::string out = cell(a.at("log")) + ": " + cell(a.at("entries")) + " entries, " +
                      cell(a.at("signed_entries")) + " of them under its checkpoint\nroot " +
                      cell(a.at("root")) + "\n";
    for (const Json& problem : a.at("problems"))
        out += "NOT OK  " + cell(problem) + "\n";
    if (a.at("ok").get<bool>())
        out += "the log is what its checkpoint" +
               std::string(a.at("earlier_checkpoints") == 0 ? "" : "s") + " says\n";
    return out;
}

void add_verify(CLI::App& issuance, Context& context) {
    CLI::App* command = issuance.add_subcommand(
        "verify", "Whether any entry was changed, removed or reordered; exit 1 when one was");
    auto where = issuance_options(*command, true);
    auto against = std::make_shared<std::vector<std::string>>();
    command->add_option("--against", *against, "Checkpoints that were kept elsewhere (files)");
    command->callback([&context, where, against] {
        show(context, verify(*where, *against),
             {audit_table, [](const Json& d) {
                  return d.at("items")[0].at("ok").get<bool>() ? int{kYes} : int{kNo};
              }});
    });
}

}  // namespace

std::shared_ptr<IssuanceOptions> issuance_options(CLI::App& command, bool with_key) {
    auto options = std::make_shared<IssuanceOptions>();
    command.add_option("--log", options->log, "Directory of the log")->capture_default_str();
    if (with_key)
        command.add_option("--key", options->key, "The log's public key, or a file that holds it")
            ->capture_default_str();
    return options;
}

Result<certs::LogVerifier, std::string> verifier_named(const std::string& key) {
    if (const auto verifier = certs::parse_verifier(key)) return *verifier;
    const auto file = certs::read_file(key, 1'024);
    if (!file) return Err{key + ": is neither a log's key nor a file that can be read"};
    std::string_view text = as_text(*file);
    if (text.ends_with('\n')) text.remove_suffix(1);
    if (const auto verifier = certs::parse_verifier(text)) return *verifier;
    return Err{key + ": holds no log's key (name+id+base64)"};
}

Response issuance_error(const std::string& message, const std::string& hint) {
    return error_of(kNo, "issuance", message, hint);
}

void add_tls_issuance(CLI::App& tls, Context& context) {
    CLI::App* issuance = tls.add_subcommand("issuance", "Every leaf certificate ever made");
    issuance->require_subcommand(1);
    add_list(*issuance, context);
    add_show(*issuance, context);
    add_verify(*issuance, context);
    add_issuance_proof(*issuance, context);
}

}  // namespace sluice::ctl
