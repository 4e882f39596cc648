#include "control/catalog/catalog_layer.h"

#include <algorithm>
#include <optional>

namespace sluice::control::catalog {
namespace {

template <class Rows>
std::optional<std::uint16_t> index_of(const Rows& rows, const std::string& id) {
    const auto at =
        std::find_if(rows.begin(), rows.end(), [&](const auto& row) { return row.id == id; });
    if (at == rows.end()) return std::nullopt;
    return static_cast<std::uint16_t>(at - rows.begin());
}

// For each organisation a table names: its number in the policy, when it is one of that operator's.
std::vector<std::optional<std::uint16_t>> organisations_of(const model::Policy& policy,
                                                           const std::string& operator_id,
                                                           const RowTable& rows) {
    std::map<std::string_view, std::uint16_t> known;
    for (std::size_t i = 0; i < policy.organisations.size(); ++i)
        if (policy.organisations[i].operator_id == operator_id)
            known.emplace(policy.organisations[i].id, static_cast<std::uint16_t>(i));
    std::vector<std::optional<std::uint16_t>> out;
    for (const std::string& name : rows.organisations()) {
        const auto at = known.find(name);
        out.push_back(at == known.end() ? std::nullopt : std::optional(at->second));
    }
    return out;
}

// Private and shared addresses may be used behind every operator (RFC 1918, 6598, 4193).
bool is_private(const Prefix& prefix) {
    static const auto kRanges = [] {
        std::vector<Prefix> ranges;
        for (const char* text :
             {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"})
            ranges.push_back(*parse_prefix(text).prefix);
        return ranges;
    }();
    return std::any_of(kRanges.begin(), kRanges.end(), [&](const Prefix& range) {
        return range.length <= prefix.length && range.contains(prefix.network);
    });
}

}  // namespace

LayerProblems apply_catalog(const CatalogLayer& layer, model::Policy& policy) {
    LayerProblems problems;
    const auto complain = [&](std::string sentence) {
        if (++problems.count <= kProblemsMax) problems.sentences.push_back(std::move(sentence));
    };
    for (const auto& [operator_id, rows] : layer) {
        const auto op = index_of(policy.operators, operator_id);
        if (!op) {
            complain("the catalog of " + operator_id + ": the policy has no such operator");
            continue;
        }
        std::erase_if(policy.catalog,
                      [&](const model::CatalogEntry& e) { return e.operator_index == *op; });
        const auto organisations = organisations_of(policy, operator_id, rows);
        policy.catalog.reserve(policy.catalog.size() + rows.size());
        for (const RowTable::Entry& entry : rows.rows()) {
            if (const auto organisation = organisations[entry.organisation])
                policy.catalog.push_back({entry.prefix, *op, *organisation, {}});
            else
                complain("the catalog of " + operator_id + ": " + to_text(entry.prefix) + " is \"" +
                         rows.organisations()[entry.organisation] +
                         "\", which is no organisation of that operator");
        }
    }
    return problems;
}

// Sorted by network, a prefix lies directly behind those that hold it: a stack of open ones is
// enough.
std::vector<Conflict> find_conflicts(const CatalogLayer& layer) {
    struct Named {
        Prefix prefix;
        const std::string* operator_id;
    };
    std::vector<Named> all;
    for (const auto& [operator_id, rows] : layer)
        for (const RowTable::Entry& entry : rows.rows())
            if (!is_private(entry.prefix)) all.push_back({entry.prefix, &operator_id});
    std::sort(all.begin(), all.end(),
              [](const Named& a, const Named& b) { return a.prefix < b.prefix; });
    std::vector<Conflict> conflicts;
    std::vector<const Named*> open;
    for (const Named& named : all) {
        while (!open.empty() && !open.back()->prefix.contains(named.prefix.network))
            open.pop_back();
        for (const Named* outer : open)
            if (*outer->operator_id != *named.operator_id)
                conflicts.push_back(
                    {*outer->operator_id, *named.operator_id, outer->prefix, named.prefix});
        open.push_back(&named);
    }
    return conflicts;
}

}  // namespace sluice::control::catalog
