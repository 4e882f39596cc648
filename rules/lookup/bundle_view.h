// BundleView: a verified bundle as the fast path reads it. A handful of pointers into sections that
// somebody else keeps alive; copying it is cheap, reading it takes no lock.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "rules/base/ip.h"
#include "rules/base/strong.h"
#include "rules/lookup/facts.h"
#include "rules/model/fail_table.h"
#include "rules/model/policy.h"

namespace sluice::lookup {
// Contract sketch: the owner of this folder replaces the declarations below by the real classes,
// keeping these names.
struct BundleView;

// ---- whose ----
// The organisation of a user-side address in one operator's catalog; kNoOrg when in none. noexcept,
// no allocation. `prefetch_user` may be called some tens of nanoseconds earlier for the same address.
void prefetch_user(const BundleView& bundle, OperatorId op, const IpAddress& address) noexcept;
OrgId find_user(const BundleView& bundle, OperatorId op, const IpAddress& address) noexcept;
// ---- what ----
// Categories of a canonical name: local override first, then the most specific listed suffix (whole
// labels). Empty set when nothing lists it.
model::CategorySet categorise(const BundleView& bundle, std::string_view name) noexcept;

}  // namespace sluice::lookup
