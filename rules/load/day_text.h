// Calendar days as text, and the local day of an instant.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "rules/base/time.h"
#include "rules/model/policy.h"

namespace sluice::load {

// "2026-11-21" exactly (ISO 8601, years 1970..9999); nothing for other text or for days that do
// not exist, as 2026-02-29.
std::optional<model::Day> parse_day(std::string_view text);
std::string to_text(model::Day day);

// The local day at `now` where clocks are `utc_offset_minutes` ahead of UTC.
model::Day local_day(UtcTime now, std::int32_t utc_offset_minutes);

}  // namespace sluice::load
