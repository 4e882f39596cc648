// What of a change of policy no person may do alone (design section 7): exemptions from inspection,
// ways around the gateway, and taking access from many at once.
#pragma once
#include <string>
#include <vector>

#include "rules/model/policy.h"

namespace sluice::control {

// Organisations that lose access in one change: so many, or such a share, are a mass block.
inline constexpr std::size_t kMassOrganisations = 10, kMassSharePercent = 20;
// Of a small installation a share says little: fewer than these are no mass block.
inline constexpr std::size_t kMassOrganisationsMin = 5;

// One line each, in the words of the policy; empty: one person is enough. `before` null: there was
// no policy. Cost: looks at all names, sorts those of exempt categories.
std::vector<std::string> sensitive_changes(const model::Policy* before, const model::Policy& after);

}  // namespace sluice::control
