// Links, drains, commits, workers.
#include "dataplane/io/supervisor.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>

#include "dataplane/io/stack_trace.h"

namespace sluice::io {
namespace {

using ipc::Alarm;

constexpr std::uint64_t kBytesPerGbit = 125'000'000;

std::int64_t utc_now_ns() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

// Committed to an operator in each direction: its main wires, or, where it has none, all of them.
std::uint64_t operator_gbit(std::span<const WireFact> wires, OperatorId id) {
    std::uint64_t main = 0, all = 0;
    for (const WireFact& wire : wires) {
        if (wire.operator_id != id) continue;
        all += wire.committed_gbit;
        if (!wire.reserve) main += wire.committed_gbit;
    }
    return main != 0 ? main : all;
}

}  // namespace

unsigned meter_of(std::span<const WireFact> wires, unsigned port) {
    const OperatorId id = wires[port / 2].operator_id;
    unsigned first = 0;
    while (wires[first].operator_id != id)
        ++first;
    return first * 2 + port % 2;
}

Supervisor::Supervisor(const Wiring& wiring)
    : wiring_(wiring),
      wires_(wiring.settings.wires.size()),
      watches_(wiring.channels.size(), TurnWatch(wiring.settings.watchdog_ms)),
      offered_(wiring.ports.size()),
      judged_(wiring.channels.size()),
      shares_(wiring.channels.size()) {
    for (Offered& offered : offered_)
        offered.bytes.resize(wiring.channels.size());
}

void Supervisor::turn(std::int64_t now_ms, std::span<const WireFact> facts,
                      std::uint16_t generation) {
    generation_ = generation;
    if (!facts.empty()) deal_commits(facts);
    watch_workers(now_ms);
    watch_wires(now_ms, facts);
    take_rates(now_ms);
}

void Supervisor::deal_commits(std::span<const WireFact> facts) {
    const std::size_t workers = wiring_.channels.size();
    for (unsigned port = 0; port < wiring_.ports.size(); ++port) {
        const bool meters = meter_of(facts, port) == port;
        const std::uint64_t committed =
            meters && wiring_.settings.enforce_commit
                ? operator_gbit(facts, facts[port / 2].operator_id) * kBytesPerGbit
                : 0;
        std::vector<std::uint64_t> offered(workers);
        for (std::size_t w = 0; w < workers; ++w) {
            const std::uint64_t bytes = (*wiring_.meters[w])[port].counts().bytes;
            // A second's worth, so that it compares with the commit.
            offered[w] = (bytes - offered_[port].bytes[w]) * (1'000 / kPeriodMs);
            offered_[port].bytes[w] = bytes;
        }
        const std::vector<std::uint64_t> shares = deal_out(committed, offered);
        const std::uint64_t burst = std::max(
            kBurstBytesMin, committed / 1'000 * wiring_.settings.commit_burst_ms / workers);
        for (std::size_t w = 0; w < workers; ++w)
            (*wiring_.meters[w])[port].set_share(shares[w], burst);
    }
}

void Supervisor::watch_workers(std::int64_t now_ms) {
    for (unsigned w = 0; w < watches_.size(); ++w) {
        WorkerChannel& channel = wiring_.channels[w];
        const pid_t thread = channel.thread.load(std::memory_order_relaxed);
        if (thread == 0) continue;  // not running yet
        const bool stalled =
            watches_[w].stalled(channel.turns.load(std::memory_order_relaxed), now_ms);
        if (stalled == channel.stalled.load(std::memory_order_relaxed)) continue;
        channel.stalled.store(stalled, std::memory_order_relaxed);
        const std::string name = "worker " + std::to_string(w);
        tell(Alarm::worker_stalled, stalled, name);
        if (!stalled) {
            spdlog::warn("{} turns again", name);
            continue;
        }
        spdlog::critical("{} on CPU {} has not turned for {} ms; its stack follows if it runs",
                         name, wiring_.settings.worker_cpus[w], wiring_.settings.watchdog_ms);
        ask_for_stack(thread);
    }
}

void Supervisor::watch_wires(std::int64_t now_ms, std::span<const WireFact> facts) {
    for (std::size_t i = 0; i < wires_.size(); ++i) {
        WireState& wire = wires_[i];
        WireSample sample;
        sample.state = wire.state;
        for (unsigned side = 0; side < 2; ++side) {
            const ipc::WireRecord::Port port = wiring_.ports[i * 2 + side].record();
            sample.ports[side] = {port.link_up, port.full_duplex, port.speed_mbit, port.rx_packets};
        }
        if (!facts.empty()) {
            sample.committed_gbit = facts[i].committed_gbit;
            sample.reserve = facts[i].reserve;
            for (unsigned side = 0; side < 2; ++side)
                sample.red_packets +=
                    counts(meter_of(facts, static_cast<unsigned>(i * 2 + side))).red;
        }
        sample.drained_data = wiring_.switches[i].data.load(std::memory_order_relaxed);
        wire.monitor.sample(sample, now_ms);
        if (wire.state == ipc::WireState::draining && wire.monitor.quiet()) {
            wire.state = ipc::WireState::drained;
            spdlog::info("wire {} is drained: no data for {} ms", wiring_.settings.wires[i].id,
                         kQuietMs);
        }
        const std::uint32_t now = wire.monitor.alarms(), changed = now ^ wire.told;
        for (std::size_t a = 0; a < ipc::kAlarmCount; ++a) {
            const auto alarm = static_cast<Alarm>(a);
            if ((changed & bit_of(alarm)) != 0)
                tell(alarm, (now & bit_of(alarm)) != 0, wiring_.settings.wires[i].id);
        }
        wire.told = now;
    }
}

void Supervisor::take_rates(std::int64_t now_ms) {
    const std::int64_t passed = now_ms - second_ms_;
    if (passed < 1'000) return;
    const bool first = second_ms_ == 0;
    second_ms_ = now_ms;
    for (unsigned port = 0; port < offered_.size(); ++port) {
        Offered& offered = offered_[port];
        const std::uint64_t bytes = counts(port).bytes;
        if (!first)
            offered.bits_per_second =
                (bytes - offered.second_bytes) * 8'000 / static_cast<std::uint64_t>(passed);
        offered.second_bytes = bytes;
    }
    std::uint64_t total = 0;
    std::vector<std::uint64_t> now(judged_.size());
    for (unsigned w = 0; w < judged_.size(); ++w) {
        now[w] = wiring_.channels[w].judged.load(std::memory_order_relaxed);
        total += now[w] - judged_[w];
    }
    for (unsigned w = 0; w < judged_.size(); ++w)
        shares_[w] = total == 0 || first
                         ? 0
                         : static_cast<std::uint32_t>((now[w] - judged_[w]) * 1'000 / total);
    judged_ = now;
}

// The log has every one; sluiced gets it as an event, unless it does not read them.
void Supervisor::tell(Alarm alarm, bool raised, std::string_view of) {
    spdlog::warn("alarm {} of {} {}: {}", ipc::name_of(alarm), of, raised ? "begins" : "ends",
                 ipc::kAlarms[static_cast<std::size_t>(alarm)].text);
    ipc::Event event;
    event.kind = ipc::EventKind::alarm;
    event.utc_ns = utc_now_ns();
    event.generation = generation_;
    event.alarm = alarm;
    event.raised = raised;
    event.name_size = static_cast<std::uint8_t>(of.copy(event.name_bytes, sizeof event.name_bytes));
    static_cast<void>(wiring_.events.push(event));
}

std::size_t Supervisor::find(std::string_view wire) const {
    const auto& all = wiring_.settings.wires;
    return static_cast<std::size_t>(std::ranges::find(all, wire, &WireSettings::id) - all.begin());
}

bool Supervisor::drain(std::string_view wire, bool at_once) {
    const std::size_t i = find(wire);
    if (i == wires_.size()) return false;
    wiring_.switches[i].passing.store(at_once ? Passing::nothing : Passing::data,
                                      std::memory_order_relaxed);
    wires_[i].state = at_once ? ipc::WireState::drained : ipc::WireState::draining;
    if (at_once)  // where a driver cannot, routers find out by silence
        for (unsigned side = 0; side < 2; ++side)
            static_cast<void>(wiring_.ports[i * 2 + side].set_link(false));
    return true;
}

bool Supervisor::undrain(std::string_view wire) {
    const std::size_t i = find(wire);
    if (i == wires_.size()) return false;
    for (unsigned side = 0; side < 2; ++side)
        static_cast<void>(wiring_.ports[i * 2 + side].set_link(true));
    wiring_.switches[i].passing.store(Passing::all, std::memory_order_relaxed);
    wires_[i].state = ipc::WireState::in_use;
    return true;
}

CommitMeter::Counts Supervisor::counts(unsigned port) const {
    CommitMeter::Counts sum;
    for (const auto& row : wiring_.meters) {
        const CommitMeter::Counts one = (*row)[port].counts();
        sum.green += one.green;
        sum.yellow += one.yellow;
        sum.red += one.red;
        sum.bytes += one.bytes;
    }
    return sum;
}

ipc::MeterRecord Supervisor::meter_record(unsigned port) const {
    const CommitMeter::Counts sum = counts(port);
    return {sum.green, sum.yellow, sum.red, offered_[port].bits_per_second};
}

ipc::WireRecord Supervisor::record(std::size_t wire, std::span<const WireFact> facts) const {
    ipc::WireRecord record;
    const std::string& id = wiring_.settings.wires[wire].id;
    id.copy(record.id, sizeof(record.id) - 1);
    const WireState& state = wires_[wire];
    const auto user = static_cast<unsigned>(wire * 2);
    record.user = wiring_.ports[user].record();
    record.internet = wiring_.ports[user + 1].record();
    record.user.link_changes = state.monitor.link_changes(0);
    record.internet.link_changes = state.monitor.link_changes(1);
    record.state = state.state;
    record.alarms = state.monitor.alarms();
    record.drained_packets = wiring_.switches[wire].stopped.load(std::memory_order_relaxed);
    if (facts.empty()) return record;
    record.operator_id = facts[wire].operator_id;
    record.reserve = facts[wire].reserve;
    record.committed_gbit = facts[wire].committed_gbit;
    record.operator_gbit = operator_gbit(facts, facts[wire].operator_id);
    record.from_user = meter_record(meter_of(facts, user));
    record.to_user = meter_record(meter_of(facts, user + 1));
    return record;
}

std::uint64_t Supervisor::stalled_workers() const {
    std::uint64_t bits = 0;
    for (unsigned w = 0; w < wiring_.channels.size(); ++w)
        if (wiring_.channels[w].stalled.load(std::memory_order_relaxed))
            bits |= std::uint64_t{1} << w;
    return bits;
}

}  // namespace sluice::io
