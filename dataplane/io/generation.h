// Generations number the bundles a worker has judged by. Flows remember the low 16 bits, so a
// number must not come back while a flow that was judged under its last use may still carry it.
#pragma once
#include <cstdint>

#include "rules/base/time.h"

namespace sluice::io {

// 1, 2, ... 65535, 1, ...: 0 means "judged by no bundle".
constexpr std::uint16_t next_generation(std::uint16_t generation) {
    return generation == 0xffff ? std::uint16_t{1} : static_cast<std::uint16_t>(generation + 1);
}

// The expiry hand refreshes every flow's generation once in `sweep_ms`. When no two bundles follow
// each other faster than this, all 65,535 numbers last longer than two rounds of the hand.
constexpr std::int64_t bundle_spacing_ns(std::uint32_t sweep_ms) {
    return (2 * std::int64_t{sweep_ms} * kNsPerMs + 65'534) / 65'535;
}

}  // namespace sluice::io
