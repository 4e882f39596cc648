// WorkerLoop: what one core does, over and over: take the newest bundle, receive, judge, send, keep
// time, answer a piece of a question, publish counters, rest when there is nothing to do.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "dataplane/handover/exception_path.h"
#include "dataplane/io/crossing.h"
#include "dataplane/io/dpdk_outbox.h"
#include "dataplane/io/settings.h"
#include "dataplane/io/supervisor.h"
#include "dataplane/io/tsc_clock.h"
#include "dataplane/io/worker_channel.h"
#include "dataplane/pipeline/worker.h"

namespace sluice::io {

class WorkerLoop {
  public:
    // One port as this worker uses it.
    struct PortUse {
        std::uint16_t eth_port = 0;
        std::optional<std::uint16_t> rx_queue, tx_queue;  // which of its queues are this worker's
        bool sends_for_others = false;                    // it has the port's only transmit queue
        bool restores_tags = false;
    };
    struct Wiring {
        unsigned worker = 0;             // which one this is
        std::span<const PortUse> ports;  // by port_of(wire, side)
        rte_mempool* pool = nullptr;
        IdleMode idle = IdleMode::spin;
        const Steering* steering = nullptr;
        const Mesh* mesh = nullptr;  // nullptr: the only worker
        MeterRow* meters = nullptr;
        std::span<WireSwitch> switches;  // by wire
        CaptureDesk::Slot* capture = nullptr;
        std::string broker_socket{};  // empty: nothing is handed over
        std::uint64_t process = 0;    // drawn at start, for the broker
    };
    // All outlive it. `channels` are all workers', by number.
    WorkerLoop(pipeline::Worker& worker, std::span<WorkerChannel> channels, ipc::CounterSlot& slot,
               const Wiring& wiring);

    // Until channel.stop. No allocation once the first bundle is in place, no lock; system calls
    // only to sleep.
    void run() noexcept;

  private:
    struct RxLine {
        std::uint16_t eth_port, queue;
        unsigned port;  // port_of(wire, side)
        bool restores_tags;
    };
    void connect(const Wiring& wiring);
    void take_bundle();
    void take_capture(Now now);
    unsigned receive(const RxLine& line, Now now) noexcept;
    unsigned restore_all_tags(std::span<rte_mbuf*> burst) noexcept;
    unsigned stop_drained(std::span<rte_mbuf*> burst, unsigned port, Passing passing) noexcept;
    void judge(std::span<rte_mbuf*> burst, unsigned port, Now now) noexcept;
    void count_drop(rte_mbuf* packet, model::DropReason why) noexcept;
    void keep_time(std::uint64_t tsc, Now now) noexcept;
    void take_names(Now now) noexcept;
    void connect_inspection(const Wiring& wiring);
    void take_crossed(std::span<rte_mbuf*> burst, unsigned port, Now now) noexcept;
    void answer(Now now) noexcept;
    void rest() const noexcept;

    pipeline::Worker& worker_;
    WorkerChannel& channel_;
    ipc::CounterSlot& slot_;
    IdleMode idle_;
    std::uint64_t tsc_hz_;
    TscClock clock_;
    DpdkOutbox outbox_;
    std::optional<Crossing> crossing_;
    std::optional<handover::ExceptionPath> exception_;
    std::vector<RxLine> lines_;  // queues this worker polls
    MeterRow& meters_;
    std::array<std::uint8_t, pipeline::kWiresMax * 2> meter_of_port_{};
    std::span<WireSwitch> switches_;
    const ActiveBundle* bundle_ = nullptr;
    std::array<OperatorId, pipeline::kWiresMax> operators_{};  // by wire
    unsigned number_;                                          // which worker this is
    CaptureDesk::Slot& capture_;
    CaptureSession* session_ = nullptr;
    std::optional<CaptureTap> tap_;
    std::uint64_t housekeeping_at_ = 0, resample_at_ = 0;  // TSC
    std::uint64_t turns_ = 0, turn_began_ = 0;             // turn_began_: TSC
    std::uint32_t empty_turns_ = 0;
};

}  // namespace sluice::io
