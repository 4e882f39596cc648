// Mesh: the rings between workers. Each has one writer and one reader, so packets of a flow stay in
// order; each is bounded, and what does not fit is the writer's to count.
//
//   packets   to the worker that has the flow; mbuf->port is port_of(wire, side) it came in by
//   leaving   to the worker that has the one transmit queue of a port
//   names     what a resolver's answer taught one worker, to all others
#pragma once
#include <rte_mbuf.h>
#include <rte_ring.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "rules/base/ip.h"
#include "rules/base/result.h"

namespace sluice::io {

// A name an address was given by a resolver, for the other workers.
struct LearntName {
    IpAddress address;
    std::uint32_t ttl_s = 0;
    std::uint8_t operator_id = 0;
    std::uint8_t size = 0;
    char text[254] = {};
};
static_assert(sizeof(LearntName) % 4 == 0);

// Packets in the hands of a worker that sends for others, of each port.
inline constexpr unsigned kWaitingMax = 64;

class Mesh {
  public:
    // Slots of a ring of packets between two of `workers`: what one worker may owe all others is
    // the same however many they are.
    static constexpr unsigned packet_slots(unsigned workers) {
        return workers <= 3 ? 1'024 : workers <= 9 ? 256 : 64;
    }
    static constexpr unsigned kNameSlots = 64;
    // Memory of create(), and the packet buffers that may wait in rings.
    static std::uint64_t memory_bytes(unsigned workers, unsigned ports);
    static std::uint32_t packets_max(unsigned workers, unsigned ports);

    // `homes`: the worker with the transmit queue of each port that has only one; -1 for others.
    //   returns  an error in words: no memory.
    static Result<Mesh, std::string> create(unsigned workers, std::span<const int> homes,
                                            std::span<const int> node_of_worker);
    Mesh(Mesh&& from) noexcept = default;
    Mesh& operator=(Mesh&&) = delete;
    ~Mesh();

    rte_ring* packets(unsigned from, unsigned to) const { return packets_[from * workers_ + to]; }
    rte_ring* names(unsigned from, unsigned to) const { return names_[from * workers_ + to]; }
    // nullptr when `from` is the port's home, or every worker has a queue of its own there.
    rte_ring* leaving(unsigned from, unsigned port) const {
        return leaving_[port * workers_ + from];
    }
    unsigned workers() const { return workers_; }

  private:
    Mesh() = default;
    static rte_ring* make(std::vector<rte_ring*>& all, unsigned element_bytes, unsigned slots,
                          int node);
    unsigned workers_ = 0;
    std::vector<rte_ring*> all_, packets_, names_, leaving_;
};

}  // namespace sluice::io
