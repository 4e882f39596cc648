// Calendar days as people write them, for explanations: 2026-12-31.
#pragma once
#include <chrono>
#include <string>

#include "rules/base/time.h"

namespace sluice::lookup {

// The local day of an instant, `offset_minutes` east of UTC.
inline std::string local_day_text(UtcTime instant, std::int32_t offset_minutes) {
    const std::chrono::sys_seconds local{
        std::chrono::seconds(instant.raw() + std::int64_t{offset_minutes} * 60)};
    const std::chrono::year_month_day d{std::chrono::floor<std::chrono::days>(local)};
    const auto two = [](unsigned n) {
        return std::string(1, static_cast<char>('0' + n / 10)) + static_cast<char>('0' + n % 10);
    };
    return std::to_string(static_cast<int>(d.year())) + '-' +
           two(static_cast<unsigned>(d.month())) + '-' + two(static_cast<unsigned>(d.day()));
}

}  // namespace sluice::lookup
