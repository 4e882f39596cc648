// DpdkOutbox: sends what a worker has decided on, by a transmit queue of its own or, where a port
// has only one, through a ring to the worker that has it. What is not taken is freed; received
// packets are then counted as dropped instead of forwarded, so that the sum still holds.
#pragma once
#include <rte_ring.h>

#include <array>
#include <cstdint>
#include <vector>

#include "dataplane/io/capture.h"
#include "dataplane/pipeline/outbox.h"
#include "rules/ipc/counters.h"

namespace sluice::io {

class DpdkOutbox final : public pipeline::Outbox {
  public:
    // Both outlive it.
    DpdkOutbox(rte_mempool* pool, ipc::CounterBlock& counters) : pool_(pool), counters_(counters) {}

    // Before packets come: what is sent by `port` (port_of(wire, side)) leaves by a queue of a
    // device, or by a ring.
    void connect(unsigned port, std::uint16_t eth_port, std::uint16_t queue);
    void connect(unsigned port, rte_ring* ring);

    // From here on `tap` sees what leaves; nullptr = nobody does.
    void show_to(CaptureTap* tap) { tap_ = tap; }

    // After each burst and tick: sends and frees everything that waits.
    void transmit() noexcept { flush(); }

    rte_mbuf* allocate() noexcept override { return rte_pktmbuf_alloc(pool_); }

  protected:
    void flush() noexcept override;

  private:
    struct Line {
        unsigned port;
        std::uint16_t eth_port, queue;
        rte_ring* ring;  // instead of the queue, when there is one
    };
    // How many of the lane were sent; the lane still holds all.
    static std::uint16_t send(const Line& line, Lane& lane) noexcept;
    void show_all() noexcept;
    static void free_from(Lane& lane, std::uint16_t first) noexcept;

    rte_mempool* pool_;
    ipc::CounterBlock& counters_;
    std::vector<Line> lines_;
    CaptureTap* tap_ = nullptr;
};

}  // namespace sluice::io
