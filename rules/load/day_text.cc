#include "rules/load/day_text.h"

#include <charconv>
#include <cstdio>

namespace sluice::load {

std::optional<model::Day> parse_day(std::string_view text) {
    if (text.size() != 10) return std::nullopt;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool dash = i == 4 || i == 7;
        if (dash ? text[i] != '-' : text[i] < '0' || text[i] > '9') return std::nullopt;
    }
    const auto number = [&](std::size_t at, std::size_t size) {
        int value = 0;
        std::from_chars(text.data() + at, text.data() + at + size, value);
        return value;
    };
    const std::chrono::year_month_day date{std::chrono::year{number(0, 4)},
                                           std::chrono::month{static_cast<unsigned>(number(5, 2))},
                                           std::chrono::day{static_cast<unsigned>(number(8, 2))}};
    if (!date.ok() || number(0, 4) < 1970) return std::nullopt;
    return model::Day{date};
}

std::string to_text(model::Day day) {
    const std::chrono::year_month_day date{day};
    char text[32];
    std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
    return text;
}

model::Day local_day(UtcTime now, std::int32_t utc_offset_minutes) {
    const std::chrono::seconds local{now.raw() + std::int64_t{utc_offset_minutes} * 60};
    return model::Day{std::chrono::floor<std::chrono::days>(local)};
}

}  // namespace sluice::load
