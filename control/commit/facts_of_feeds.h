// Rows of feeds, geo databases and segments; see facts_of_policy.h.
#pragma once
#include <string>
#include <vector>

#include "control/commit/facts_of_policy.h"

namespace sluice::control {

// A feed's entries are told by their number and a hash: there may be millions.
std::vector<PolicyRow> feed_rows(const model::Policy& policy);
std::vector<PolicyRow> geo_rows(const model::Policy& policy);
std::vector<PolicyRow> segment_rows(const model::Policy& policy);
// " segment=... addresses=... protocols=...", what there is of it.
std::string unnamed_text(const model::Category& category);

}  // namespace sluice::control
