// sluicectl tls evidence status|list|export|verify: the log of what was exempt. All but `status`
// read it by themselves, as an auditor does.
#include <deque>
#include <fstream>
#include <iterator>
#include <memory>

#include "certs/log/audit.h"
#include "certs/log/log_files.h"
#include "control/evidence/line.h"
#include "control/evidence/verify.h"
#include "tools/render/table.h"
#include "tools/sluicectl/commands.h"
#include "tools/sluicectl/issuance.h"

namespace sluice::ctl {
namespace {

struct EvidenceOptions {
    std::string log = "/var/lib/sluice/evidence";
    std::string key = "/var/lib/sluice/ca/log.vkey";
    std::string issuance = "/var/lib/sluice/issuance";
    std::string since, name, file;
    std::size_t last = 50;
    bool no_issuance = false;
};
using Options = std::shared_ptr<EvidenceOptions>;

Response evidence_error(const std::string& message, const std::string& hint = {}) {
    return error_of(kNo, "evidence", message, hint);
}

// The issuance log's key, under the evidence log's name.
Result<certs::LogVerifier, std::string> verifier_of(const EvidenceOptions& o) {
    SLUICE_TRY(verifier, verifier_named(o.key));
    if (!verifier.name.ends_with(certs::kEvidenceLogSuffix))
        verifier.name += certs::kEvidenceLogSuffix;
    return verifier;
}

Options log_option(CLI::App& command) {
    auto o = std::make_shared<EvidenceOptions>();
    command.add_option("--log", o->log, "Directory of the evidence log")->capture_default_str();
    return o;
}
void key_option(CLI::App& command, const Options& o) {
    command.add_option("--key", o->key, "The issuance log's public key, or a file that holds it")
        ->capture_default_str();
}

// ---- list ----

Response list(const EvidenceOptions& o) {
    std::deque<Json> found;
    const auto walked =
        certs::walk_log(o.log, [&](std::uint64_t index, Bytes bytes, const certs::Hash&) {
            Json json = Json::parse(as_text(bytes), nullptr, false);
            if (!control::parse_line(as_text(bytes))) return true;  // `verify` tells of it
            json["index"] = index;
            const auto name = json.find("name");
            if (o.name.empty() || (name != json.end() && *name == o.name))
                found.push_back(std::move(json));
            if (o.last != 0 && found.size() > o.last) found.pop_front();
            return true;
        });
    if (!walked)
        return evidence_error(walked.error().message, "see `sluicectl tls evidence verify`");
    Json items = Json::array();
    for (Json& line : found)
        items.push_back(std::move(line));
    return local_document("Evidence", std::move(items));
}

std::string what_of(const Json& line) {
    const auto text = [&](const char* key) {
        const auto at = line.find(key);
        return at == line.end() ? std::string("-") : cell(*at);
    };
    const std::string event = text("event");
    if (event == "begun") return text("name") + " " + text("reason");
    if (event == "ended")
        return text("packets") + " packets, " + text("bytes") + " bytes forwarded, " + text("why");
    return text("records") + " records: " + text("why");
}

std::string list_table(const Json& document) {
    render::Table t(
        {{"INDEX", render::Align::right}, {"AT"}, {"EVENT"}, {"USER"}, {"REMOTE"}, {"WHAT"}});
    const auto text = [](const Json& line, const char* key) {
        const auto at = line.find(key);
        return at == line.end() ? std::string("-") : cell(*at);
    };
    for (const Json& line : document.at("items"))
        t.add({text(line, "index"), text(line, "at"), text(line, "event"), text(line, "user"),
               text(line, "remote"), what_of(line)});
    return t.empty() ? "there is no evidence\n" : t.text();
}

void add_list(CLI::App& evidence, Context& context) {
    CLI::App* command = evidence.add_subcommand("list", "Records of exempt flows, the newest last");
    const Options o = log_option(*command);
    command->add_option("--last", o->last, "How many; 0 = all")->capture_default_str();
    command->add_option("--name", o->name, "Only beginnings of flows to this name");
    command->callback([&context, o] { show(context, list(*o), {list_table}); });
}

// ---- export ----

Response export_to(const EvidenceOptions& o) {
    const auto verifier = verifier_of(o);
    if (!verifier) return evidence_error(verifier.error());
    std::int64_t since = 0;
    if (!o.since.empty()) {
        const auto at = control::parse_rfc3339(o.since);
        if (!at) return error_of(kUsage, "usage", o.since + " is no time", "2026-11-21T00:00:00Z");
        since = at->raw();
    }
    const auto sealed = control::read_sealed(o.log, *verifier, since);
    if (!sealed) return evidence_error(sealed.error(), "a seal is signed every few seconds");
    std::ofstream out(o.file, std::ios::binary | std::ios::trunc);
    out << control::export_text(*sealed);
    out.flush();
    if (!out) return evidence_error(o.file + ": cannot be written");
    return local_document(
        "EvidenceExported",
        Json::array(
            {{{"file", o.file}, {"first", sealed->first}, {"lines", sealed->lines.size()}}}));
}

void add_export(CLI::App& evidence, Context& context) {
    CLI::App* command = evidence.add_subcommand(
        "export", "All records under the newest seal, into a file that `verify` reads anywhere");
    const Options o = log_option(*command);
    key_option(*command, o);
    command->add_option("--since", o->since, "From this time on (2026-11-21T00:00:00Z)");
    command->add_option("file", o->file, "The file to write")->required();
    command->callback([&context, o] {
        show(context, export_to(*o), {[](const Json& d) {
                 const Json& item = d.at("items")[0];
                 return cell(item.at("file")) + ": " + cell(item.at("lines")) + " lines\n";
             }});
    });
}

// ---- verify ----

Result<control::SealedLines, std::string> read_what(const EvidenceOptions& o,
                                                    const certs::LogVerifier& verifier) {
    if (o.file.empty()) return control::read_sealed(o.log, verifier, 0);
    std::ifstream in(o.file, std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    if (!in) return Err{o.file + ": cannot be read"};
    auto sealed = control::parse_export(text);
    if (!sealed) return Err{o.file + ": " + sealed.error()};
    return sealed;
}

Response verify(const EvidenceOptions& o) {
    const auto verifier = verifier_of(o);
    if (!verifier) return evidence_error(verifier.error());
    const auto sealed = read_what(o, *verifier);
    if (!sealed) return evidence_error(sealed.error());
    const control::EvidenceAudit audit =
        control::audit_evidence(*sealed, *verifier, o.no_issuance ? "" : o.issuance);
    Json item = {{"ok", audit.problems.empty()},
                 {"log", verifier->name},
                 {"first", sealed->first},
                 {"lines", audit.lines},
                 {"flows", audit.flows},
                 {"ended", audit.ended},
                 {"forwarded_packets", audit.forwarded_packets},
                 {"forwarded_bytes", audit.forwarded_bytes},
                 {"not_kept", audit.not_kept},
                 {"leaves_compared", o.no_issuance ? Json(nullptr) : Json(audit.leaves)},
                 {"leaves_of_other_policies", audit.leaves_of_other_policies},
                 {"problems", audit.problems}};
    return local_document("EvidenceAudit", Json::array({item}));
}

std::string audit_table(const Json& document) {
    const Json& a = document.at("items")[0];
    std::string out = cell(a.at("log")) + ": " + cell(a.at("lines")) + " records of " +
                      cell(a.at("flows")) + " exempt flows, " + cell(a.at("ended")) +
                      " ended with " + cell(a.at("forwarded_packets")) + " packets forwarded; " +
                      cell(a.at("not_kept")) + " records were not kept\n";
    if (!a.at("leaves_compared").is_null())
        out += "compared with " + cell(a.at("leaves_compared")) + " leaves ever issued (" +
               cell(a.at("leaves_of_other_policies")) + " for such names, under other policies)\n";
    for (const Json& problem : a.at("problems"))
        out += "NOT OK  " + cell(problem) + "\n";
    if (a.at("ok").get<bool>())
        out += a.at("leaves_compared").is_null()
                   ? "the records are what was sealed\n"
                   : "the records are what was sealed, and no leaf was issued for any of them\n";
    return out;
}

void add_verify(CLI::App& evidence, Context& context) {
    CLI::App* command = evidence.add_subcommand(
        "verify",
        "Whether any record was changed, removed or reordered, or a leaf was issued for "
        "what was exempt; exit 1 when so");
    const Options o = log_option(*command);
    key_option(*command, o);
    command->add_option("--file", o->file, "An export, instead of the log");
    command->add_option("--issuance", o->issuance, "Directory of the issuance log to compare with")
        ->capture_default_str();
    command->add_flag("--no-issuance", o->no_issuance, "Do not compare with the issuance log");
    command->callback([&context, o] {
        show(context, verify(*o), {audit_table, [](const Json& d) {
                                       return d.at("items")[0].at("ok").get<bool>() ? int{kYes}
                                                                                    : int{kNo};
                                   }});
    });
}

// ---- status ----

std::string status_table(const Json& document) {
    const Json& s = document.at("items")[0];
    return cell(s.at("kept")) + " records kept, " + cell(s.at("waiting")) + " waiting, " +
           cell(s.at("not_kept")) + " not kept; " + cell(s.at("open")) + " exempt flows open\n" +
           (s.at("configured").get<bool>() ? "" : "no signer keeps them (sluiced --signer)\n") +
           (s.at("trouble").is_null() ? "" : "NOT OK  " + cell(s.at("trouble")) + "\n");
}

}  // namespace

void add_tls_evidence(CLI::App& tls, Context& context) {
    CLI::App* evidence =
        tls.add_subcommand("evidence", "Proof that exempt flows were forwarded unopened");
    evidence->require_subcommand(1);
    CLI::App* status =
        evidence->add_subcommand("status", "Whether records of exempt flows are kept");
    status->callback([&context] {
        show(context, get(context, "/v1/tls/evidence"),
             {status_table, [](const Json& d) {
                  return d.at("items")[0].at("trouble").is_null() ? int{kYes} : int{kNo};
              }});
    });
    add_list(*evidence, context);
    add_export(*evidence, context);
    add_verify(*evidence, context);
}

}  // namespace sluice::ctl
