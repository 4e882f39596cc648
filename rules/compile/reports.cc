// What a policy says to no effect: no error, but somebody should know.
#include <unordered_set>

#include "rules/compile/sections.h"

namespace sluice::compile {

Diagnostics reports_of(const model::Policy& policy) {
    Diagnostics reports;
    std::vector<bool> has_names(policy.categories.size()), has_prefix(policy.organisations.size());
    for (const model::NameEntry& e : policy.names)
        has_names[e.category_index] = true;
    for (const auto& content : policy.feed_content)
        if (content != nullptr)
            for (const auto& row : content->rows)
                if (row.category < has_names.size()) has_names[row.category] = true;
    for (const model::CatalogEntry& e : policy.catalog)
        has_prefix[e.organisation_index] = true;
    std::unordered_set<std::string_view> opened;
    for (const model::Organisation& o : policy.organisations)
        if (o.access) opened.insert(o.access->categories.begin(), o.access->categories.end());

    for (std::size_t i = 0; i < policy.categories.size(); ++i) {
        const model::Category& c = policy.categories[i];
        if (has_names[i] && !opened.contains(c.id))
            reports.push_back({Code::category_nobody_opens,
                               std::string("no organisation opens category '").append(c.id) +
                                   "': its names are blocked for all",
                               c.at});
    }
    for (std::size_t i = 0; i < policy.organisations.size(); ++i) {
        const model::Organisation& o = policy.organisations[i];
        if (!has_prefix[i])
            reports.push_back({Code::organisation_without_prefix,
                               std::string("organisation '").append(o.id) +
                                   "' has no address in any catalog: ask its operator for rows",
                               o.at});
    }
    return reports;
}

}  // namespace sluice::compile
