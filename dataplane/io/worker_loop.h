// WorkerLoop: what one core does, over and over: take the newest bundle, receive, judge, send, keep
// time, answer a piece of a question, publish counters, rest when there is nothing to do.
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "dataplane/io/dpdk_outbox.h"
#include "dataplane/io/settings.h"
#include "dataplane/io/tsc_clock.h"
#include "dataplane/io/worker_channel.h"
#include "dataplane/pipeline/worker.h"

namespace sluice::io {

class WorkerLoop {
  public:
    struct Wiring {
        unsigned worker = 0;                       // which one this is
        std::span<const std::uint16_t> eth_ports;  // by port_of(wire, side)
        rte_mempool* pool = nullptr;
        IdleMode idle = IdleMode::spin;
    };
    // All outlive it.
    WorkerLoop(pipeline::Worker& worker, WorkerChannel& channel, ipc::CounterSlot& slot,
               const Wiring& wiring);

    // Until channel.stop. No allocation once the first bundle is in place, no lock; system calls
    // only to sleep.
    void run() noexcept;

  private:
    struct RxLine {
        std::uint16_t eth_port;
        pipeline::WireId wire;
        pipeline::Side side;
    };
    void take_bundle();
    void serve_first_bundle(const ActiveBundle& bundle);
    unsigned receive(const RxLine& line, Now now) noexcept;
    void keep_time(std::uint64_t tsc, Now now) noexcept;
    void answer(Now now) noexcept;
    void rest() const noexcept;

    pipeline::Worker& worker_;
    WorkerChannel& channel_;
    ipc::CounterSlot& slot_;
    Wiring wiring_;
    std::uint64_t tsc_hz_;
    TscClock clock_;
    DpdkOutbox outbox_;
    std::vector<RxLine> lines_;  // ports this worker polls; empty until the first bundle
    const ActiveBundle* bundle_ = nullptr;
    std::uint64_t housekeeping_at_ = 0, resample_at_ = 0;  // TSC
    std::uint32_t empty_turns_ = 0;
};

}  // namespace sluice::io
