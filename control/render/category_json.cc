#include "control/render/category_json.h"

#include <algorithm>

#include "rules/load/day_text.h"
#include "rules/load/host_name.h"
#include "rules/lookup/explain_name.h"

namespace sluice::render {
namespace {

Json words(const lookup::BundleView& bundle, const model::CategorySet& set) {
    Json all = Json::array();
    for (std::size_t c = 0; c < bundle.category_count(); ++c)
        if (set.has(static_cast<model::CategoryIndex>(c)))
            all.push_back(bundle.category_id(static_cast<model::CategoryIndex>(c)));
    return all;
}

// The exemption a set of categories gives; null for none.
Json exemption(const lookup::BundleView& bundle, const model::CategorySet& set) {
    for (std::size_t i = 0; i < model::kExemptionCount; ++i)
        if (!set.common(bundle.policy().head->exempt[i]).empty())
            return model::name_of(static_cast<model::Exemption>(i));
    return nullptr;
}

Json claim_json(const lookup::BundleView& bundle, const lookup::Claim& claim) {
    return {{"decides", claim.decides}, {"kind", name_of(claim.kind)},
            {"entry", claim.entry},     {"categories", words(bundle, claim.categories)},
            {"source", claim.source},   {"from", claim.source_text},
            {"changed", claim.changed}};
}

std::string subject_text(const CategorySubject& subject) {
    if (const auto* address = std::get_if<IpAddress>(&subject)) return to_text(*address);
    const auto& name = std::get<NameAndPath>(subject);
    return name.name + name.path;
}

}  // namespace

CategorySubject parse_category_subject(std::string_view text) {
    for (const std::string_view scheme : {"https://", "http://"})
        if (text.starts_with(scheme)) text.remove_prefix(scheme.size());
    if (const auto address = parse_ip(text)) return *address;
    const std::size_t slash = std::min(text.find('/'), text.size());
    std::string_view host = text.substr(0, slash), path = text.substr(slash);
    path = path.substr(0, path.find_first_of("?#"));
    if (host.starts_with('[')) {
        const std::size_t end = std::min(host.find(']'), host.size());
        if (const auto address = parse_ip(host.substr(1, end - 1))) return *address;
        return {};
    }
    if (const std::size_t colon = host.rfind(':'); colon != std::string_view::npos)
        host = host.substr(0, colon);
    if (const auto address = parse_ip(host)) return *address;
    NameAndPath out;
    if (!load::host_name(host, out.name)) return {};
    if (path != "/") out.path = path;
    return out;
}

Json place_json(const lookup::BundleView& bundle, const IpAddress& address) {
    const layout::PlaceRow& place = bundle.geo().place_of(address);
    const std::string country(place.country, place.country[0] == '\0' ? 0 : 2);
    const std::string_view name = bundle.geo().text(place.asn_name);
    return {{"country", country.empty() ? Json(nullptr) : Json(country)},
            {"asn", place.asn == 0 ? Json(nullptr) : Json(place.asn)},
            {"asn_name", name.empty() ? Json(nullptr) : Json(name)}};
}

Json category_lookup_json(const lookup::BundleView& bundle, const CategorySubject& subject) {
    const auto* address = std::get_if<IpAddress>(&subject);
    const auto* name = std::get_if<NameAndPath>(&subject);
    if (address == nullptr && name == nullptr) return nullptr;
    const lookup::CategoryStory story = address != nullptr
                                            ? lookup::tell_address(bundle, *address)
                                            : lookup::tell_name(bundle, name->name, name->path);
    Json item = {{"subject", subject_text(subject)},
                 {"kind", address != nullptr   ? "address"
                          : name->path.empty() ? "name"
                                               : "url"},
                 {"categories", words(bundle, story.categories)},
                 {"exempt", exemption(bundle, story.categories)}};
    if (address != nullptr) item.update(place_json(bundle, *address));
    item["claims"] = Json::array();
    for (const lookup::Claim& claim : story.claims)
        item["claims"].push_back(claim_json(bundle, claim));
    return item;
}

Json category_feeds_json(const lookup::BundleView& bundle, UtcTime now) {
    const lookup::NamesView& names = bundle.names();
    const auto text = [&](layout::Text t) {
        const std::string_view words = names.text(t);
        return words.empty() ? Json(nullptr) : Json(words);
    };
    const std::int64_t today = now.raw() / 86'400;
    Json items = Json::array();
    for (const layout::SourceRow& row : names.sources) {
        const bool own = row.format == layout::SourceRow::kOwnNames;
        const bool dated = row.date != layout::SourceRow::kNoDate;
        const bool known = row.format < model::kFeedFormats.size();
        const model::Day day{std::chrono::days{dated ? row.date : 0}};
        items.push_back({{"id", text(row.id)},
                         {"format", own     ? Json("own names")
                                    : known ? Json(model::kFeedFormats[row.format])
                                            : Json(nullptr)},
                         {"date", dated ? Json(load::to_text(day)) : Json(nullptr)},
                         {"age_days", dated ? Json(today - row.date) : Json(nullptr)},
                         {"names", row.names},
                         {"urls", row.urls},
                         {"addresses", row.addresses},
                         {"duplicates", row.duplicates},
                         {"skipped", row.skipped},
                         {"suffixes", row.suffixes},
                         {"unmapped", row.unmapped},
                         {"precedence", row.precedence + 50},
                         {"licence", text(row.licence)},
                         {"source", text(row.title)},
                         {"last_skipped", text(row.last_skipped)}});
    }
    return items;
}

}  // namespace sluice::render
