// Does it hold? Packets arrive by the wall clock, at a share of what the worker was just measured
// to carry, into a ring of 4,096 slots. What does not fit is lost, as in a card: a pause of the
// worker longer than the ring shows as loss. Only as good as the machine is quiet; run it as root,
// it asks for a real-time priority.
#pragma once
#include <cstdint>
#include <string>

#include "bench/pipeline/catalog.h"

namespace sluice::bench {

struct PacedPlan {
    double seconds = 10;
    double share = 0.7;             // of the capacity
    std::uint32_t flows = 100'000;  // established
    std::uint32_t flows_max = 1'000'000;
    std::uint32_t ring_slots = 4'096;  // descriptors of a card
};

struct PacedResult {
    double capacity = 0, offered = 0;  // [packets/s]
    std::uint64_t packets = 0, lost = 0;
    double longest_turn_us = 0;  // between two looks at the ring
    std::uint64_t events = 0;    // bundles swapped, or flows begun by the flood
    std::uint64_t memory_before = 0, memory_after = 0;  // of the process [bytes]
};

// A whole bundle is loaded by another thread and put in place every second; every flow is judged
// again by it.
PacedResult hold_through_swaps(const Catalog& catalog, const PacedPlan& plan);

// Every second burst is of SYNs of flows never seen before.
PacedResult hold_through_a_flood(const Catalog& catalog, const PacedPlan& plan);

void print_paced(const std::string& title, const char* events, const PacedPlan& plan,
                 const PacedResult& result);

}  // namespace sluice::bench
