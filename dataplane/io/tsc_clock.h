// TscClock: time from the processor's cycle counter. A worker asks for `now` once a burst and looks
// at the real clocks only every few milliseconds, to correct the rate and to follow the calendar.
#pragma once
#include <algorithm>
#include <cstdint>

#include "rules/base/time.h"

namespace sluice::io {

// The three clocks, read as close together as possible.
struct ClockSample {
    std::uint64_t tsc = 0;
    std::int64_t mono_ns = 0;  // CLOCK_MONOTONIC
    std::int64_t utc_ns = 0;   // CLOCK_REALTIME
};

class TscClock {
  public:
    // `tsc_hz` is a first estimate of the counter's rate; resample() finds the real one.
    TscClock(std::uint64_t tsc_hz, const ClockSample& first)
        : first_(first), base_(first), ns_per_cycle_(scaled(kNsPerSecond, tsc_hz)) {}

    // Monotonic time never goes back, whatever the samples say; calendar time follows
    // CLOCK_REALTIME, back too. A counter that reads less than at the last sample counts as equal
    // to it.
    Now at(std::uint64_t tsc) const noexcept {
        const std::int64_t passed = since_base(tsc);
        return {MonoTime{base_.mono_ns + passed}, UtcTime{(base_.utc_ns + passed) / kNsPerSecond}};
    }

    void resample(const ClockSample& sample) noexcept {
        const std::int64_t floor = base_.mono_ns + since_base(sample.tsc);
        const std::int64_t real_ns = sample.mono_ns - first_.mono_ns;
        if (real_ns >= kRateAfterNs && sample.tsc > first_.tsc)
            ns_per_cycle_ = scaled(real_ns, sample.tsc - first_.tsc);
        base_ = sample;
        base_.mono_ns = std::max(sample.mono_ns, floor);
    }

  private:
    static constexpr std::int64_t kRateAfterNs = 5 * kNsPerMs;  // shorter spans measure noise

    // Nanoseconds a cycle, times 2^32.
    static std::uint64_t scaled(std::int64_t ns, std::uint64_t cycles) {
        __extension__ using Wide = unsigned __int128;
        return static_cast<std::uint64_t>((static_cast<Wide>(ns) << 32) / cycles);
    }
    std::int64_t since_base(std::uint64_t tsc) const noexcept {
        __extension__ using Wide = unsigned __int128;
        if (tsc <= base_.tsc) return 0;
        return static_cast<std::int64_t>((static_cast<Wide>(tsc - base_.tsc) * ns_per_cycle_) >>
                                         32);
    }

    ClockSample first_, base_;
    std::uint64_t ns_per_cycle_;
};

}  // namespace sluice::io
