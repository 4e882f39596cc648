// services.yaml, mail.yaml and waf.yaml: what is reached through or protected by the gateway
// (P, H, W, K; M7; G17).
#include <algorithm>

#include "rules/load/building.h"

namespace sluice::load {
namespace {

using Admission = model::ProtectedService::Admission;

void read_admission(Building& b, Reader& reader, const YamlNode& node,
                    model::ProtectedService& service) {
    Fields fields(reader, node, "an admission", {"organisation", "contract", "from", "until"});
    Admission admission;
    admission.at = reader.at(node);
    const YamlNode* organisation = fields.need("organisation");
    if (b.organisation_ref(reader, organisation, admission.organisation_id)) {
        const auto same = std::find_if(
            service.admitted.begin(), service.admitted.end(),
            [&](const Admission& a) { return a.organisation_id == admission.organisation_id; });
        if (same != service.admitted.end())
            reader.error(
                *organisation, "admitted_twice",
                in_quotes(admission.organisation_id) + " is admitted to this service already",
                "the other is at " + b.report.place(same->at));
    }
    reader.text(fields.need("contract"), admission.contract);
    if (read_validity(reader, fields, admission.valid))
        b.check_not_expired(reader, fields.find("until"), admission.valid.until);
    service.admitted.push_back(std::move(admission));
}

void read_where(Reader& reader, Fields& fields, model::ProtectedService& service) {
    for (const YamlNode& item : reader.list(fields.find("prefixes"))) {
        Prefix prefix;
        if (!reader.prefix(&item, prefix)) continue;
        auto& all = service.prefixes;
        if (std::find(all.begin(), all.end(), prefix) != all.end())
            reader.error(item, "duplicate_entry", to_text(prefix) + " is listed twice");
        else
            all.push_back(prefix);
    }
    for (const YamlNode& item : reader.list(fields.find("names"))) {
        std::string name;
        if (!reader.name(&item, name)) continue;
        auto& all = service.names;
        if (std::find(all.begin(), all.end(), name) != all.end())
            reader.error(item, "duplicate_entry", in_quotes(name) + " is listed twice");
        else
            all.push_back(std::move(name));
    }
    reader.ports(fields.find("ports"), service.ports);
}

bool has_entries(const YamlNode* list) { return list != nullptr && !list->items.empty(); }

void read_service(Building& b, Reader& reader, const YamlNode& node, IdIndex& ids) {
    Fields fields(reader, node, "a service",
                  {"id", "title", "prefixes", "names", "ports", "tls_only", "segment", "admitted"});
    model::ProtectedService service;
    service.at = reader.at(node);
    const YamlNode* id = fields.need("id");
    if (reader.id(id, service.id)) b.add_id(ids, 0, reader, *id, service.id);
    reader.text(fields.need("title"), service.title);
    read_where(reader, fields, service);
    if (node.kind == YamlNode::Kind::map && !has_entries(fields.find("prefixes")) &&
        !has_entries(fields.find("names")))
        reader.error(node, "missing_key", "a service has addresses or names, and here are neither",
                     "add 'prefixes: [...]', 'names: [...]' or both");
    if (const YamlNode* tls_only = fields.find("tls_only"))
        reader.boolean(tls_only, service.tls_only);
    if (const YamlNode* segment = fields.find("segment"))
        b.segment_ref(reader, segment, service.segment);
    for (const YamlNode& item : reader.list(fields.find("admitted")))
        read_admission(b, reader, item, service);
    b.policy.services.push_back(std::move(service));
}

// The three things a mail system and a WAF site have in common.
struct Host {
    std::string domain, organisation_id;
    Prefix server;
};

bool read_host(Building& b, Reader& reader, Fields& fields, IdIndex& seen, Host& host) {
    const YamlNode* domain = fields.need("domain");
    const YamlNode* server = fields.need("server");
    const bool domain_ok = reader.name(domain, host.domain);
    const bool organisation_ok =
        b.organisation_ref(reader, fields.need("organisation"), host.organisation_id);
    if (!reader.prefix(server, host.server) || !domain_ok || !organisation_ok) return false;
    model::Position first;
    if (!seen.add(host.domain + " " + to_text(host.server), 0, reader.at(*domain), first)) {
        reader.error(
            *domain, "duplicate_entry",
            in_quotes(host.domain) + " on " + to_text(host.server) + " is enrolled already",
            "the other is at " + b.report.place(first));
        return false;
    }
    return true;
}

void read_mail_system(Building& b, Reader& reader, const YamlNode& node, IdIndex& seen) {
    Fields fields(reader, node, "a mail system", {"domain", "organisation", "server", "suspended"});
    Host host;
    bool suspended = false;
    const bool ok = read_host(b, reader, fields, seen, host);
    if (const YamlNode* value = fields.find("suspended")) reader.boolean(value, suspended);
    if (!ok) return;
    const model::Position at = reader.at(*fields.find("server"));
    b.policy.mail.push_back({host.domain, host.organisation_id, host.server, suspended, at});
}

void read_waf_site(Building& b, Reader& reader, const YamlNode& node, IdIndex& seen) {
    Fields fields(reader, node, "a WAF site", {"domain", "organisation", "server", "ports"});
    Host host;
    std::vector<std::uint16_t> ports;
    const bool ok = read_host(b, reader, fields, seen, host);
    const YamlNode* port_list = fields.need("ports");
    reader.ports(port_list, ports);
    if (port_list != nullptr && port_list->items.empty())
        reader.error(*port_list, "empty_list", "a WAF site listens on at least one port",
                     "write [443], or [80, 443]");
    if (!ok) return;
    const model::Position at = reader.at(*fields.find("server"));
    b.policy.waf.push_back({host.domain, host.organisation_id, host.server, ports, at});
}

}  // namespace

void read_services(Building& b) {
    IdIndex ids;
    read_list_file(b, "services.yaml", "services", [&](Reader& reader, const YamlNode& node) {
        read_service(b, reader, node, ids);
    });
}

void read_mail(Building& b) {
    IdIndex seen;
    read_list_file(b, "mail.yaml", "mail", [&](Reader& reader, const YamlNode& node) {
        read_mail_system(b, reader, node, seen);
    });
}

void read_waf(Building& b) {
    IdIndex seen;
    read_list_file(b, "waf.yaml", "waf", [&](Reader& reader, const YamlNode& node) {
        read_waf_site(b, reader, node, seen);
    });
}

}  // namespace sluice::load
