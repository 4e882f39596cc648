// Two workers on two cores against one: they share nothing but the bundle and the memory bus.
#pragma once
#include <cstdint>
#include <vector>

#include "bench/pipeline/catalog.h"

namespace sluice::bench {

struct SideBySide {
    std::vector<double> alone, together;  // [packets/s] of wall time, all workers, by round
};

// Each worker has `flows` flows of its own and is bound to its core. Turns of `seconds` each.
SideBySide measure_side_by_side(const Catalog& catalog, std::uint32_t flows, unsigned rounds,
                                double seconds);
void print_side_by_side(std::uint32_t flows, const SideBySide& result);

}  // namespace sluice::bench
