// Which worker serves which wire: all wires of one operator go to one worker, because a flow that
// moves between the main and the reserve wire keeps its state.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "rules/base/strong.h"

namespace sluice::io {

struct WireLoad {
    OperatorId operator_id;
    std::uint32_t committed_gbit = 1;
};

// The worker (0..workers-1) of each wire. Operators are dealt out by committed capacity, largest
// first, each to the worker that has least; equal ones in the order of the wires.
//   workers  at least 1.
std::vector<unsigned> spread_wires(std::span<const WireLoad> wires, unsigned workers);

// True when no operator's wires are served by two workers. `worker_of` is as long as `wires`.
bool operators_undivided(std::span<const WireLoad> wires, std::span<const unsigned> worker_of);

}  // namespace sluice::io
