// sluicectl person: who may speak to sluiced, and as what.
#include <fstream>
#include <iterator>
#include <memory>

#include "certs/x509/certificate.h"
#include "tools/sluicectl/commands.h"
#include "tools/sluicectl/items_table.h"

namespace sluice::ctl {
namespace {

struct Wanted {
    std::string id, name, operator_id, certificate, reason;
    std::vector<std::string> roles;
    std::string uid;
};

// "sha256:..." of the first certificate of a PEM file; empty when there is none.
std::string fingerprint_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    const std::string pem(std::istreambuf_iterator<char>(file), {});
    const auto certificate = certs::certificate_from_pem(pem);
    if (!certificate) return "";
    return "sha256:" + ipc::to_hex(certs::fingerprint(certs::der_of(certificate.get())));
}

std::string check_certificate(std::string& text) {
    if (text.starts_with("sha256:") || text.starts_with("serial:")) return "";
    const std::string fingerprint = fingerprint_of(text);
    if (fingerprint.empty())
        return text + " is no PEM file with a certificate, and not sha256:... or serial:...";
    text = fingerprint;
    return "";
}

Json body_of(const Wanted& w) {
    Json body = {{"name", w.name}, {"roles", w.roles}, {"reason", w.reason}};
    if (!w.operator_id.empty()) body["operator"] = w.operator_id;
    if (!w.uid.empty()) body["uid"] = std::stoul(w.uid);
    if (!w.certificate.empty()) body["certificate"] = w.certificate;
    return body;
}

std::string table(const Json& document) {
    return items_table(document.at("items"),
                       {"id", "name", "roles", "operator", "uid", "certificate", "enrolled"});
}

std::string done(const Json& document) {
    const Json& item = document.at("items")[0];
    return cell(item.at("id")) + ": done, audit " + cell(item.at("audit_seq")) + "\n";
}

std::shared_ptr<Wanted> add_options(CLI::App& command) {
    auto w = std::make_shared<Wanted>();
    command.add_option("id", w->id, "Short name: a-z, 0-9, - _ .")->required();
    command.add_option("--name", w->name, "The person's full name")->required();
    command
        .add_option("--role", w->roles,
                    "viewer, clerk, engineer, security_officer, operator or auditor (several "
                    "times: several roles)")
        ->required();
    command.add_option("--operator", w->operator_id, "Of the role operator: whose data");
    command.add_option("--uid", w->uid, "Number of the Unix user the person is")
        ->check(CLI::Range(1u, 4'294'967'294u));
    command
        .add_option("--certificate", w->certificate,
                    "PEM file, sha256:FINGERPRINT, or serial:TEXT (serialNumber of the subject)")
        ->transform(CLI::Validator(check_certificate, ""));
    command.add_option("--reason", w->reason, "Why: goes into the audit")->required();
    return w;
}

void add_list(CLI::App& noun, Context& context) {
    noun.add_subcommand("list", "Who is enrolled")->callback([&context] {
        show(context, get(context, "/v1/persons"), {table});
    });
    noun.add_subcommand("me", "Who sluiced takes you for, and what you may")->callback([&context] {
        show(context, get(context, "/v1/me"), {[](const Json& document) {
                 return items_table(document.at("items"), {"person", "uid", "enrolled",
                                                           "break_glass", "roles", "operator"});
             }});
    });
}

void add_changes(CLI::App& noun, Context& context) {
    CLI::App* add = noun.add_subcommand("add", "Enrols a person");
    add->callback([&context, w = add_options(*add)] {
        Json body = body_of(*w);
        body["id"] = w->id;
        show(context, post(context, "/v1/persons", body), {done});
    });
    CLI::App* change =
        noun.add_subcommand("change", "Gives a person other roles, another user or certificate");
    change->callback([&context, w = add_options(*change)] {
        show(context, post(context, "/v1/persons/" + w->id + "/change", body_of(*w)), {done});
    });
    CLI::App* remove = noun.add_subcommand("remove", "A person who may nothing any more");
    auto id = std::make_shared<std::string>();
    auto reason = std::make_shared<std::string>();
    remove->add_option("id", *id, "The person's short name")->required();
    remove->add_option("--reason", *reason, "Why: goes into the audit")->required();
    remove->callback([&context, id, reason] {
        show(context, post(context, "/v1/persons/" + *id + "/remove", {{"reason", *reason}}),
             {done});
    });
}

}  // namespace

void add_person(CLI::App& app, Context& context) {
    CLI::App* noun = app.add_subcommand("person", "Who may do what");
    noun->require_subcommand(1);
    add_list(*noun, context);
    add_changes(*noun, context);
}

}  // namespace sluice::ctl
