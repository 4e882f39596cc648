// Calendar files (rules/data/calendars/*.yaml): people write them from published decrees, so every
// mistake is told with its place, and the days of each year are summed up as a check.
#pragma once
#include <memory>
#include <string_view>

#include "control/deadlines/calendar.h"
#include "rules/load/report.h"

namespace sluice::control {

// Null: the errors are in `report`. Codes besides those of rules/load: calendar_gap (years must
// follow each other), calendar_day (a day outside its year, or off that is no working day),
// calendar_sum (the days do not add up), no_offset.
std::shared_ptr<const Calendar> read_calendar(std::string_view text, std::uint32_t file,
                                              load::Report& report);

}  // namespace sluice::control
