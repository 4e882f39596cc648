#include "bench/pipeline/slots.h"

#include <time.h>

#include <algorithm>

#include "rules/base/assert.h"

namespace sluice::bench {
namespace {

std::int64_t thread_cpu_ns() {
    timespec t{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return t.tv_sec * 1'000'000'000 + t.tv_nsec;
}

double run_slot(const Contender& contender, const SlotPlan& plan) {
    if (contender.prepare) contender.prepare();
    std::uint64_t packets = 0;
    const std::int64_t began = thread_cpu_ns();
    std::int64_t took = 0;
    do {
        packets += contender.run(plan.step);
        took = thread_cpu_ns() - began;
    } while (took < plan.slot_ns && packets < plan.packets_max);
    return static_cast<double>(took) / static_cast<double>(packets);
}

}  // namespace

std::vector<Samples> interleave(const std::vector<Contender>& contenders, const SlotPlan& plan) {
    for (const Contender& contender : contenders)
        run_slot(contender, plan);
    std::vector<Samples> samples(contenders.size());
    for (unsigned round = 0; round < plan.rounds; ++round)
        for (std::size_t i = 0; i < contenders.size(); ++i)
            samples[i].push_back(run_slot(contenders[i], plan));
    return samples;
}

Spread spread_of(Samples samples) {
    SLUICE_ASSERT(!samples.empty());
    std::sort(samples.begin(), samples.end());
    return {samples[samples.size() / 2], samples.front(), samples.back()};
}

Spread ratio_of(const Samples& ours, const Samples& theirs) {
    Samples ratios;
    for (std::size_t i = 0; i < ours.size(); ++i)
        ratios.push_back(theirs[i] / ours[i]);
    return spread_of(std::move(ratios));
}

}  // namespace sluice::bench
