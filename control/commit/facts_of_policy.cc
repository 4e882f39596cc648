#include "control/commit/facts_of_policy.h"

#include <algorithm>

#include "control/commit/facts_of_feeds.h"
#include "rules/load/day_text.h"

namespace sluice::control {
namespace {

using model::Policy;
using Rows = std::vector<PolicyRow>;

std::string text_of(const model::Validity& v) {
    return load::to_text(v.from) + ".." + load::to_text(v.until);
}

template <class List, class Text>
std::string joined(const List& list, Text text) {
    std::vector<std::string> parts;
    for (const auto& item : list)
        parts.push_back(text(item));
    std::sort(parts.begin(), parts.end());
    std::string out;
    for (const std::string& p : parts) {
        if (!out.empty()) out += ",";
        out += p;
    }
    return out;
}

std::string same(const std::string& s) { return s; }
std::string prefix_text(const Prefix& p) { return to_text(p); }

Rows settings(const Policy& p) {
    Rows rows = {{"title", p.title},
                 {"utc_offset_minutes", std::to_string(p.utc_offset_minutes)},
                 {"inbound_default",
                  p.inbound_default == model::InboundDefault::forward ? "forward" : "block"},
                 {"blocked_udp", p.blocked_udp == model::BlockedUdp::drop ? "drop" : "icmp"},
                 {"unknown_source.deadline_working_days",
                  std::to_string(p.unknown_source.deadline_working_days)},
                 {"resolvers", joined(p.resolvers, [](const IpAddress& a) { return to_text(a); })},
                 {"hairpin", joined(p.hairpin, prefix_text)}};
    for (std::size_t i = 0; i < model::kFailCaseCount; ++i) {
        const auto c = static_cast<model::FailCase>(i);
        rows.push_back({"fail." + std::string(name_of(c)), std::string(name_of(p.fail[c]))});
    }
    return rows;
}

std::string wire_text(const model::Wire& w) {
    return w.id + ":" + (w.role == model::ChannelRole::main ? "main" : "reserve") + ":" +
           std::to_string(w.committed_gbit) + "G";
}

Rows operators(const Policy& p) {
    Rows rows;
    for (const auto& o : p.operators)
        rows.push_back({o.id, "name=" + o.name + " wires=" + joined(o.wires, wire_text)});
    return rows;
}

Rows organisations(const Policy& p) {
    Rows rows;
    for (const auto& o : p.organisations) {
        std::string value =
            "name=" + o.name + " operator=" + o.operator_id + " contract=" + o.contract;
        if (o.access)
            value += " access=" + joined(o.access->categories, same) +
                     " valid=" + text_of(o.access->valid) + " request=" + o.access->request;
        if (o.pilot)
            value += " pilot_until=" + load::to_text(o.pilot->until) + " ground=" + o.pilot->ground;
        rows.push_back({o.id, std::move(value)});
    }
    return rows;
}

Rows categories(const Policy& p) {
    Rows rows;
    for (const auto& c : p.categories)
        rows.push_back({c.id, "title=" + c.title +
                                  " exempt=" + (c.exempt ? std::string(name_of(*c.exempt)) : "no") +
                                  " source=" + c.source + unnamed_text(c)});
    return rows;
}

Rows prefixes(const Policy& p) {
    Rows rows;
    rows.reserve(p.catalog.size());
    for (const auto& e : p.catalog)
        rows.push_back({p.operators[e.operator_index].id + " " + to_text(e.prefix),
                        p.organisations[e.organisation_index].id});
    return rows;
}

Rows names(const Policy& p) {
    Rows rows;
    rows.reserve(p.names.size());
    for (const auto& e : p.names)
        rows.push_back({e.name, p.categories[e.category_index].id});
    return rows;
}

Rows overrides(const Policy& p) {
    Rows rows;
    for (const auto& o : p.overrides)
        rows.push_back(
            {o.name, joined(o.categories, same) + " author=" + o.author + " ground=" + o.ground});
    return rows;
}

Rows bypasses(const Policy& p) {
    Rows rows;
    for (const auto& b : p.bypass)
        rows.push_back({b.operator_id + " " + to_text(b.prefix),
                        "author=" + b.author + " ground=" + b.ground});
    return rows;
}

Rows overdue(const Policy& p) {
    Rows rows;
    for (const auto& o : p.unknown_source.overdue)
        rows.push_back({o.operator_id + " " + to_text(o.prefix), "blocked"});
    return rows;
}

Rows services(const Policy& p) {
    Rows rows;
    for (const auto& s : p.services) {
        std::string value = "title=" + s.title + " prefixes=" + joined(s.prefixes, prefix_text) +
                            " names=" + joined(s.names, same) + " ports=" +
                            joined(s.ports, [](auto port) { return std::to_string(port); }) +
                            " tls_only=" + (s.tls_only ? "yes" : "no") +
                            (s.segment.empty() ? "" : " segment=" + s.segment);
        rows.push_back({s.id, std::move(value)});
        for (const auto& a : s.admitted)
            rows.push_back({s.id + " admits " + a.organisation_id,
                            "contract=" + a.contract + " valid=" + text_of(a.valid)});
    }
    return rows;
}

Rows mail(const Policy& p) {
    Rows rows;
    for (const auto& m : p.mail)
        rows.push_back(
            {m.domain + " " + to_text(m.server),
             "organisation=" + m.organisation_id + " suspended=" + (m.suspended ? "yes" : "no")});
    return rows;
}

Rows waf(const Policy& p) {
    Rows rows;
    for (const auto& w : p.waf)
        rows.push_back({w.domain + " " + to_text(w.server),
                        "organisation=" + w.organisation_id + " ports=" +
                            joined(w.ports, [](auto port) { return std::to_string(port); })});
    return rows;
}

std::string word_of(model::Protocol protocol, model::ProtocolClass klass) {
    return std::string(klass == model::ProtocolClass::unknown ? name_of(protocol) : name_of(klass));
}

Rows grants(const Policy& p) {
    Rows rows;
    for (const auto& g : p.grants)
        rows.push_back({g.organisation_id + " " + word_of(g.protocol, g.klass),
                        "request=" + g.request + " valid=" + text_of(g.valid)});
    return rows;
}

Rows closures(const Policy& p) {
    Rows rows;
    for (const auto& c : p.closures)
        rows.push_back({(c.organisation_id.empty() ? "every" : c.organisation_id) + " " +
                            word_of(c.protocol, c.klass),
                        "request=" + c.request + " valid=" + text_of(c.valid)});
    return rows;
}

Rows class_rules(const Policy& p) {
    Rows rows;
    constexpr model::ClassRules kShipped = model::default_class_rules();
    for (std::size_t i = 1; i < p.class_rules.size(); ++i)
        if (p.class_rules[i] != kShipped[i])
            rows.push_back(
                {std::string(model::kProtocolClasses[i].word),
                 std::string(p.class_rules[i].needs_grant ? "needs a grant" : "open") +
                     " blocks_from=" + std::string(name_of(p.class_rules[i].blocks_from))});
    return rows;
}

}  // namespace

std::vector<PolicyPart> parts_of(const Policy& p, bool with_bulk) {
    std::vector<PolicyPart> parts;
    parts.push_back({"setting", settings(p)});
    parts.push_back({"operator", operators(p)});
    parts.push_back({"organisation", organisations(p)});
    parts.push_back({"category", categories(p)});
    if (with_bulk) {
        parts.push_back({"prefix", prefixes(p)});
        parts.push_back({"name", names(p)});
    }
    parts.push_back({"override", overrides(p)});
    parts.push_back({"bypass", bypasses(p)});
    parts.push_back({"overdue", overdue(p)});
    parts.push_back({"service", services(p)});
    parts.push_back({"mail", mail(p)});
    parts.push_back({"waf", waf(p)});
    parts.push_back({"grant", grants(p)});
    parts.push_back({"feed", feed_rows(p)});
    parts.push_back({"geo", geo_rows(p)});
    parts.push_back({"segment", segment_rows(p)});
    parts.push_back({"closure", closures(p)});
    parts.push_back({"protocol_class", class_rules(p)});
    for (PolicyPart& part : parts)
        std::sort(part.rows.begin(), part.rows.end());
    return parts;
}

}  // namespace sluice::control
