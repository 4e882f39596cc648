// BlastGuard (design section 7): what the clock does by itself must not block too much at once. A
// deadline that would is held for a person and announced.
#pragma once
#include <functional>
#include <set>

#include "control/lifecycle/step.h"

namespace sluice::control {

struct GuardLimits {
    // Organisations and operators that automatic actions may newly block within an hour.
    unsigned blocked_an_hour_max = 5;
    // Of an operator's addresses, catalogued and not, that one action may block, in percent ...
    unsigned share_percent_max = 10;
    // ... but so few addresses are never held for their share.
    std::uint64_t addresses_min = 16;
};
inline constexpr std::int64_t kGuardSeconds = 3'600;

// How many addresses an operator has in the catalog.
using CataloguedAddresses = std::function<double(const std::string& operator_id)>;

// Whom the change from `before` to `after` newly blocks: an organisation, operator or domain.
// Empty: nobody. A closing effect that begins, or an opening one that ends, blocks.
std::string newly_blocked(const std::vector<Effect>& before, const std::vector<Effect>& after);

// Why an automatic action that makes `after` of `before` must be held; empty when it may go ahead.
// `blocked` are those blocked in the last hour.
std::string why_hold(const std::vector<Effect>& before, const std::vector<Effect>& after,
                     const std::set<std::string>& blocked, const GuardLimits& limits,
                     const CataloguedAddresses& catalogued);

}  // namespace sluice::control
