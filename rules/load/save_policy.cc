#include "rules/load/save_policy.h"

#include "rules/load/day_text.h"
#include "rules/load/save_feeds.h"
#include "rules/load/yaml_writer.h"

namespace sluice::load {
namespace {

constexpr std::size_t kInlineNamesMax = 50;  // a category of more names gets a list of its own

std::vector<std::string> texts(const std::vector<Prefix>& prefixes) {
    std::vector<std::string> out;
    for (const Prefix& prefix : prefixes)
        out.push_back(to_text(prefix));
    return out;
}

std::vector<std::string> texts(const std::vector<std::uint16_t>& ports) {
    std::vector<std::string> out;
    for (std::uint16_t port : ports)
        out.push_back(std::to_string(port));
    return out;
}

std::string offset_text(std::int32_t minutes) {
    const std::int32_t whole = minutes < 0 ? -minutes : minutes;
    const std::string h = std::to_string(whole / 60), m = std::to_string(whole % 60);
    return std::string(minutes < 0 ? "-" : "+") + (h.size() < 2 ? "0" : "") + h + ":" +
           (m.size() < 2 ? "0" : "") + m;
}

void write_validity(YamlWriter& w, const model::Validity& valid) {
    w.value("from", to_text(valid.from));
    w.value("until", to_text(valid.until));
}

// `write_one` writes the lines of one element. Nothing is written for an empty list.
template <class Element, class WriteOne>
void write_list(FileSet& files, const std::string& key, const std::vector<Element>& elements,
                WriteOne write_one) {
    if (elements.empty()) return;
    YamlWriter w;
    w.open(key);
    for (const Element& element : elements) {
        w.entry();
        write_one(w, element);
        w.end_entry();
    }
    files[key + ".yaml"] = w.take();
}

void write_policy_file(FileSet& files, const model::Policy& p) {
    YamlWriter w;
    w.value("title", p.title);
    w.value("time_zone", offset_text(p.utc_offset_minutes));
    w.value("inbound_default",
            p.inbound_default == model::InboundDefault::forward ? "forward" : "block");
    w.value("blocked_udp", p.blocked_udp == model::BlockedUdp::drop ? "drop" : "icmp");
    w.open("when_we_cannot_know");
    for (std::size_t i = 0; i < model::kFailCaseCount; ++i) {
        const auto fail_case = static_cast<model::FailCase>(i);
        w.value(model::name_of(fail_case), model::name_of(p.fail[fail_case]));
    }
    w.close();
    w.open("unknown_source");
    w.raw("deadline_working_days", std::to_string(p.unknown_source.deadline_working_days));
    if (!p.unknown_source.overdue.empty()) {
        w.open("overdue");
        for (const auto& overdue : p.unknown_source.overdue) {
            w.entry();
            w.value("operator", overdue.operator_id);
            w.value("prefix", to_text(overdue.prefix));
            w.end_entry();
        }
        w.close();
    }
    w.close();
    std::vector<std::string> resolvers;
    for (const IpAddress& address : p.resolvers)
        resolvers.push_back(to_text(address));
    w.list("resolvers", resolvers);
    w.list("hairpin", texts(p.hairpin));
    files["policy.yaml"] = w.take();
}

void write_operators(FileSet& files, const model::Policy& p) {
    write_list(files, "operators", p.operators, [](YamlWriter& w, const model::Operator& op) {
        w.value("id", op.id);
        w.value("name", op.name);
        w.open("wires");
        for (const model::Wire& wire : op.wires) {
            w.entry();
            w.value("id", wire.id);
            w.value("role", wire.role == model::ChannelRole::main ? "main" : "reserve");
            w.raw("committed_gbit", std::to_string(wire.committed_gbit));
            w.end_entry();
        }
        w.close();
    });
}

void write_organisation(YamlWriter& w, const model::Organisation& organisation) {
    w.value("id", organisation.id);
    w.value("name", organisation.name);
    w.value("operator", organisation.operator_id);
    w.value("contract", organisation.contract);
    if (!organisation.identifier.empty()) w.value("identifier", organisation.identifier);
    if (const auto& access = organisation.access) {
        w.open("access");
        w.value("request", access->request);
        w.list("categories", access->categories);
        write_validity(w, access->valid);
        w.close();
    }
    if (const auto& pilot = organisation.pilot) {
        w.open("pilot");
        w.value("until", to_text(pilot->until));
        w.value("ground", pilot->ground);
        w.close();
    }
}

void write_catalog(FileSet& files, const model::Policy& p) {
    if (p.catalog.empty()) return;
    std::string csv = "operator,prefix,organisation\n";
    for (const model::CatalogEntry& row : p.catalog)
        csv.append(p.operators[row.operator_index].id)
            .append(",")
            .append(to_text(row.prefix))
            .append(",")
            .append(p.organisations[row.organisation_index].id)
            .append("\n");
    files["catalog.csv"] = std::move(csv);
}

void write_categories(FileSet& files, const model::Policy& p) {
    std::vector<std::vector<std::string>> names(p.categories.size());
    for (const model::NameEntry& entry : p.names)
        names[entry.category_index].push_back(entry.name);
    std::size_t index = 0;
    const auto write_one = [&](YamlWriter& w, const model::Category& category) {
        w.value("id", category.id);
        w.value("title", category.title);
        if (category.exempt) w.value("exempt", model::name_of(*category.exempt));
        w.value("source", category.source);
        w.list("addresses", texts(category.addresses));
        if (!category.segment.empty()) w.value("segment", category.segment);
        std::vector<std::string> protocols;
        for (const model::Protocol protocol : category.protocols)
            protocols.emplace_back(model::name_of(protocol));
        w.list("protocols", protocols);
        const std::vector<std::string>& own = names[index++];
        if (own.size() <= kInlineNamesMax) {
            w.list("names", own);
            return;
        }
        const std::string path = "lists/" + category.id + ".txt";
        w.list("lists", {path});
        std::string& content = files[path];
        for (const std::string& name : own)
            content.append(name).append("\n");
    };
    write_list(files, "categories", p.categories, write_one);
}

void write_subject(YamlWriter& w, model::Protocol protocol, model::ProtocolClass klass) {
    if (klass == model::ProtocolClass::unknown)
        w.value("protocol", model::name_of(protocol));
    else
        w.value("class", model::name_of(klass));
}

void write_decisions(FileSet& files, const model::Policy& p) {
    write_list(files, "overrides", p.overrides, [](YamlWriter& w, const model::NameOverride& o) {
        w.value("name", o.name);
        w.list("categories", o.categories);
        w.value("author", o.author);
        w.value("ground", o.ground);
    });
    write_list(files, "bypass", p.bypass, [](YamlWriter& w, const model::Bypass& bypass) {
        w.value("operator", bypass.operator_id);
        w.value("prefix", to_text(bypass.prefix));
        w.value("ground", bypass.ground);
        w.value("author", bypass.author);
    });
    write_list(files, "grants", p.grants, [](YamlWriter& w, const model::Grant& grant) {
        w.value("organisation", grant.organisation_id);
        write_subject(w, grant.protocol, grant.klass);
        w.value("request", grant.request);
        write_validity(w, grant.valid);
    });
    write_list(files, "closures", p.closures, [](YamlWriter& w, const model::Closure& closure) {
        if (!closure.organisation_id.empty()) w.value("organisation", closure.organisation_id);
        write_subject(w, closure.protocol, closure.klass);
        w.value("request", closure.request);
        write_validity(w, closure.valid);
    });
    constexpr model::ClassRules kShipped = model::default_class_rules();
    std::vector<std::size_t> changed;
    for (std::size_t i = 0; i < kShipped.size(); ++i)
        if (p.class_rules[i] != kShipped[i]) changed.push_back(i);
    write_list(files, "protocol_classes", changed, [&](YamlWriter& w, std::size_t klass) {
        w.value("class", model::kProtocolClasses[klass].word);
        w.raw("needs_grant", p.class_rules[klass].needs_grant ? "true" : "false");
        w.value("blocks_from", model::name_of(p.class_rules[klass].blocks_from));
    });
}

void write_service(YamlWriter& w, const model::ProtectedService& service) {
    w.value("id", service.id);
    w.value("title", service.title);
    w.list("prefixes", texts(service.prefixes));
    w.list("names", service.names);
    w.list("ports", texts(service.ports));
    w.raw("tls_only", service.tls_only ? "true" : "false");
    if (!service.segment.empty()) w.value("segment", service.segment);
    if (service.admitted.empty()) return;
    w.open("admitted");
    for (const auto& admission : service.admitted) {
        w.entry();
        w.value("organisation", admission.organisation_id);
        w.value("contract", admission.contract);
        write_validity(w, admission.valid);
        w.end_entry();
    }
    w.close();
}

void write_hosts(FileSet& files, const model::Policy& p) {
    write_list(files, "mail", p.mail, [](YamlWriter& w, const model::MailSystem& mail) {
        w.value("domain", mail.domain);
        w.value("organisation", mail.organisation_id);
        w.value("server", to_text(mail.server));
        w.raw("suspended", mail.suspended ? "true" : "false");
    });
    write_list(files, "waf", p.waf, [](YamlWriter& w, const model::WafSite& site) {
        w.value("domain", site.domain);
        w.value("organisation", site.organisation_id);
        w.value("server", to_text(site.server));
        w.list("ports", texts(site.ports));
    });
}

}  // namespace

FileSet save_policy(const model::Policy& policy) {
    FileSet files;
    write_policy_file(files, policy);
    write_operators(files, policy);
    write_list(files, "organisations", policy.organisations, write_organisation);
    write_catalog(files, policy);
    write_categories(files, policy);
    write_decisions(files, policy);
    write_list(files, "services", policy.services, write_service);
    write_hosts(files, policy);
    save_feeds(policy, files);
    save_geo(policy, files);
    return files;
}

}  // namespace sluice::load
