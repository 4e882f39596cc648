// Whether the calendar clock may be believed. A deadline acted on by a wrong clock blocks early, so
// a clock that was stepped, went back over a restart or is not synchronised holds all deadlines.
#pragma once
#include <optional>
#include <string>

#include "rules/base/time.h"

namespace sluice::control {

inline constexpr std::int64_t kClockStepSecondsMax = 300;

class ClockWatch {
  public:
    // `must_sync`: hold while the kernel says that its clock is not synchronised (adjtimex(2)).
    explicit ClockWatch(bool must_sync) : must_sync_(must_sync) {}

    // What an earlier process left: the latest instant it acted at, and its hold, if any.
    void restore(UtcTime last, std::string hold);
    // Compares the two clocks with the time before, kClockStepSecondsMax apart is a step. The
    // reason to hold, or empty. A step is remembered until release(), or until the clock is back
    // where it would have been; missing synchronisation holds while it lasts.
    const std::string& look(Now now, bool synchronised);
    // A person says that the clock is right now.
    void release(Now now);
    const std::string& hold() const { return hold_; }

  private:
    bool must_sync_;
    std::optional<Now> anchor_;
    std::optional<UtcTime> earlier_;  // of the process before, until the first look
    std::string stepped_, hold_;
};

// What the kernel says: adjtimex(2), STA_UNSYNC.
bool kernel_clock_synchronised();

}  // namespace sluice::control
