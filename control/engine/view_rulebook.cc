#include "control/engine/view_rulebook.h"

#include "rules/lookup/explain.h"

namespace sluice::control {
namespace {

std::string or_number(std::string_view id, unsigned number) {
    return id.empty() ? "#" + std::to_string(number) : std::string(id);
}

}  // namespace

std::string ViewRulebook::organisation(OrgId org) const {
    return or_number(bundle_.view.organisation_id(org), org.raw());
}
std::string ViewRulebook::operator_id(OperatorId op) const {
    return or_number(bundle_.view.operator_id(op), op.raw());
}
std::string ViewRulebook::category(model::CategoryIndex index) const {
    return or_number(bundle_.view.category_id(index), index);
}
std::optional<OperatorId> ViewRulebook::operator_named(const std::string& id) const {
    return bundle_.view.operator_named(id);
}
std::optional<OrgId> ViewRulebook::organisation_named(const std::string& id) const {
    const OrgId org = bundle_.view.organisation_named(id);
    return org == kNoOrg ? std::nullopt : std::optional(org);
}
std::vector<OperatorId> ViewRulebook::operators() const {
    std::vector<OperatorId> all;
    for (std::size_t i = 0; i < bundle_.view.operator_count(); ++i)
        all.push_back(OperatorId{static_cast<std::uint8_t>(i)});
    return all;
}
OperatorId ViewRulebook::operator_of(OrgId org) const {
    if (org == kNoOrg || org.raw() > policy_->organisations.size()) return OperatorId{};
    const auto op = bundle_.view.operator_named(policy_->organisations[org.raw() - 1u].operator_id);
    return op.value_or(OperatorId{});
}
OrgId ViewRulebook::find_user(OperatorId op, const IpAddress& address) const {
    return lookup::find_user(bundle_.view, op, address);
}
model::CategorySet ViewRulebook::categorise(std::string_view name) const {
    return lookup::categorise(bundle_.view, name);
}

Rulebook::Explanation ViewRulebook::explain(const lookup::Facts& facts) const {
    lookup::Explanation told = lookup::explain(bundle_.view, facts);
    Explanation e;
    e.verdict = told.decision.verdict;
    e.reason = told.decision.reason;
    e.categories = told.decision.categories;
    for (lookup::ExplainStep& s : told.steps) {
        Step step;
        step.number = s.number;
        step.title = std::string(s.name);
        step.outcome = std::string(name_of(s.outcome));
        step.answer = std::move(s.detail);
        step.rules.assign(s.rules.begin(), s.rules.end());
        e.steps.push_back(std::move(step));
    }
    e.would_change = std::move(told.changes);
    return e;
}

}  // namespace sluice::control
