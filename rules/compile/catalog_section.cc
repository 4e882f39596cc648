#include <algorithm>

#include "rules/compile/sections.h"

namespace sluice::compile {
namespace {

bool row_fits(const model::CatalogEntry& e, const model::Policy& policy, Errors& errors) {
    if (e.operator_index >= policy.operators.size() ||
        e.organisation_index >= policy.organisations.size()) {
        errors.add(Code::bad_index,
                   "a catalog row of an operator or organisation that is not there", e.at);
        return false;
    }
    return check_prefix(e.prefix, errors, e.at);
}

void check_twice(const std::vector<const model::CatalogEntry*>& sorted, const model::Policy& policy,
                 Errors& errors) {
    for (std::size_t i = 1; i < sorted.size(); ++i)
        if (sorted[i]->prefix == sorted[i - 1]->prefix)
            errors.add(Code::duplicate,
                       to_text(sorted[i]->prefix) + " is twice in the catalog of operator '" +
                           policy.operators[sorted[i]->operator_index].id +
                           "': keep the row of one organisation",
                       sorted[i]->at);
}

}  // namespace

ipc::CompiledSection catalog_section(const model::Policy& policy, const ipc::Sha256& inputs,
                                     Errors& errors) {
    std::vector<std::vector<const model::CatalogEntry*>> rows(policy.operators.size());
    layout::CatalogHead head{static_cast<std::uint32_t>(policy.operators.size()), 0,
                             policy.catalog.size()};
    for (const model::CatalogEntry& e : policy.catalog) {
        if (!row_fits(e, policy, errors)) continue;
        rows[e.operator_index].push_back(&e);
        head.org_max = std::max(head.org_max, e.organisation_index + 1u);
    }
    IntervalWriter forest;
    for (auto& of_operator : rows) {
        const auto before = [](const auto* a, const auto* b) { return a->prefix < b->prefix; };
        if (!std::is_sorted(of_operator.begin(), of_operator.end(), before))
            std::sort(of_operator.begin(), of_operator.end(), before);
        check_twice(of_operator, policy, errors);
        if (errors.any()) continue;
        std::vector<PrefixValue> prefixes;
        prefixes.reserve(of_operator.size());
        for (const auto* e : of_operator)
            prefixes.push_back({e->prefix, static_cast<std::uint16_t>(e->organisation_index + 1)});
        forest.add_set(prefixes);
    }
    SectionWriter section(layout::SectionKind::catalog, layout::kCatalogParts);
    section.set_one(layout::kCatalogHeadPart, head);
    forest.put(section, layout::kCatalogForestPart);
    return section.finish(inputs);
}

}  // namespace sluice::compile
