// A policy as rows of (what, id, value in one line): what `policy diff` compares and `policy show`
// prints.
#pragma once
#include <string>
#include <vector>

#include "rules/model/policy.h"

namespace sluice::control {

struct PolicyRow {
    std::string id, value;
    friend auto operator<=>(const PolicyRow&, const PolicyRow&) = default;
};
struct PolicyPart {
    std::string what;
    std::vector<PolicyRow> rows;  // sorted by id
};

// `with_bulk` false leaves out the catalog and the names (each may hold a million rows).
std::vector<PolicyPart> parts_of(const model::Policy& policy, bool with_bulk);

}  // namespace sluice::control
