#include "control/store/time_text.h"

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

}  // namespace sluice::control
