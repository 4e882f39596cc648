// A random policy that is right, for properties of load and save: every part of the model, awkward
// texts among them.
#pragma once
#include <cstdint>

#include "rules/model/policy.h"

namespace sluice::load {

// The same seed gives the same policy. Holds on `today`; made as load_policy() makes them (names
// are grouped by category).
model::Policy random_policy(std::uint64_t seed, model::Day today);

}  // namespace sluice::load
