// Conditions of an event, and the dates its deadlines get.
#pragma once
#include "control/lifecycle/step.h"

namespace sluice::control {

// Why the guard does not hold for `c` (with the fields it will have); empty when it holds.
std::string why_not(const Guard& guard, const Case& c, UtcTime at, const Counting& counting);

// A deadline of `rule` that begins at `start`; nothing when it ends with a field the case does not
// have.
std::optional<Deadline> deadline_of(const DeadlineRule& rule, const Case& c, UtcTime start,
                                    const Counting& counting);

// The texts of a notice about `c`, in all languages: {field}, {case}, {ground}, {due:ID} filled in.
Notice notice_of(const NoticeRule& rule, const Case& c, const std::string& ground,
                 const Calendar& calendar);

}  // namespace sluice::control
