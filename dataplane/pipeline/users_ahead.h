// UsersAhead: whose the flows are that begin in a burst, asked a few flows ahead of their turn.
//
//   flow k's turn:   k+12 index line ──► k+8 blocks ──► k+4 organisation found, its row asked for
//
// A catalog of 1 M prefixes is two or three lines of memory a flow, one after the other, and then
// the organisation's row. Asked for all at once they are waited for, because a core has only some
// dozen lines under way and the flow table's lines are before them; asked for between the flows
// they come while other flows are judged: a new SYN 125 instead of 179 ns (bench/README.md).
#pragma once
#include <array>

#include "dataplane/pipeline/core.h"

namespace sluice::pipeline {

using BurstPackets = std::array<Packet, flow::kBurstMax>;

class UsersAhead {
  public:
    void clear() noexcept { count_ = steps_ = 0; }
    // Packet number `at` of the burst begins a flow, as far as is known; in ascending order.
    void add(std::size_t at) noexcept { flows_[count_++] = static_cast<std::uint8_t>(at); }
    bool empty() const noexcept { return count_ == 0; }

    // All are added: asks for the first ones.
    void start(const lookup::BundleView& bundle, BurstPackets& packets) noexcept;
    // It is packet number `at`'s turn. Those added have their organisation afterwards, up to it.
    void reach(const lookup::BundleView& bundle, BurstPackets& packets, std::size_t at) noexcept;

  private:
    // One more flow at each distance.
    void step(const lookup::BundleView& bundle, BurstPackets& packets) noexcept;

    // Between one look at a flow and the next, in flows: some 80 ns of work each, for a wait of
    // 100 to 300 ns.
    static constexpr unsigned kApart = 4;

    std::array<std::uint8_t, flow::kBurstMax> flows_;
    unsigned count_ = 0;
    unsigned steps_ = 0;  // flow s - 1 has its index line asked for after s steps
};

}  // namespace sluice::pipeline
