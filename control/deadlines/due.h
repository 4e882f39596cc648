// Deadline arithmetic: a span of the rules ("5 wd") after an event becomes the instant at which it
// is over. The day of the event is not counted; a span of days ends with the local day. Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "control/deadlines/calendar.h"

namespace sluice::control {

enum class Unit : std::uint8_t {
    working_days,   // wd
    calendar_days,  // cd
    hours,          // h: exact, also over midnight
    working_hours,  // wh: within `WorkingHours` of working days
    years,          // y: to the same date of a later year
};

struct Span {
    Unit unit = Unit::working_days;
    std::uint32_t count = 0;
    friend bool operator==(const Span&, const Span&) = default;
};
inline constexpr std::uint32_t kSpanMax = 4'000;

// "5 wd", "30 cd", "24 h", "24 wh", "1 y"; a count of 1..kSpanMax. Nothing for any other text.
std::optional<Span> parse_span(std::string_view text);
std::string to_text(const Span& span);

// Minutes of the local day, [from, until).
struct WorkingHours {
    std::uint16_t from = 9 * 60, until = 18 * 60;
};

struct Counting {
    const Calendar& calendar;
    Week week = Week::five_day;
    WorkingHours hours{};
};

struct Due {
    UtcTime at;                // over from this instant on
    Day last{};                // the last local day within the span
    bool provisional = false;  // a day that was counted may still change
};

// The end of `span` after an event at `start`.
//   wd     the n-th working day after the day of the event, at its end
//   cd     the n-th day after the day of the event, at its end, worked or not
//   h      n x 3600 s later
//   wh     n hours within the working hours of working days
//   y      at the end of the same date n years later (29 February -> 28 February)
// Cost: one step a day counted.
Due due_after(const Counting& counting, UtcTime start, Span span);
// The end of the local day `last`: what a date in a request means.
Due due_at_end_of(const Counting& counting, Day last);
// The beginning of the local day that lies `before` (days or hours) before the last day: when to
// remind. Never before `start`.
UtcTime remind_at(const Counting& counting, const Due& due, Span before, UtcTime start);

// The same date `years` later; 29 February becomes 28 February.
Day years_later(Day day, unsigned years);

}  // namespace sluice::control
