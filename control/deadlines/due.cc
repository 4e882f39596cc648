#include "control/deadlines/due.h"

#include <algorithm>
#include <charconv>

namespace sluice::control {
namespace {

using std::chrono::days;

constexpr std::string_view kUnitWords[] = {"wd", "cd", "h", "wh", "y"};

Due ending(const Counting& c, Day first, Day last) {
    Due due{c.calendar.start_of(last + days{1}), last, false};
    for (Day day = first; day <= last && !due.provisional; day += days{1})
        due.provisional = c.calendar.is_provisional(day);
    return due;
}

Day working_day_after(const Counting& c, Day day, std::uint32_t count) {
    while (count > 0) {
        day += days{1};
        count -= c.calendar.is_working(day, c.week);
    }
    return day;
}

Day working_day_before(const Counting& c, Day day, std::uint32_t count) {
    while (count > 0) {
        day -= days{1};
        count -= c.calendar.is_working(day, c.week);
    }
    return day;
}

Due after_working_hours(const Counting& c, UtcTime start, std::uint32_t hours) {
    std::int64_t left = std::int64_t{hours} * 3'600;
    const Day first = c.calendar.local_day(start);
    for (Day day = first;; day += days{1}) {
        if (!c.calendar.is_working(day, c.week)) continue;
        const std::int64_t midnight = c.calendar.start_of(day).raw();
        const std::int64_t opens = std::max(midnight + c.hours.from * 60, start.raw());
        const std::int64_t closes = midnight + c.hours.until * 60;
        if (closes <= opens) continue;
        if (closes - opens >= left) {
            Due due = ending(c, first, day);
            due.at = UtcTime{opens + left};
            return due;
        }
        left -= closes - opens;
    }
}

}  // namespace

std::optional<Span> parse_span(std::string_view text) {
    Span span;
    const auto number = std::from_chars(text.data(), text.data() + text.size(), span.count);
    if (number.ec != std::errc{} || span.count == 0 || span.count > kSpanMax) return std::nullopt;
    std::string_view rest = text.substr(static_cast<std::size_t>(number.ptr - text.data()));
    if (!rest.starts_with(' ')) return std::nullopt;
    rest.remove_prefix(1);
    const auto word = std::find(std::begin(kUnitWords), std::end(kUnitWords), rest);
    if (word == std::end(kUnitWords)) return std::nullopt;
    span.unit = static_cast<Unit>(word - std::begin(kUnitWords));
    return span;
}

std::string to_text(const Span& span) {
    return std::to_string(span.count) + " " +
           std::string(kUnitWords[static_cast<std::size_t>(span.unit)]);
}

Day years_later(Day day, unsigned years) {
    std::chrono::year_month_day date{day};
    date += std::chrono::years{years};
    return date.ok() ? Day{date} : Day{date.year() / date.month() / std::chrono::last};
}

Due due_at_end_of(const Counting& c, Day last) { return ending(c, last, last); }

Due due_after(const Counting& c, UtcTime start, Span span) {
    const Day event = c.calendar.local_day(start);
    switch (span.unit) {
        case Unit::working_days:
            return ending(c, event, working_day_after(c, event, span.count));
        case Unit::calendar_days:
            return due_at_end_of(c, event + days{span.count});
        case Unit::years:
            return due_at_end_of(c, years_later(event, span.count));
        case Unit::working_hours:
            return after_working_hours(c, start, span.count);
        case Unit::hours:
            break;
    }
    const UtcTime at{start.raw() + std::int64_t{span.count} * 3'600};
    return {at, c.calendar.local_day(at), false};
}

UtcTime remind_at(const Counting& c, const Due& due, Span before, UtcTime start) {
    std::int64_t at = due.at.raw();
    if (before.unit == Unit::working_days)
        at = c.calendar.start_of(working_day_before(c, due.last, before.count)).raw();
    else if (before.unit == Unit::calendar_days)
        at = c.calendar.start_of(due.last - days{before.count}).raw();
    else
        at -= std::int64_t{before.count} * 3'600;
    return UtcTime{std::max(at, start.raw())};
}

}  // namespace sluice::control
