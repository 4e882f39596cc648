// Packets and names between workers.
#include "dataplane/io/crossing.h"

#include <rte_ethdev.h>
#include <rte_prefetch.h>
#include <rte_ring_elem.h>

#include <algorithm>
#include <cstring>

namespace sluice::io {

Crossing::Crossing(const Mesh& mesh, const Steering& steering, unsigned self,
                   std::span<const WorkerChannel> channels, ipc::CounterBlock& counters)
    : mesh_(mesh),
      steering_(steering),
      self_(self),
      channels_(channels),
      counters_(counters),
      heaps_(mesh.workers()) {}

void Crossing::send_for_others(unsigned port, std::uint16_t eth_port) {
    Line line;
    line.port = port;
    line.eth_port = eth_port;
    lines_.push_back(line);
}

unsigned Crossing::keep_own(std::span<rte_mbuf*> burst, unsigned port, model::FailMode mode,
                            pipeline::Outbox& out) noexcept {
    for (rte_mbuf* packet : burst)
        rte_prefetch0(rte_pktmbuf_mtod(packet, const void*));
    unsigned kept = 0;
    bool any_other = false;
    for (rte_mbuf* packet : burst) {
        const Bytes frame{rte_pktmbuf_mtod(packet, const std::uint8_t*), packet->data_len};
        const unsigned to = steering_.worker_of(frame, packet->pkt_len, self_);
        if (to == self_) {
            burst[kept++] = packet;
            continue;
        }
        any_other = true;
        packet->port = static_cast<std::uint16_t>(port);
        heaps_[to].packets[heaps_[to].count++] = packet;
    }
    if (!any_other) return kept;
    for (unsigned to = 0; to < heaps_.size(); ++to)
        if (heaps_[to].count > 0) hand_on(to, heaps_[to], port, mode, out);
    return kept;
}

void Crossing::hand_on(unsigned to, Heap& heap, unsigned port, model::FailMode mode,
                       pipeline::Outbox& out) noexcept {
    if (channels_[to].stalled.load(std::memory_order_relaxed)) [[unlikely]] {
        for (unsigned i = 0; i < heap.count; ++i)
            leave_unjudged(heap.packets[i], port, mode, out);
        heap.count = 0;
        return;
    }
    const unsigned taken = rte_ring_sp_enqueue_burst(mesh_.packets(self_, to),
                                                     reinterpret_cast<void**>(heap.packets.data()),
                                                     heap.count, nullptr);
    counters_.steered += taken;
    // Counted as received by the worker that judges them; these nobody will.
    for (unsigned i = taken; i < heap.count; ++i) {
        ++counters_.rx;
        counters_.rx_bytes += heap.packets[i]->pkt_len;
        counters_.drop(model::DropReason::steer_full);
        out.drop(heap.packets[i], model::DropReason::steer_full);
    }
    heap.count = 0;
}

bool Crossing::hand_on(rte_mbuf* packet, unsigned to, std::uint16_t mark) noexcept {
    packet->port = mark;
    return rte_ring_sp_enqueue(mesh_.packets(self_, to), packet) == 0;
}

void Crossing::leave_unjudged(rte_mbuf* packet, unsigned port, model::FailMode mode,
                              pipeline::Outbox& out) noexcept {
    constexpr auto kCase = static_cast<std::size_t>(model::FailCase::worker_stalled);
    ++counters_.rx;
    counters_.rx_bytes += packet->pkt_len;
    if (mode == model::FailMode::open) {
        ++counters_.fail_open[kCase];
        ++counters_.forwarded;
        counters_.forwarded_bytes += packet->pkt_len;
        return out.forward(port ^ 1u, packet);
    }
    ++counters_.fail_closed[kCase];
    counters_.drop(model::DropReason::worker_gone);
    out.drop(packet, model::DropReason::worker_gone);
}

void Crossing::send_left() noexcept {
    for (Line& line : lines_) {
        for (unsigned from = 0; from < mesh_.workers() && line.count < line.waiting.size();
             ++from) {
            rte_ring* ring = mesh_.leaving(from, line.port);
            if (ring == nullptr) continue;
            const unsigned room = static_cast<unsigned>(line.waiting.size()) - line.count;
            line.count += rte_ring_sc_dequeue_burst(
                ring, reinterpret_cast<void**>(line.waiting.data() + line.count),
                std::min(room, 32u), nullptr);
        }
        if (line.count == 0) continue;
        const unsigned sent = rte_eth_tx_burst(line.eth_port, 0, line.waiting.data(),
                                               static_cast<std::uint16_t>(line.count));
        std::copy(line.waiting.begin() + sent, line.waiting.begin() + line.count,
                  line.waiting.begin());
        line.count -= sent;
    }
}

void Crossing::tell_name(std::uint8_t operator_id, const IpAddress& address, std::string_view name,
                         std::uint32_t ttl_s) noexcept {
    LearntName learnt;
    learnt.address = address;
    learnt.ttl_s = ttl_s;
    learnt.operator_id = operator_id;
    learnt.size = static_cast<std::uint8_t>(std::min(name.size(), sizeof learnt.text));
    std::memcpy(learnt.text, name.data(), learnt.size);
    for (unsigned to = 0; to < mesh_.workers(); ++to)
        if (to != self_ &&
            rte_ring_sp_enqueue_elem(mesh_.names(self_, to), &learnt, sizeof learnt) != 0)
            ++counters_.dns_untold;
}

}  // namespace sluice::io
