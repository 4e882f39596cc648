#include "rules/lookup/bundle_view.h"

#include <algorithm>

namespace sluice::lookup {

Result<CatalogView, BundleError> CatalogView::open(SectionBytes section) {
    SLUICE_TRY(reader,
               SectionReader::open(section, layout::SectionKind::catalog, layout::kCatalogParts));
    CatalogView view;
    if (!reader.row(layout::kCatalogHeadPart, view.head)) return Err{BundleError::bad_part};
    if (view.head->org_max > model::kOrganisationsMax) return Err{BundleError::bad_reference};
    SLUICE_TRY(prefixes,
               IntervalForest::open(reader, layout::kCatalogForestPart, view.head->org_max));
    if (prefixes.sets() != view.head->operators) return Err{BundleError::bad_reference};
    view.prefixes = prefixes;
    return view;
}

Result<BundleView, BundleError> BundleView::combine(const CatalogView& catalog,
                                                    const NamesView& names,
                                                    const PolicyView& policy,
                                                    const DeltaView& delta, const GeoView& geo) {
    if (catalog.head->org_max > policy.organisations.size() ||
        catalog.head->operators != policy.operators.size() ||
        names.head->categories != policy.categories.size() ||
        names.head->key != policy.head->name_key || delta.head->key != names.head->key ||
        delta.head->base != names.head->identity ||
        delta.head->categories != policy.categories.size() ||
        geo.head->categories != policy.categories.size())
        return Err{BundleError::mismatch};
    for (const layout::ServiceRow& service : policy.services)
        if (service.segment > geo.segments.size()) return Err{BundleError::mismatch};
    BundleView view;
    view.catalog_ = catalog;
    view.names_ = names;
    view.policy_ = policy;
    view.delta_ = delta;
    view.geo_ = geo;
    return view;
}

Result<BundleView, BundleError> open_bundle(const BundleSections& sections) {
    SLUICE_TRY(catalog, CatalogView::open(sections.catalog));
    SLUICE_TRY(names, NamesView::open(sections.names));
    SLUICE_TRY(policy, PolicyView::open(sections.policy));
    SLUICE_TRY(delta, DeltaView::open(sections.delta));
    SLUICE_TRY(geo, GeoView::open(sections.geo));
    return BundleView::combine(catalog, names, policy, delta, geo);
}

std::string_view BundleView::organisation_id(OrgId org) const {
    const auto* row = PolicyView::row_at(policy_.organisation_texts, org.raw() - std::size_t{1});
    return row != nullptr ? policy_.text(row->id) : std::string_view{};
}

std::string_view BundleView::organisation_name(OrgId org) const {
    const auto* row = PolicyView::row_at(policy_.organisation_texts, org.raw() - std::size_t{1});
    return row != nullptr ? policy_.text(row->name) : std::string_view{};
}

OrgId BundleView::organisation_named(std::string_view id) const {
    for (std::size_t i = 0; i < organisation_count(); ++i)
        if (policy_.text(policy_.organisation_texts[i].id) == id)
            return OrgId{static_cast<std::uint16_t>(i + 1)};
    return kNoOrg;
}

std::string_view BundleView::operator_id(OperatorId op) const {
    const auto* row = PolicyView::row_at(policy_.operators, op.raw());
    return row != nullptr ? policy_.text(row->id) : std::string_view{};
}

std::optional<OperatorId> BundleView::operator_named(std::string_view id) const {
    for (std::size_t i = 0; i < operator_count(); ++i)
        if (policy_.text(policy_.operators[i].id) == id)
            return OperatorId{static_cast<std::uint8_t>(i)};
    return std::nullopt;
}

std::string_view BundleView::category_id(model::CategoryIndex category) const {
    const auto* row = PolicyView::row_at(policy_.categories, category);
    return row != nullptr ? policy_.text(row->id) : std::string_view{};
}

std::string_view BundleView::category_title(model::CategoryIndex category) const {
    const auto* row = PolicyView::row_at(policy_.categories, category);
    return row != nullptr ? policy_.text(row->title) : std::string_view{};
}

std::optional<model::CategoryIndex> BundleView::category_named(std::string_view id) const {
    for (std::size_t i = 0; i < category_count(); ++i)
        if (policy_.text(policy_.categories[i].id) == id)
            return static_cast<model::CategoryIndex>(i);
    return std::nullopt;
}

std::optional<BundleView::WireMatch> BundleView::find_wire(std::string_view id) const {
    for (const layout::WireRow& wire : policy_.wires)
        if (policy_.text(wire.id) == id)
            return WireMatch{OperatorId{wire.operator_index},
                             static_cast<model::ChannelRole>(wire.role), wire.committed_gbit};
    return std::nullopt;
}

bool BundleView::is_resolver(const IpAddress& address) const noexcept {
    return std::binary_search(policy_.resolvers.begin(), policy_.resolvers.end(), address);
}

bool BundleView::is_hairpin(const IpAddress& address) const noexcept {
    const auto operators = static_cast<unsigned>(policy_.operators.size());
    return policy_.prefixes.find(layout::hairpin_set(operators), address) != layout::kNoValue;
}

bool BundleView::is_catalogued(OperatorId op, const IpAddress& address) const noexcept {
    return find_user(*this, op, address) != kNoOrg;
}

CategoryMatch match_name(const BundleView& bundle, std::string_view name) noexcept {
    const NamesView& lists = bundle.names();
    const PolicyView& policy = bundle.policy();
    const NameHashes hashes = hash_suffixes(lists.head->key, name);
    lists.table.prefetch(hashes);

    CategoryMatch match;
    if (const auto local = policy.override_names.find(hashes); local.found) {
        match.matched = match.by_override = true;
        match.labels = local.labels;
        match.override_row = local.value;
        match.categories = policy.overrides[local.value].categories;
    } else if (const auto listed = find_listed(lists, bundle.delta(), hashes); listed.found) {
        match.matched = true;
        match.labels = listed.labels;
        match.list = listed;
        match.categories = (listed.by_delta ? bundle.delta().sets : lists.sets).sets[listed.set];
    }
    return match;
}

model::CategorySet categorise(const BundleView& bundle, std::string_view name) noexcept {
    return match_name(bundle, name).categories;
}

model::CategorySet categorise_address(const BundleView& bundle, const IpAddress& address) noexcept {
    const NamesView& lists = bundle.names();
    model::CategorySet all;
    const std::uint16_t value = lists.addresses.find(0, address);
    if (const auto* set = PolicyView::row_at(lists.sets.sets, value - std::size_t{1})) all = *set;
    const GeoView& geo = bundle.geo();
    for (std::size_t i = 0; i < geo.segments.size(); ++i)
        if (!geo.segments[i].categories.empty() && geo.in_segment(i, address))
            all = all.with(geo.segments[i].categories);
    return all;
}

model::CategorySet categorise_unnamed(const BundleView& bundle, const IpAddress& remote,
                                      model::Protocol protocol) noexcept {
    const model::CategorySet all = categorise_address(bundle, remote);
    const auto* row =
        PolicyView::row_at(bundle.policy().protocols, static_cast<std::size_t>(protocol));
    return row != nullptr ? all.with(row->categories) : all;
}

std::string_view last_labels(std::string_view name, unsigned labels) noexcept {
    std::size_t at = name.size();
    while (labels > 0 && at > 0) {
        const std::size_t dot = name.rfind('.', at - 1);
        --labels;
        if (dot == std::string_view::npos) return name;
        if (labels == 0) return name.substr(dot + 1);
        at = dot;
    }
    return labels == 0 ? name.substr(name.size()) : name;
}

}  // namespace sluice::lookup
