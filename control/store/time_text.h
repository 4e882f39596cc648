// Instants as people and programs read them: RFC 3339, UTC.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "rules/base/time.h"

namespace sluice::control {

// "2026-03-02T10:14:07Z"
std::string rfc3339(UtcTime t);
// With milliseconds, of nanoseconds since 1970.
std::string rfc3339_ms(std::int64_t utc_ns);
// Both forms back, milliseconds dropped; nothing for any other text.
std::optional<UtcTime> parse_rfc3339(std::string_view text);

}  // namespace sluice::control
