#include "control/deadlines/clock_watch.h"

#include <sys/timex.h>

#include <cstdlib>

namespace sluice::control {
namespace {

constexpr const char* kNext = ": check the clock, then `sluicectl deadline release --clock`";

std::string seconds(std::int64_t s) { return std::to_string(s < 0 ? -s : s) + " s"; }

}  // namespace

void ClockWatch::restore(UtcTime last, std::string hold) {
    earlier_ = last;
    stepped_ = std::move(hold);
    hold_ = stepped_;
}

const std::string& ClockWatch::look(Now now, bool synchronised) {
    if (earlier_ && now.utc.raw() + kClockStepSecondsMax < earlier_->raw())
        stepped_ = "the clock is " + seconds(earlier_->raw() - now.utc.raw()) +
                   " before the last instant acted at" + kNext;
    earlier_.reset();
    if (!anchor_) anchor_ = now;
    const std::int64_t expected =
        anchor_->utc.raw() + (now.mono.raw() - anchor_->mono.raw()) / kNsPerSecond;
    const std::int64_t off = now.utc.raw() - expected;
    if (std::llabs(off) > kClockStepSecondsMax)
        stepped_ =
            "the clock was stepped by " + seconds(off) + (off < 0 ? " back" : " forward") + kNext;
    else if (stepped_.starts_with("the clock was stepped"))
        stepped_.clear();
    // Slow drift and small corrections are the clock's own business.
    if (std::llabs(off) <= kClockStepSecondsMax) anchor_ = now;
    hold_ = stepped_;
    if (hold_.empty() && must_sync_ && !synchronised)
        hold_ = "the kernel's clock is not synchronised: deadlines wait for NTP or PTP";
    return hold_;
}

void ClockWatch::release(Now now) {
    anchor_ = now;
    earlier_.reset();
    stepped_.clear();
    hold_.clear();
}

bool kernel_clock_synchronised() {
    timex state{};
    const int answer = adjtimex(&state);
    return answer >= 0 && answer != TIME_ERROR && (state.status & STA_UNSYNC) == 0;
}

}  // namespace sluice::control
