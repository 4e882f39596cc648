#include "bench/pipeline/traffic.h"

#include <algorithm>

namespace sluice::bench {

std::vector<Tuple> random_flows(std::uint32_t count, std::span<const std::uint32_t> users,
                                std::uint64_t seed) {
    NewTuples tuples(users);
    std::vector<Tuple> flows(count);
    for (Tuple& flow : flows)
        flow = tuples.next();
    std::shuffle(flows.begin(), flows.end(), std::mt19937_64(seed));
    return flows;
}

}  // namespace sluice::bench
