// WireMonitor: what the control thread makes of one wire's links, looked at ten times a second:
// changes, alarms, and when a draining wire is quiet. Pure: time and samples come from outside.
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>

#include "rules/ipc/event.h"
#include "rules/ipc/query.h"

namespace sluice::io {

inline constexpr std::int64_t kFlapWindowMs = 60'000;
inline constexpr unsigned kFlapsMin = 3;           // changes within the window
inline constexpr std::int64_t kSilentMs = 10'000;  // without a packet: no_traffic
inline constexpr std::int64_t kAfterglowMs =
    10'000;                                      // over_commit ends so long after the last drop
inline constexpr std::int64_t kQuietMs = 2'000;  // without data: a draining wire is drained

struct WireSample {
    struct Port {
        bool link_up = false, full_duplex = false;
        std::uint32_t speed_mbit = 0;  // 0 = not known
        std::uint64_t rx_packets = 0;
    };
    std::array<Port, 2> ports;         // user, internet
    std::uint32_t committed_gbit = 0;  // 0 = not known yet
    bool reserve = false;
    std::uint64_t red_packets = 0;   // dropped beyond the commit, since start
    std::uint64_t drained_data = 0;  // data packets passed while draining, since start
    ipc::WireState state = ipc::WireState::in_use;
};

class WireMonitor {
  public:
    void sample(const WireSample& sample, std::int64_t now_ms);

    std::uint32_t alarms() const { return alarms_; }  // bit_of(ipc::Alarm)
    std::uint32_t link_changes(unsigned side) const { return changes_[side]; }
    // No data has passed for kQuietMs; meaningful while draining.
    bool quiet() const { return quiet_; }

  private:
    static bool degraded(const WireSample& sample);
    void count_changes(const WireSample& sample, std::int64_t now_ms);

    bool seen_ = false;
    WireSample last_;
    std::array<std::uint32_t, 2> changes_{};
    std::deque<std::int64_t> changed_ms_;  // within the window; at most kFlapsMin of them
    std::int64_t heard_ms_ = 0, red_ms_ = 0, data_ms_ = 0;
    bool red_ever_ = false, quiet_ = false;
    std::uint32_t alarms_ = 0;
};

// Watchdog: whether a worker turns. One that has not for `limit_ms` is stalled. A pause between two
// looks counts for no more than kLookMaxMs: it was then not the worker alone that stood still, but
// this process or the machine.
class TurnWatch {
  public:
    static constexpr std::int64_t kLookMaxMs = 250;

    explicit TurnWatch(std::int64_t limit_ms) : limit_ms_(limit_ms) {}
    // `turns`: the worker's count. True while it is stalled.
    bool stalled(std::uint64_t turns, std::int64_t now_ms) {
        if (!seen_ || turns != turns_)
            silent_ms_ = 0;
        else
            silent_ms_ += std::min(now_ms - looked_ms_, kLookMaxMs);
        seen_ = true;
        turns_ = turns;
        looked_ms_ = now_ms;
        return silent_ms_ >= limit_ms_;
    }

  private:
    std::int64_t limit_ms_;
    bool seen_ = false;
    std::uint64_t turns_ = 0;
    std::int64_t looked_ms_ = 0, silent_ms_ = 0;
};

}  // namespace sluice::io
