// Supervisor: what the control thread looks after ten times a second, beside answering questions:
// links and their alarms, drains, shares of the commits, and whether every worker turns.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "dataplane/io/bundle.h"
#include "dataplane/io/commit_meter.h"
#include "dataplane/io/port.h"
#include "dataplane/io/settings.h"
#include "dataplane/io/wire_monitor.h"
#include "dataplane/io/wire_switch.h"
#include "dataplane/io/worker_channel.h"
#include "rules/ipc/event.h"

namespace sluice::io {

// The meters of one worker, by port_of(wire, side). An operator's wires share those of its first
// wire.
using MeterRow = std::array<CommitMeter, pipeline::kWiresMax * 2>;
// The port whose meter counts what comes in by `port`.
unsigned meter_of(std::span<const WireFact> wires, unsigned port);

class Supervisor {
  public:
    static constexpr int kPeriodMs = 100;

    // All outlive it.
    struct Wiring {
        const Settings& settings;
        std::span<Port> ports;
        std::span<WorkerChannel> channels;
        std::span<const std::unique_ptr<MeterRow>> meters;  // by worker
        std::span<WireSwitch> switches;                     // by wire
        ipc::EventRing& events;
    };
    explicit Supervisor(const Wiring& wiring);

    // About every kPeriodMs. `facts`: of the wires, by the bundle in force; empty before the first.
    void turn(std::int64_t now_ms, std::span<const WireFact> facts, std::uint16_t generation);

    // False when there is no such wire.
    bool drain(std::string_view wire, bool at_once);
    bool undrain(std::string_view wire);

    ipc::WireRecord record(std::size_t wire, std::span<const WireFact> facts) const;
    std::uint64_t stalled_workers() const;  // bit n: worker n
    // Of what all workers judged in the last second, this one's part; 0 when there was nothing.
    std::uint32_t share_permille(unsigned worker) const { return shares_[worker]; }

  private:
    struct WireState {
        WireMonitor monitor;
        ipc::WireState state = ipc::WireState::in_use;
        std::uint32_t told = 0;  // alarms told to sluiced
    };
    struct Offered {
        std::vector<std::uint64_t> bytes;  // by worker, at the last turn
        std::uint64_t second_bytes = 0;    // all workers, at the last whole second
        std::uint64_t bits_per_second = 0;
    };
    std::size_t find(std::string_view wire) const;
    void deal_commits(std::span<const WireFact> facts);
    void watch_wires(std::int64_t now_ms, std::span<const WireFact> facts);
    void watch_workers(std::int64_t now_ms);
    void take_rates(std::int64_t now_ms);
    void tell(ipc::Alarm alarm, bool raised, std::string_view of);
    CommitMeter::Counts counts(unsigned port) const;
    ipc::MeterRecord meter_record(unsigned port) const;

    Wiring wiring_;
    std::vector<WireState> wires_;
    std::vector<TurnWatch> watches_;  // by worker
    std::vector<Offered> offered_;    // by port
    std::vector<std::uint64_t> judged_;
    std::vector<std::uint32_t> shares_;
    std::int64_t second_ms_ = 0;
    std::uint16_t generation_ = 0;
};

}  // namespace sluice::io
