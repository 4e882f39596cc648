#include "control/store/time_text.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>

namespace sluice::control {
namespace {

std::string date_and_time(std::int64_t seconds) {
    const std::time_t when = static_cast<std::time_t>(seconds);
    std::tm parts{};
    if (!gmtime_r(&when, &parts)) return "0000-00-00T00:00:00";
    char text[48];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
    return text;
}

}  // namespace

std::string rfc3339(UtcTime t) { return date_and_time(t.raw()) + "Z"; }

std::string rfc3339_ms(std::int64_t utc_ns) {
    std::int64_t seconds = utc_ns / kNsPerSecond;
    std::int64_t rest = utc_ns % kNsPerSecond;
    if (rest < 0) {
        rest += kNsPerSecond;
        --seconds;
    }
    char text[16];
    std::snprintf(text, sizeof text, ".%03dZ", static_cast<int>(rest / kNsPerMs));
    return date_and_time(seconds) + text;
}

std::optional<UtcTime> parse_rfc3339(std::string_view text) {
    constexpr std::string_view kForm = "0000-00-00T00:00:00", kMilliseconds = ".000";
    if (!text.ends_with('Z')) return std::nullopt;
    text.remove_suffix(1);
    const auto has_form = [](std::string_view t, std::string_view form) {
        return t.size() == form.size() &&
               std::equal(t.begin(), t.end(), form.begin(),
                          [](char c, char f) { return f == '0' ? c >= '0' && c <= '9' : c == f; });
    };
    if (!has_form(text.substr(0, kForm.size()), kForm) ||
        (text.size() != kForm.size() && !has_form(text.substr(kForm.size()), kMilliseconds)))
        return std::nullopt;
    const auto number = [&](std::size_t at, std::size_t digits) {
        unsigned n = 0;
        for (std::size_t i = at; i < at + digits; ++i)
            n = n * 10 + static_cast<unsigned>(text[i] - '0');
        return n;
    };
    const std::chrono::year_month_day day{std::chrono::year(static_cast<int>(number(0, 4))),
                                          std::chrono::month(number(5, 2)),
                                          std::chrono::day(number(8, 2))};
    const unsigned hour = number(11, 2), minute = number(14, 2), second = number(17, 2);
    if (!day.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
    const std::int64_t days = std::chrono::sys_days(day).time_since_epoch().count();
    return UtcTime{((days * 24 + hour) * 60 + minute) * 60 + second};
}

}  // namespace sluice::control
