// Crossing: one worker's ends of the mesh. Hands on packets whose flow another worker has, takes
// those of its own that others received, sends for others where it has a port's only transmit
// queue, and tells the others what resolvers' answers taught it.
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "dataplane/flow/flow_table.h"
#include "dataplane/io/mesh.h"
#include "dataplane/io/steering.h"
#include "dataplane/io/worker_channel.h"
#include "dataplane/pipeline/outbox.h"
#include "rules/ipc/counters.h"
#include "rules/model/fail_table.h"

namespace sluice::io {

class Crossing {
  public:
    // All outlive it.
    Crossing(const Mesh& mesh, const Steering& steering, unsigned self,
             std::span<const WorkerChannel> channels, ipc::CounterBlock& counters);

    // Before packets come: this worker sends for the others what leaves by `port`.
    void send_for_others(unsigned port, std::uint16_t eth_port);

    // Of a burst that came in by `port`, keeps what is this worker's, in order, at the front, and
    // hands on the rest.
    //   mode     what to do with packets of a worker that has stalled.
    //   returns  how many stay.
    unsigned keep_own(std::span<rte_mbuf*> burst, unsigned port, model::FailMode mode,
                      pipeline::Outbox& out) noexcept;

    // Packets of this worker's that others received; at most one burst of each. `judge` gets runs
    // of one port: (packets, port).
    template <class Judge>
    unsigned take(Judge&& judge) noexcept {
        unsigned taken = 0;
        for (unsigned from = 0; from < mesh_.workers(); ++from) {
            if (from == self_) continue;
            std::array<rte_mbuf*, flow::kBurstMax> burst;
            const unsigned count = rte_ring_sc_dequeue_burst(mesh_.packets(from, self_),
                                                             reinterpret_cast<void**>(burst.data()),
                                                             flow::kBurstMax, nullptr);
            for (unsigned at = 0; at < count;) {
                unsigned end = at + 1;
                while (end < count && burst[end]->port == burst[at]->port)
                    ++end;
                judge(std::span(burst.data() + at, end - at), unsigned{burst[at]->port});
                at = end;
            }
            taken += count;
        }
        return taken;
    }
    // A packet of the kernel's for a flow of another worker's; `mark` takes the place of its port.
    // False: no room.
    bool hand_on(rte_mbuf* packet, unsigned to, std::uint16_t mark) noexcept;
    // Sends what others left for this worker's ports. What a device does not take waits, then the
    // rings fill, and the others count it.
    void send_left() noexcept;

    void tell_name(std::uint8_t operator_id, const IpAddress& address, std::string_view name,
                   std::uint32_t ttl_s) noexcept;
    // What the others learnt; `learn` gets each LearntName.
    template <class Learn>
    void take_names(Learn&& learn) noexcept {
        for (unsigned from = 0; from < mesh_.workers(); ++from) {
            if (from == self_) continue;
            LearntName name;
            for (unsigned i = 0; i < Mesh::kNameSlots; ++i) {
                if (rte_ring_sc_dequeue_elem(mesh_.names(from, self_), &name, sizeof name) != 0)
                    break;
                learn(name);
            }
        }
    }

  private:
    struct Heap {
        unsigned count = 0;
        std::array<rte_mbuf*, flow::kBurstMax> packets;
    };
    struct Line {
        unsigned port = 0;
        std::uint16_t eth_port = 0;
        unsigned count = 0;
        std::array<rte_mbuf*, kWaitingMax> waiting;
    };
    void hand_on(unsigned to, Heap& heap, unsigned port, model::FailMode mode,
                 pipeline::Outbox& out) noexcept;
    void leave_unjudged(rte_mbuf* packet, unsigned port, model::FailMode mode,
                        pipeline::Outbox& out) noexcept;

    const Mesh& mesh_;
    const Steering& steering_;
    unsigned self_;
    std::span<const WorkerChannel> channels_;
    ipc::CounterBlock& counters_;
    std::vector<Heap> heaps_;  // by worker
    std::vector<Line> lines_;
};

}  // namespace sluice::io
