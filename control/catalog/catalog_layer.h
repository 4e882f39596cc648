// The catalogs that operators keep themselves, over the policy's own: of an operator with a source
// its rows count, and none of the policy's.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "control/catalog/row_table.h"
#include "rules/base/ip.h"
#include "rules/model/policy.h"

namespace sluice::control::catalog {

using CatalogLayer = std::map<std::string, RowTable>;  // by operator

// Replaces rows of `policy.catalog`. A row that does not fit (an organisation that is not in the
// policy, or is another operator's) is left out: its addresses are then in no catalog. Returns a
// sentence for the first kProblemsMax of them, and how many there are in all.
inline constexpr std::size_t kProblemsMax = 20;
struct LayerProblems {
    std::size_t count = 0;
    std::vector<std::string> sentences;
};
LayerProblems apply_catalog(const CatalogLayer& layer, model::Policy& policy);

// Public prefixes that two operators both name, exactly or one inside the other: both are told.
struct Conflict {
    std::string operator_a, operator_b;
    Prefix prefix_a, prefix_b;
};
std::vector<Conflict> find_conflicts(const CatalogLayer& layer);

}  // namespace sluice::control::catalog
