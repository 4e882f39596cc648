// Worker: everything one core does with packets, from a received burst to what leaves. No EAL
// state: the same object runs on DPDK ports, in `sluicectl replay`, in tests and in the bench.
#pragma once
#include <rte_mbuf.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "dataplane/flow/flow_table.h"
#include "dataplane/pipeline/outbox.h"
#include "dataplane/wire/link.h"
#include "rules/base/time.h"
#include "rules/ipc/counters.h"
#include "rules/ipc/event.h"
#include "rules/ipc/evidence.h"
#include "rules/ipc/flow_record.h"
#include "rules/ipc/handover.h"
#include "rules/ipc/query.h"
#include "rules/lookup/bundle_view.h"

namespace sluice::pipeline {

// Everything is sized here, before the first packet. Memory of a worker: flows_max x 82.9 B +
// cold_max x ~0.4 KiB + small_buffers x 2 KiB + large_buffers x 20 KiB + names_max x ~0.3 KiB + ...
struct WorkerLimits {
    std::uint32_t flows_max = 1'000'000;
    std::uint32_t cold_max = 65'536;       // flows being classified, held or blocked at a time
    std::uint32_t small_buffers = 16'384;  // first bytes up to 2 KiB
    std::uint32_t large_buffers = 1'024;   // first bytes up to 20 KiB
    std::uint32_t names_max = 65'536;      // distinct names of live flows
    std::uint32_t dns_addresses_max = 65'536;
    std::uint32_t fragments_max = 4'096;     // fragmented datagrams at a time
    std::uint32_t held_packets_max = 8'192;  // packets held at a time, all flows
    std::uint32_t held_per_flow_max = 64;    // of those one flow's: 16 KiB in 536-byte segments fit
    std::uint32_t hold_stalled_ms = 100;     // contiguous, but nothing more comes
    std::uint32_t hold_hole_ms = 1'000;      // waiting for a retransmission
    // New flows a second an organisation may begin before each must come twice; 0 = no limit.
    std::uint32_t new_flows_per_organisation = 0;
    std::uint32_t sweep_ms = 4'000;  // the expiry hand goes once round in this time
    flow::FlowTimeouts timeouts;
};

struct WireInfo {
    OperatorId operator_id;
    wire::Link link = wire::Link::ethernet;
    bool check_spoofing = true;  // replay has no sides, so nothing can come in on the wrong one
};

// What a worker needs from outside. All outlive it.
struct WorkerDeps {
    flow::HashKey hash_key;
    ipc::EventRing* events = nullptr;  // may be absent: events are then counted as lost
    std::uint8_t worker_id = 0;
    ipc::EvidenceRing* evidence = nullptr;  // as `events`
};

class Inspector;

// How a packet that the kernel sends in a flow's name leaves: by which port, in which link header.
// The bytes are valid until the worker is given its next packet.
struct Egress {
    unsigned port = 0;  // port_of(wire, side)
    Bytes link;
};

class Worker {
  public:
    Worker(const WorkerLimits& limits, const WorkerDeps& deps);
    ~Worker();

    // At start, before the first burst on that wire.
    void set_wire(WireId wire, const WireInfo& info);
    // At a burst's edge. `bundle` must stay valid until another one is set; generation is never 0.
    // Flows are judged again as their packets come, and by the expiry hand.
    void set_bundle(const lookup::BundleView* bundle, std::uint16_t generation);

    // One burst (1..kBurstMax packets) received on `side` of `wire`. Takes ownership of all
    // packets: each is forwarded, dropped or held. A bundle has been set before the first one.
    void run_burst(std::span<rte_mbuf*> burst, WireId wire, Side side, Now now,
                   Outbox& out) noexcept;
    // Between bursts, at least every 10 ms: hold deadlines and the expiry hand. Bounded work.
    void tick(Now now, Outbox& out) noexcept;

    const ipc::CounterBlock& counters() const noexcept;
    ipc::CounterBlock& counters() noexcept;  // the port owner adds tx failures and cycles

    // Reads by the same thread, between bursts.
    // Copies flows that pass `filter` from groups [cursor, cursor + groups) into `out`; returns how
    // many, stops early when `out` is full, and moves `cursor` on (0 after the last group).
    std::size_t scan(std::uint64_t& cursor, std::uint32_t groups, const ipc::FlowFilter& filter,
                     Now now, std::span<ipc::FlowRecord> out) const noexcept;
    std::optional<ipc::FlowRecord> find(const ipc::FlowTuple& tuple, Now now) const noexcept;
    // Called with the last state of every flow that leaves the table (replay); nullptr = nobody.
    using FlowEnded = void (*)(void* context, const ipc::FlowRecord& record);
    void on_flow_ended(FlowEnded callback, void* context);

    // Called with every name a resolver's answer gave an address, so that workers can tell each
    // other: the answer's flow and the flows it names may be different workers'. nullptr = nobody.
    // A name at kNoAddress is the public name of encrypted ClientHellos (HTTPS records).
    using NameLearnt = void (*)(void* context, std::uint8_t operator_id, const IpAddress& address,
                                std::string_view name, std::uint32_t ttl_s) noexcept;
    void on_name_learnt(NameLearnt callback, void* context);
    // What another worker learnt.
    void learn_name(std::uint8_t operator_id, const IpAddress& address, std::string_view name,
                    std::uint32_t ttl_s, Now now) noexcept;

    // ---- handing over (design section 5); all between bursts ----
    // Whom flows to be inspected are handed to; it outlives the worker, or is taken away again.
    // `reference_base`: flows are numbered upwards from it, differently in every process.
    void set_inspector(Inspector* inspector, std::uint64_t reference_base);
    // What the broker answers: the flow is in sockets, what it held goes to them; or it is not, and
    // the fail table decides; or its sockets are closed.
    void taken(const ipc::HandoverFlow& flow, Now now, Outbox& out) noexcept;
    void not_taken(const ipc::HandoverFlow& flow, Now now, Outbox& out) noexcept;
    void handed_ended(const ipc::HandoverFlow& flow, Now now, Outbox& out) noexcept;
    // A flow that sockets have already, or will have. False: there is such a flow, or no room.
    bool adopt(const ipc::HandoverFlow& flow, Now now, Outbox& out) noexcept;
    // Where a TCP packet that the kernel sends goes (`from_to`: its source as user, its destination
    // as remote); nothing when no flow handed over has sent it. `bytes` are counted for the flow.
    std::optional<Egress> egress_of(const ipc::FlowTuple& from_to, std::uint32_t bytes, Now now,
                                    Outbox& out) noexcept;

    std::size_t memory_bytes() const noexcept;
    const char* code_path() const noexcept;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace sluice::pipeline
