#include "control/lifecycle/guards.h"

#include <algorithm>
#include <charconv>

#include "rules/load/day_text.h"

namespace sluice::control {
namespace {

std::string_view first_of(const Case& c, std::string_view field) {
    const auto at = c.fields.find(field);
    return at == c.fields.end() || at->second.empty() ? std::string_view()
                                                      : std::string_view(at->second.front());
}

std::uint64_t number_in(const Case& c, std::string_view field) {
    const std::string_view text = first_of(c, field);
    std::uint64_t n = 0;
    std::from_chars(text.data(), text.data() + text.size(), n);
    return n;
}

// As the paragraph says "not later than 10 days before the end": the day itself still counts.
std::string time_left(const Guard& g, const Case& c, UtcTime at, const Counting& counting) {
    const Deadline* d = c.deadline(g.field);
    if (d == nullptr) return "the deadline \"" + g.field + "\" does not run";
    const Due due{d->due, counting.calendar.local_day(UtcTime{d->due.raw() - 1}), false};
    const UtcTime latest = remind_at(counting, due, g.span, UtcTime{});
    const UtcTime closes =
        counting.calendar.start_of(counting.calendar.local_day(latest) + std::chrono::days{1});
    if (at < closes) return {};
    return "it was possible until " + load::to_text(counting.calendar.local_day(latest)) + ", " +
           to_text(g.span) + " before the end";
}

std::string time_passed(const Guard& g, const Case& c, UtcTime at, const Counting& counting) {
    const Due over = due_after(counting, c.entered, g.span);
    if (at >= over.at) return {};
    return "it is possible after " + load::to_text(over.last) + ", " + to_text(g.span) +
           " after the decision";
}

std::string valid_at_most(const Guard& g, const Case& c) {
    const auto from = load::parse_day(first_of(c, "valid_from"));
    const auto until = load::parse_day(first_of(c, "valid_until"));
    if (!from || !until) return "valid_from and valid_until must be given";
    if (*until < *from) return "valid_until is before valid_from";
    // A calendar year from 5 March ends with 4 March.
    const Day last = g.span.unit == Unit::years
                         ? years_later(*from, g.span.count) - std::chrono::days{1}
                         : *from + std::chrono::days{g.span.count - 1};
    if (*until <= last) return {};
    return "it may be open for " + to_text(g.span) + ", until " + load::to_text(last);
}

std::string due_text(const Case& c, std::string_view id, const Calendar& calendar) {
    const Deadline* d = c.deadline(id);
    if (d == nullptr) return "-";
    // Due at midnight means: until the end of the day before.
    const std::string day = load::to_text(calendar.local_day(UtcTime{d->due.raw() - 1}));
    return d->provisional ? day + " (*)" : day;
}

std::string value_of(std::string_view word, const Case& c, const std::string& ground,
                     const Calendar& calendar) {
    if (word == "case") return c.id;
    if (word == "ground") return ground;
    if (word.starts_with("due:")) return due_text(c, word.substr(4), calendar);
    const auto at = c.fields.find(word);
    if (at == c.fields.end()) return "-";
    std::string all;
    for (const std::string& value : at->second)
        all += (all.empty() ? "" : ", ") + value;
    return all;
}

std::string filled(const std::string& text, const Case& c, const std::string& ground,
                   const Calendar& calendar) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t open = text.find('{', at);
        const std::size_t close = open == std::string::npos ? open : text.find('}', open);
        if (close == std::string::npos) return out + text.substr(at);
        out += text.substr(at, open - at);
        out += value_of(std::string_view(text).substr(open + 1, close - open - 1), c, ground,
                        calendar);
        at = close + 1;
    }
    return out;
}

std::string recipient_of(Party to, const Case& c) {
    if (to == Party::operators) return std::string(first_of(c, "operator"));
    if (to == Party::user) return std::string(first_of(c, "organisation"));
    return {};
}

}  // namespace

std::string why_not(const Guard& g, const Case& c, UtcTime at, const Counting& counting) {
    switch (g.kind) {
        case Guard::Kind::field_is:
            if (first_of(c, g.field) == g.word) return {};
            return g.field + " is not \"" + g.word + "\"";
        case Guard::Kind::field_set:
            return first_of(c, g.field).empty() ? g.field + " is not given" : std::string();
        case Guard::Kind::number_at_most:
            if (number_in(c, g.field) <= g.number) return {};
            return g.field + " is above " + std::to_string(g.number);
        case Guard::Kind::number_above:
            if (number_in(c, g.field) > g.number) return {};
            return g.field + " is not above " + std::to_string(g.number);
        case Guard::Kind::time_left:
            return time_left(g, c, at, counting);
        case Guard::Kind::time_passed:
            return time_passed(g, c, at, counting);
        case Guard::Kind::valid_at_most:
            return valid_at_most(g, c);
    }
    return {};
}

std::optional<Deadline> deadline_of(const DeadlineRule& rule, const Case& c, UtcTime start,
                                    const Counting& counting) {
    Due due;
    if (rule.after) {
        due = due_after(counting, start, *rule.after);
    } else {
        const auto day = load::parse_day(first_of(c, rule.at_field));
        if (!day) return std::nullopt;
        due = due_at_end_of(counting, *day);
    }
    Deadline d;
    d.id = rule.id;
    d.start = start;
    d.due = due.at;
    d.calendar = counting.calendar.id() + " " + counting.calendar.version();
    d.provisional = due.provisional;
    for (const Span& before : rule.remind)
        d.remind.push_back(remind_at(counting, due, before, start));
    return d;
}

Notice notice_of(const NoticeRule& rule, const Case& c, const std::string& ground,
                 const Calendar& calendar) {
    Notice notice;
    notice.rule = rule.id;
    notice.to = rule.to;
    notice.recipient = recipient_of(rule.to, c);
    for (std::size_t i = 0; i < kLanguageCount; ++i)
        notice.text[i] = filled(rule.text[i], c, ground, calendar);
    return notice;
}

}  // namespace sluice::control
