// GET /v1/catalog/lookup, /v1/catalog/unknown, /v1/whatis: who and what is this?
#include "control/api/resolve.h"
#include "control/render/category_json.h"
#include "control/store/time_text.h"
#include "rules/lookup/explain_name.h"

namespace sluice::control {
namespace {

constexpr unsigned kUnknownDefault = 1000, kUnknownMax = 100'000;

// The catalog row that decides about an address; nullptr when none does.
const model::CatalogEntry* row_of(const model::Policy& policy, OperatorId op,
                                  const IpAddress& address) {
    const model::CatalogEntry* best = nullptr;
    for (const model::CatalogEntry& e : policy.catalog)
        if (e.operator_index == op.raw() && e.prefix.contains(address) &&
            (!best || e.prefix.length > best->prefix.length))
            best = &e;
    return best;
}

Json organisation_json(const model::Organisation& org) {
    Json j = {{"kind", "organisation"},
              {"id", org.id},
              {"name", org.name},
              {"operator", org.operator_id},
              {"contract", org.contract},
              {"allowed", nullptr},
              {"pilot", org.pilot.has_value()}};
    if (org.access) j["allowed"] = org.access->categories;
    return j;
}

Json address_items(const IpAddress& address, std::optional<OperatorId> only, const Candidate& c) {
    Json items = Json::array();
    const auto all = only ? std::vector<OperatorId>{*only} : c.rules->operators();
    for (const OperatorId op : all) {
        const OrgId org = c.rules->find_user(op, address);
        if (org == kNoOrg) continue;
        const model::CatalogEntry* row = row_of(*c.policy, op, address);
        items.push_back({{"kind", "address"},
                         {"address", to_text(address)},
                         {"operator", c.rules->operator_id(op)},
                         {"organisation", c.rules->organisation(org)},
                         {"prefix", row ? Json(to_text(row->prefix)) : Json(nullptr)}});
    }
    return items;
}

// What protected services, bypasses and overdue lists say of an address.
void add_roles(const IpAddress& address, const model::Policy& p, Json& items) {
    const auto add = [&](const char* role, const std::string& id, const Prefix& prefix) {
        if (prefix.contains(address))
            items.push_back({{"kind", role}, {"id", id}, {"prefix", to_text(prefix)}});
    };
    for (const auto& s : p.services)
        for (const Prefix& prefix : s.prefixes)
            add("protected_service", s.id, prefix);
    for (const auto& b : p.bypass)
        add("bypass", b.operator_id, b.prefix);
    for (const auto& o : p.unknown_source.overdue)
        add("overdue", o.operator_id, o.prefix);
    for (const auto& m : p.mail)
        add("mail_system", m.domain, m.server);
    for (const auto& w : p.waf)
        add("waf_site", w.domain, w.server);
    for (const IpAddress& r : p.resolvers)
        if (r == address) items.push_back({{"kind", "resolver"}, {"id", to_text(r)}});
}

Json name_item(const std::string& name, const Candidate& c) {
    Json categories = Json::array();
    const model::CategorySet set = c.rules->categorise(name);
    for (unsigned i = 0; i < model::kCategoriesMax; ++i)
        if (set.has(static_cast<model::CategoryIndex>(i)))
            categories.push_back(c.rules->category(static_cast<model::CategoryIndex>(i)));
    Json exempt = nullptr;
    for (const model::Category& category : c.policy->categories)
        for (const Json& id : categories)
            if (category.exempt && id == category.id) exempt = name_of(*category.exempt);
    Json item = {{"kind", "name"}, {"name", name}, {"categories", categories}, {"exempt", exempt}};
    const lookup::BundleView* view = c.rules->view();
    if (view == nullptr) return item;
    const auto story = lookup::tell_name(*view, name);
    item["by"] = story.claims.empty() ? Json(nullptr) : Json(story.claims[0].entry);
    item["source"] = story.claims.empty() ? Json(nullptr) : Json(story.claims[0].source);
    return item;
}

// "segment", or "listed_address": in the lists of a category or feed.
std::string claim_kind(const lookup::Claim& claim) {
    return claim.kind == lookup::Claim::Kind::segment ? "segment" : "listed_address";
}

}  // namespace

Answer get_catalog_lookup(const Call& call, Services& s) {
    SLUICE_TRY(current, rules_in_force(s));
    const auto address = parse_ip(call.get("address"));
    if (!address)
        return fail(ErrorCode::usage, "\"" + call.get("address") + "\" is not an address");
    SLUICE_TRY(only, operator_of(*current->rules, call.get("operator")));
    return reply("CatalogLookup", s, address_items(*address, only, *current));
}

Answer get_catalog_unknown(const Call& call, Services& s) {
    SLUICE_TRY(limit, number_of(call, "limit", kUnknownDefault, kUnknownMax));
    const auto all = s.store.unknown_sources(call.get("operator"), limit);
    if (!all) return fail(all.error());
    Json items = Json::array();
    for (const UnknownSource& u : *all)
        items.push_back({{"operator", u.operator_id},
                         {"address", u.address},
                         {"first_seen", rfc3339(u.first_seen)},
                         {"last_seen", rfc3339(u.last_seen)},
                         {"packets", u.packets}});
    return reply("UnknownSources", s, std::move(items));
}

Answer get_whatis(const Call& call, Services& s) {
    SLUICE_TRY(current, rules_in_force(s));
    const std::string text = call.get("subject");
    for (const model::Organisation& org : current->policy->organisations)
        if (org.id == text) return reply("Whatis", s, Json::array({organisation_json(org)}));
    const Subject subject = parse_subject(text);
    if (const auto* address = std::get_if<IpAddress>(&subject)) {
        Json items = address_items(*address, std::nullopt, *current);
        add_roles(*address, *current->policy, items);
        if (const lookup::BundleView* view = current->rules->view()) {
            Json place = render::place_json(*view, *address);
            if (!place["country"].is_null() || !place["asn"].is_null()) {
                Json item = {{"kind", "place"}};
                item.update(place);
                items.push_back(std::move(item));
            }
            for (const lookup::Claim& claim : lookup::tell_address(*view, *address).claims)
                items.push_back(
                    {{"kind", claim_kind(claim)}, {"id", claim.source}, {"entry", claim.entry}});
        }
        return reply("Whatis", s, std::move(items));
    }
    if (const auto* name = std::get_if<NameText>(&subject))
        return reply("Whatis", s, Json::array({name_item(name->name, *current)}));
    return fail(ErrorCode::usage, "\"" + text + "\" is no address, name or organisation");
}

}  // namespace sluice::control
