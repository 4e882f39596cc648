// simulate: years of random events over the life cycles of an installation, in memory, with a
// seeded clock; what must always hold is checked after each step. For those who write a life cycle,
// and for the tests.
#pragma once
#include "control/lifecycle/read_life_cycle.h"

namespace sluice::control {

struct SimulationPlan {
    unsigned cases = 1'000;
    unsigned days = 3 * 365;
    std::uint64_t seed = 1;
    int first_year = 2024;       // the first day is 1 January of it
    unsigned events_a_case = 8;  // of people, spread over the days at random
};

struct SimulationResult {
    std::uint64_t opened = 0, events = 0, refused = 0, fired = 0, reminders = 0, closed = 0;
    std::vector<std::string> broken;  // what did not hold; at most 20 sentences
};

// Cost: about 10 us an event.
SimulationResult simulate(const LifeCycleSet& set, const SimulationPlan& plan);

}  // namespace sluice::control
