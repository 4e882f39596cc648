// Outbox: where a worker puts what it is done with. The owner of the ports (io/, replay, a test)
// transmits, frees and counts what could not be sent.
#pragma once
#include <rte_mbuf.h>

#include <array>
#include <cstdint>

#include "rules/model/drop_mark.h"

namespace sluice::pipeline {

using WireId = std::uint8_t;
inline constexpr unsigned kWiresMax = 16;
enum class Side : std::uint8_t { user = 0, internet = 1 };
constexpr Side other(Side s) { return s == Side::user ? Side::internet : Side::user; }
// Ports are numbered wire * 2 + side.
constexpr unsigned port_of(WireId wire, Side side) {
    return wire * 2u + static_cast<unsigned>(side);
}

inline constexpr unsigned kOutboxSlots = 256;

class Outbox {
  public:
    struct Lane {
        std::uint16_t count = 0;
        std::array<rte_mbuf*, kOutboxSlots> packets;
    };

    virtual ~Outbox() = default;

    // A received packet leaves by `port`.
    void forward(unsigned port, rte_mbuf* packet) { put(forwarded_[port], port, packet); }
    // A packet Sluice made leaves by `port`.
    void send_own(unsigned port, rte_mbuf* packet) { put(own_[port], port, packet); }
    // A received packet is dropped (already counted): for this reason, or for its flow's verdict. The
    // reason stays with it, in a field that nobody reads any more, for captures.
    void drop(rte_mbuf* packet, model::DropReason why) {
        packet->hash.usr = model::drop_mark(why);
        put(dropped_, kDropLane, packet);
    }
    void drop_blocked(rte_mbuf* packet) {
        packet->hash.usr = model::kNoDropMark;
        put(dropped_, kDropLane, packet);
    }
    // An empty buffer for a packet of our own; nullptr when there is none.
    virtual rte_mbuf* allocate() noexcept = 0;

  protected:
    static constexpr unsigned kDropLane = ~0u;
    // A lane is full: transmit (or free) all lanes and set their counts to 0.
    virtual void flush() noexcept = 0;

    std::array<Lane, kWiresMax * 2> forwarded_, own_;
    Lane dropped_;

  private:
    void put(Lane& lane, unsigned, rte_mbuf* packet) {
        if (lane.count == kOutboxSlots) [[unlikely]]
            flush();
        lane.packets[lane.count++] = packet;
    }
};

}  // namespace sluice::pipeline
