// PolicyView: the policy section as rows, after every reference in it has been checked. Rows are
// described in lookup/bundle_layout.h.
#pragma once
#include <span>
#include <string_view>

#include "rules/base/strong.h"
#include "rules/base/time.h"
#include "rules/lookup/bundle_layout.h"
#include "rules/lookup/interval_forest.h"
#include "rules/lookup/name_table.h"

namespace sluice::lookup {

struct PolicyView {
    const layout::PolicyHead* head = nullptr;
    model::FailTable fail;
    std::span<const layout::OrganisationRow> organisations;
    std::span<const layout::OrganisationText> organisation_texts;
    std::span<const layout::OperatorRow> operators;
    std::span<const layout::WireRow> wires;
    std::span<const layout::CategoryRow> categories;
    std::span<const layout::GrantRow> grants;
    std::span<const layout::ClosureRow> closures;
    std::span<const layout::ClassRuleRow> class_rules;
    std::span<const layout::BypassRow> bypass;
    std::span<const layout::OverrideRow> overrides;
    std::span<const layout::ServiceRow> services;
    std::span<const layout::AdmissionRow> admissions;
    std::span<const layout::MailRow> mail;
    std::span<const layout::WafRow> waf;
    std::span<const layout::Run> lists;
    std::span<const std::uint16_t> list_items;
    std::span<const std::uint16_t> ports;
    std::span<const IpAddress> resolvers;
    std::span<const char> texts;
    std::span<const layout::ProtocolRow> protocols;  // by model::Protocol
    NameTable override_names, service_names;
    IntervalForest prefixes;

    // bad_part or bad_reference when anything in it points outside. One pass over the section.
    static Result<PolicyView, BundleError> open(SectionBytes section);

    std::string_view text(layout::Text t) const { return {texts.data() + t.offset, t.size}; }
    template <class Row>
    static std::span<const Row> rows(std::span<const Row> all, layout::Run run) {
        return all.subspan(run.first, run.count);
    }
    // The row a prefix set's value or a list's item means; nullptr for none. This is the one index
    // open() does not check (it cannot tell which set a block belongs to), so it is checked here.
    template <class Row>
    static const Row* row_at(std::span<const Row> all, std::size_t index) {
        return index < all.size() ? &all[index] : nullptr;
    }
    // Empty run: all ports.
    bool has_port(layout::Run run, std::uint16_t port) const noexcept;
    // The row of `admissions` that admits `org` to the service at `now`; nullptr when none does.
    const layout::AdmissionRow* admission(const layout::ServiceRow& service, OrgId org,
                                          UtcTime now) const noexcept;
    // What the policy says of the protocol's class.
    const layout::ClassRuleRow& class_rule(model::Protocol protocol) const noexcept {
        return class_rules[static_cast<std::size_t>(model::info(protocol).klass)];
    }
    // What closes `protocol` to `org` at `now`; nullptr when nothing does.
    const layout::ClosureRow* closure(OrgId org, model::Protocol protocol,
                                      UtcTime now) const noexcept;
    // The grant of `protocol`, or of its class, that is valid for `org` at `now`; nullptr when
    // there is none.
    const layout::GrantRow* grant(OrgId org, model::Protocol protocol, UtcTime now) const noexcept;
};

constexpr bool holds(const layout::Period& period, UtcTime now) {
    return period.from <= now.raw() && now.raw() < period.until;
}

}  // namespace sluice::lookup
