// BundleView: a verified bundle as the fast path reads it. A handful of pointers into sections that
// somebody else keeps alive; copying it is cheap, reading it takes no lock.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "rules/base/ip.h"
#include "rules/base/result.h"
#include "rules/base/strong.h"
#include "rules/lookup/facts.h"
#include "rules/lookup/geo_view.h"
#include "rules/lookup/interval_forest.h"
#include "rules/lookup/name_table.h"
#include "rules/lookup/names_view.h"
#include "rules/lookup/policy_view.h"
#include "rules/model/fail_table.h"
#include "rules/model/policy.h"

namespace sluice::lookup {

// The catalog section: who has which address, by operator.
struct CatalogView {
    const layout::CatalogHead* head = nullptr;
    IntervalForest prefixes;
    static Result<CatalogView, BundleError> open(SectionBytes section);
};

// Numbers inside a bundle. Organisations: OrgId = 1 + index in Policy::organisations, 0 is none.
// Operators: OperatorId = index in Policy::operators. Categories: CategoryIndex 0 is the built-in
// "uncategorised", the policy's own follow: 1 + index in Policy::categories.
inline constexpr model::CategoryIndex kUncategorised = 0;

class BundleView {
  public:
    // Puts together sections that were verified each for itself (so an unchanged section is not
    // read again). mismatch: one speaks of organisations, operators, categories or segments another
    // does not have, names were hashed with different keys, or the delta is of other names.
    static Result<BundleView, BundleError> combine(const CatalogView& catalog,
                                                   const NamesView& names, const PolicyView& policy,
                                                   const DeltaView& delta, const GeoView& geo);

    const model::FailTable& fail_table() const { return policy_.fail; }
    model::InboundDefault inbound_default() const {
        return static_cast<model::InboundDefault>(policy_.head->inbound_default);
    }
    model::BlockedUdp blocked_udp() const {
        return static_cast<model::BlockedUdp>(policy_.head->blocked_udp);
    }
    std::string_view title() const { return policy_.text(policy_.head->title); }

    // 0 < org <= organisation_count(); for any other, and for kNoOrg, the texts are empty.
    std::size_t organisation_count() const { return policy_.organisations.size(); }
    std::string_view organisation_id(OrgId org) const;
    std::string_view organisation_name(OrgId org) const;
    // kNoOrg when there is none of that id. Linear: for people, not for packets.
    OrgId organisation_named(std::string_view id) const;

    std::size_t operator_count() const { return policy_.operators.size(); }
    std::string_view operator_id(OperatorId op) const;
    std::optional<OperatorId> operator_named(std::string_view id) const;

    // kUncategorised included in the count; empty texts past it.
    std::size_t category_count() const { return policy_.categories.size(); }
    std::string_view category_id(model::CategoryIndex category) const;
    std::string_view category_title(model::CategoryIndex category) const;
    std::optional<model::CategoryIndex> category_named(std::string_view id) const;

    struct WireMatch {
        OperatorId operator_id;
        model::ChannelRole role = model::ChannelRole::main;
        std::uint32_t committed_gbit = 0;
    };
    std::optional<WireMatch> find_wire(std::string_view id) const;

    bool is_resolver(const IpAddress& address) const noexcept;
    // Catalogued source that may appear on the internet side.
    bool is_hairpin(const IpAddress& address) const noexcept;
    // In this operator's catalog. An operator the bundle does not have: false.
    bool is_catalogued(OperatorId op, const IpAddress& address) const noexcept;

    std::uint64_t prefix_count() const { return catalog_.head->prefixes; }
    std::uint32_t name_count() const { return names_.head->names; }

    const CatalogView& catalog() const { return catalog_; }
    const NamesView& names() const { return names_; }
    const PolicyView& policy() const { return policy_; }
    const DeltaView& delta() const { return delta_; }
    const GeoView& geo() const { return geo_; }

  private:
    CatalogView catalog_;
    NamesView names_;
    PolicyView policy_;
    DeltaView delta_;
    GeoView geo_;
};

// Sections as bytes: each begins on a cache line (64 bytes) and outlives the view.
struct BundleSections {
    SectionBytes catalog, names, policy, delta, geo;
};
// Checks every offset, count and index once; what was opened may then be asked anything. Damaged,
// cut or mismatched sections are refused. Cost: one pass over all rows (about 10 ms at 1 M prefixes
// and 1 M names).
Result<BundleView, BundleError> open_bundle(const BundleSections& sections);

// ---- whose ----
// The organisation of a user-side address in one operator's catalog; kNoOrg when in none. noexcept,
// no allocation.
inline OrgId find_user(const BundleView& bundle, OperatorId op, const IpAddress& address) noexcept {
    const IntervalForest& prefixes = bundle.catalog().prefixes;
    if (op.raw() >= prefixes.sets()) [[unlikely]]
        return kNoOrg;
    return OrgId{prefixes.find(op.raw(), address)};
}
// Whom find_user() is asked about.
struct UserAddress {
    OperatorId op;
    const IpAddress& address;
};
// Starts loading what prefetch_user() will need, and then what find_user() will need: the second
// waits for what the first has asked for.
inline void prefetch_user_index(const BundleView& bundle, const UserAddress& user) noexcept {
    const IntervalForest& prefixes = bundle.catalog().prefixes;
    if (user.op.raw() < prefixes.sets()) [[likely]]
        prefixes.touch_index(user.op.raw(), user.address);
}
inline void prefetch_user(const BundleView& bundle, const UserAddress& user) noexcept {
    const IntervalForest& prefixes = bundle.catalog().prefixes;
    if (user.op.raw() < prefixes.sets()) [[likely]]
        prefixes.prefetch(user.op.raw(), user.address);
}
// Both for a burst of addresses: user(0) .. user(count - 1), each a UserAddress. Two loops, so that
// the memory latency of all of them overlaps.
template <class User>
void prefetch_users(const BundleView& bundle, unsigned count, User&& user) noexcept {
    for (unsigned i = 0; i < count; ++i)
        prefetch_user_index(bundle, user(i));
    for (unsigned i = 0; i < count; ++i)
        prefetch_user(bundle, user(i));
}
// Starts loading what decide() reads of an organisation.
inline void prefetch_organisation(const BundleView& bundle, OrgId org) noexcept {
    if (org != kNoOrg && org.raw() <= bundle.organisation_count()) [[likely]]
        prefetch_line(&bundle.policy().organisations[org.raw() - 1]);
}

// ---- what ----
// Which entry speaks for a name: local overrides first, at any level, the most specific of them;
// then the most specific listed suffix. Whole labels.
struct CategoryMatch {
    bool matched = false;
    bool by_override = false;
    std::uint8_t labels = 0;         // of the suffix that matched, counted from the right
    std::uint16_t override_row = 0;  // by_override: into PolicyView::overrides
    ListMatch list;                  // matched and not by_override
    model::CategorySet categories;   // may be empty: an override may say "none of them"
};
// Cost: one hash pass over the name, then one bucket (cache line) for each label and table.
CategoryMatch match_name(const BundleView& bundle, std::string_view name) noexcept;
// Categories of a canonical name. Empty set when nothing lists it.
model::CategorySet categorise(const BundleView& bundle, std::string_view name) noexcept;

// Categories of what has no name: by the lists' addresses, by segments, by protocol. Empty when
// nothing knows it.
model::CategorySet categorise_unnamed(const BundleView& bundle, const IpAddress& remote,
                                      model::Protocol protocol) noexcept;
// The same by address alone.
model::CategorySet categorise_address(const BundleView& bundle, const IpAddress& address) noexcept;

// The last `labels` labels of a name: what a match of that many labels was about.
std::string_view last_labels(std::string_view name, unsigned labels) noexcept;

}  // namespace sluice::lookup
