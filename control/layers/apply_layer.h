// The layer: what cases (deadlines, grants, suspensions) do to the policy in force, merged into a
// copy of the committed policy before it is compiled. Not part of any commit: undoing a policy
// neither resurrects nor forgets what a deadline has done.
#pragma once
#include <string>
#include <vector>

#include "control/lifecycle/effect.h"
#include "rules/model/policy.h"

namespace sluice::control {

using Layer = std::vector<Effect>;  // by the time they came into force: the later word holds

// Changes `policy` by the effects, in order. An effect that does not fit the policy (an unknown
// organisation, an address that goes around the gateway) is left out, never half applied: one
// sentence for each is returned. Cost: linear in both.
std::vector<std::string> apply_layer(const Layer& layer, model::Policy& policy);

}  // namespace sluice::control
