// What changed between two policies, in the words of the policy: never lines of text.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "rules/model/policy.h"

namespace sluice::control {

enum class Change : std::uint8_t { added, removed, changed };
std::string_view name_of(Change c);

struct Difference {
    Change change = Change::changed;
    std::string what;           // "organisation", "prefix", "name", "category", "setting", ...
    std::string id;             // "ministry", "telco-a 192.0.2.0/24", "bank.example"
    std::string before, after;  // one line each; empty where there is none
};

// Ordered by `what` in the order of the policy's parts, then by id. A policy and itself differ in
// nothing; the order in which things are written is no difference. Cost: sorts both policies' bulk
// parts when they differ at all.
std::vector<Difference> diff(const model::Policy& before, const model::Policy& after);

}  // namespace sluice::control
