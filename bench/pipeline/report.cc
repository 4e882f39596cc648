#include "bench/pipeline/report.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>

namespace sluice::bench {
namespace {

std::string cpu_model() {
    std::ifstream in("/proc/cpuinfo");
    for (std::string line; std::getline(in, line);)
        if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
    return "unknown CPU";
}

}  // namespace

void print_machine(const char* code_path, bool huge_pages, const SlotPlan& plan) {
    double load[1] = {0};
    getloadavg(load, 1);
    std::printf("%s · code path %s · %s pages · load average %.1f\n", cpu_model().c_str(),
                code_path, huge_pages ? "2 MiB" : "4 KiB", load[0]);
    std::printf(
        "One core, thread CPU time, median of %u slots of %lld ms taken in turns; ratios "
        "inside a round [least .. most]\n",
        plan.rounds, static_cast<long long>(plan.slot_ns / 1'000'000));
}

void print_group(const std::string& title, const char* unit,
                 const std::vector<Contender>& contenders, const std::vector<Samples>& samples) {
    std::printf("\n%-44s %8s %8s   %s\n", title.c_str(), unit, "ns", "Sluice is");
    const Samples& ours = samples.back();
    for (std::size_t i = 0; i < contenders.size(); ++i) {
        const Spread ns = spread_of(samples[i]);
        std::printf("  %-42s %8.2f %8.1f", contenders[i].name.c_str(), 1e3 / ns.median, ns.median);
        if (i + 1 < contenders.size()) {
            const Spread ratio = ratio_of(ours, samples[i]);
            std::printf("   %.2fx [%.2f .. %.2f]", ratio.median, ratio.min, ratio.max);
        }
        std::printf("\n");
    }
    std::fflush(stdout);
}

}  // namespace sluice::bench
