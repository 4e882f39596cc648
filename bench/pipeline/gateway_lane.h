// The contender this bench is about: a whole worker between two ports in memory.
#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "bench/pipeline/catalog.h"
#include "bench/pipeline/memory_port.h"
#include "dataplane/pipeline/worker.h"

namespace sluice::bench {

// Time of the worker's own: a burst is 3.2 us (20 Mpps), so that runs can be repeated exactly. It
// ticks every 10 ms of it, as the data plane's loop does, and pays for that in its slots.
class GatewayLane {
  public:
    GatewayLane(std::uint32_t flows_max, const Catalog& catalog,
                MemoryPort::Frame frame = MemoryPort::Frame::udp);

    // Both ends of each flow speak once: all are established and judged. Returns the flows the
    // table took (1 in 1,500 finds all its groups full of flows in use).
    std::vector<Tuple> establish(const std::vector<Tuple>& flows);

    // About `packets` packets of these flows round and round, a burst from the users, a burst from
    // the remote ends. All must be forwarded and none may begin a flow.
    std::uint64_t forward(const std::vector<Tuple>& flows, std::uint64_t packets);
    // Each packet begins a flow, from the user. All must be forwarded.
    std::uint64_t begin_flows(NewTuples& tuples, std::uint64_t packets);
    // Time passes until no flow is left.
    void expire_all();

    const ipc::CounterBlock& counters() const { return worker_.counters(); }
    const char* code_path() const { return worker_.code_path(); }

  private:
    template <class NextTuple>
    void one_burst(pipeline::Side side, NextTuple&& next);

    pipeline::Worker worker_;
    MemoryPort port_;
    MemoryOutbox outbox_;
    Now now_;
    std::int64_t ticked_ns_ = 0;
    std::size_t at_ = 0;
};

}  // namespace sluice::bench
