// Alarms of a wire.
#include "dataplane/io/wire_monitor.h"

#include <algorithm>

namespace sluice::io {

using ipc::Alarm;
using ipc::bit_of;

bool WireMonitor::degraded(const WireSample& sample) {
    return std::ranges::any_of(sample.ports, [&](const WireSample::Port& port) {
        const bool slow =
            port.speed_mbit != 0 && port.speed_mbit < std::uint64_t{sample.committed_gbit} * 1'000;
        return port.link_up && (!port.full_duplex || slow);
    });
}

void WireMonitor::count_changes(const WireSample& sample, std::int64_t now_ms) {
    for (unsigned side = 0; side < 2; ++side) {
        if (sample.ports[side].link_up == last_.ports[side].link_up) continue;
        ++changes_[side];
        changed_ms_.push_back(now_ms);
        if (changed_ms_.size() > kFlapsMin) changed_ms_.pop_front();
    }
}

void WireMonitor::sample(const WireSample& sample, std::int64_t now_ms) {
    if (!seen_) {
        last_ = sample;
        heard_ms_ = data_ms_ = now_ms;
        seen_ = true;
    }
    count_changes(sample, now_ms);
    while (!changed_ms_.empty() && now_ms - changed_ms_.front() >= kFlapWindowMs)
        changed_ms_.pop_front();
    const auto rx = [](const WireSample& s) {
        return s.ports[0].rx_packets + s.ports[1].rx_packets;
    };
    const bool both_up = sample.ports[0].link_up && sample.ports[1].link_up;
    if (rx(sample) != rx(last_) || !both_up) heard_ms_ = now_ms;
    if (sample.red_packets != last_.red_packets) {
        red_ms_ = now_ms;
        red_ever_ = true;
    }
    if (sample.drained_data != last_.drained_data || sample.state != last_.state) data_ms_ = now_ms;
    quiet_ = now_ms - data_ms_ >= kQuietMs;

    const bool in_use = sample.state == ipc::WireState::in_use;
    alarms_ = 0;
    const auto raise = [&](Alarm alarm, bool when) {
        if (when) alarms_ |= bit_of(alarm);
    };
    raise(Alarm::link_down, in_use && !both_up);
    raise(Alarm::link_flapping, in_use && changed_ms_.size() >= kFlapsMin);
    raise(Alarm::link_degraded, in_use && degraded(sample));
    raise(Alarm::over_commit, red_ever_ && now_ms - red_ms_ < kAfterglowMs);
    raise(Alarm::no_traffic, in_use && !sample.reserve && now_ms - heard_ms_ >= kSilentMs);
    raise(Alarm::drained, !in_use);
    last_ = sample;
}

}  // namespace sluice::io
