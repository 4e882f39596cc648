// Transmits lanes through DPDK queues.
#include "dataplane/io/dpdk_outbox.h"

#include <rte_ethdev.h>

namespace sluice::io {

void DpdkOutbox::connect(unsigned port, std::uint16_t eth_port, std::uint16_t queue) {
    lines_.push_back({port, eth_port, queue, nullptr});
}

void DpdkOutbox::connect(unsigned port, rte_ring* ring) { lines_.push_back({port, 0, 0, ring}); }

std::uint16_t DpdkOutbox::send(const Line& line, Lane& lane) noexcept {
    if (line.ring != nullptr)
        return static_cast<std::uint16_t>(rte_ring_sp_enqueue_burst(
            line.ring, reinterpret_cast<void**>(lane.packets.data()), lane.count, nullptr));
    std::uint16_t sent = 0;
    while (sent < lane.count) {
        const std::uint16_t taken =
            rte_eth_tx_burst(line.eth_port, line.queue, lane.packets.data() + sent,
                             static_cast<std::uint16_t>(lane.count - sent));
        if (taken == 0) break;
        sent = static_cast<std::uint16_t>(sent + taken);
    }
    return sent;
}

void DpdkOutbox::free_from(Lane& lane, std::uint16_t first) noexcept {
    if (first < lane.count)
        rte_pktmbuf_free_bulk(lane.packets.data() + first, lane.count - unsigned{first});
    lane.count = 0;
}

void DpdkOutbox::show_all() noexcept {
    const auto show = [&](const Lane& lane, unsigned port, ipc::CaptureFate fate) {
        tap_->look(std::span(lane.packets.data(), lane.count), port, fate);
    };
    for (const Line& line : lines_) {
        show(forwarded_[line.port], line.port, ipc::CaptureFate::forwarded);
        show(own_[line.port], line.port, ipc::CaptureFate::own);
    }
    show(dropped_, 0, ipc::CaptureFate::dropped);
}

void DpdkOutbox::flush() noexcept {
    if (tap_ != nullptr) [[unlikely]]
        show_all();
    for (const Line& line : lines_) {
        Lane& received = forwarded_[line.port];
        if (received.count == 0 && own_[line.port].count == 0) continue;
        const std::uint16_t sent = send(line, received);
        for (std::uint16_t i = sent; i < received.count; ++i) {
            --counters_.forwarded;
            counters_.forwarded_bytes -= received.packets[i]->pkt_len;
            counters_.drop(model::DropReason::tx_full);
        }
        free_from(received, sent);
        Lane& made = own_[line.port];
        free_from(made, send(line, made));
    }
    free_from(dropped_, 0);
}

}  // namespace sluice::io
