// Instants. Monotonic and calendar time are different types and never meet by accident. Nothing
// below the worker loop and the daemon reads a clock: `now` comes in as a parameter.
#pragma once
#include <cstdint>

#include "rules/base/strong.h"

namespace sluice {

// Nanoseconds since an unspecified start. Only differences mean anything.
using MonoTime = Strong<struct MonoTimeTag, std::int64_t>;
// Seconds since 1970-01-01T00:00:00Z.
using UtcTime = Strong<struct UtcTimeTag, std::int64_t>;

// Both clocks, read together once a burst.
struct Now {
    MonoTime mono;
    UtcTime utc;
};

constexpr std::int64_t kNsPerMs = 1'000'000;
constexpr std::int64_t kNsPerSecond = 1'000'000'000;

constexpr MonoTime after_ms(MonoTime t, std::int64_t ms) {
    return MonoTime{t.raw() + ms * kNsPerMs};
}
constexpr std::int64_t ms_between(MonoTime from, MonoTime to) {
    return (to.raw() - from.raw()) / kNsPerMs;
}

}  // namespace sluice
