#include "bench/pipeline/side_by_side.h"

#include <sched.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <thread>

#include "bench/pipeline/gateway_lane.h"
#include "bench/pipeline/slots.h"

namespace sluice::bench {
namespace {

using Clock = std::chrono::steady_clock;

void bind_to(unsigned core) {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(core, &one);
    sched_setaffinity(0, sizeof one, &one);  // where there is no such core it runs on any
}

// Packets a second of `lanes` at the same time, a thread each.
double rate_of(std::vector<GatewayLane*> lanes, const std::vector<std::vector<Tuple>>& flows,
               double seconds) {
    std::atomic<unsigned> ready{0};
    std::atomic<bool> stop{false};
    std::atomic<std::uint64_t> packets{0};
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < lanes.size(); ++i)
        threads.emplace_back([&, i] {
            bind_to(i);
            std::uint64_t done = 0;
            for (++ready; ready != lanes.size();) {
            }
            while (!stop.load(std::memory_order_relaxed))
                done += lanes[i]->forward(flows[i], 65'536);
            packets += done;
        });
    const auto began = Clock::now();
    std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
    stop = true;
    for (std::thread& thread : threads)
        thread.join();
    const std::chrono::duration<double> took = Clock::now() - began;
    return static_cast<double>(packets) / took.count();
}

}  // namespace

SideBySide measure_side_by_side(const Catalog& catalog, std::uint32_t flows, unsigned rounds,
                                double seconds) {
    GatewayLane first(flows, catalog), second(flows, catalog);
    std::vector<std::vector<Tuple>> tuples;
    tuples.push_back(first.establish(random_flows(flows, catalog.users, 11)));
    tuples.push_back(second.establish(random_flows(flows, catalog.users, 12)));
    SideBySide result;
    rate_of({&first, &second}, tuples, seconds);  // warm
    for (unsigned round = 0; round < rounds; ++round) {
        result.alone.push_back(rate_of({&first}, tuples, seconds));
        result.together.push_back(rate_of({&first, &second}, tuples, seconds));
    }
    return result;
}

void print_side_by_side(std::uint32_t flows, const SideBySide& r) {
    const Spread alone = spread_of(r.alone), together = spread_of(r.together);
    const Spread times = ratio_of(r.alone, r.together);
    std::printf("\nTwo workers on two cores, %u flows each, by the wall clock\n", flows);
    std::printf("  one %.2f Mpps, two %.2f Mpps: %.2fx [%.2f .. %.2f]\n", alone.median / 1e6,
                together.median / 1e6, times.median, times.min, times.max);
}

}  // namespace sluice::bench
