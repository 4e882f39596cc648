// Contenders take turns: a slot each, round after round, in one process. A busy neighbour, a
// throttled clock or a moved thread then hits all of them, and ratios inside a round still mean
// something where absolute numbers do not.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace sluice::bench {

struct Contender {
    std::string name;
    // Works for about `packets` packets (or lookups), checks its own answers, returns how many.
    std::function<std::uint64_t(std::uint64_t packets)> run;
    // Between slots, outside the clock: makes room again. May be empty.
    std::function<void()> prepare = {};
};

struct SlotPlan {
    unsigned rounds = 9;
    std::int64_t slot_ns = 120'000'000;  // of this thread's CPU time
    std::uint64_t step = 16'384;         // packets between two looks at the clock
    std::uint64_t packets_max = ~0ull;   // a slot also ends here
};

// ns of thread CPU time a packet, by round.
using Samples = std::vector<double>;

// One unmeasured slot each, then `rounds` rounds.
std::vector<Samples> interleave(const std::vector<Contender>& contenders, const SlotPlan& plan);

struct Spread {
    double median = 0, min = 0, max = 0;
};
Spread spread_of(Samples samples);
// How many times as fast `ours` is as `theirs`, round by round.
Spread ratio_of(const Samples& ours, const Samples& theirs);

}  // namespace sluice::bench
