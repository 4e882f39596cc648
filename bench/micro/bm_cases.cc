// Open cases in a real store: how long a sweep takes when little is due and when many are, and
// three years of days over simulated cases.
//
//   bm_cases [CASES]     1,000,000 open cases unless given; a tenth of them simulated
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "control/cases/case_desk.h"
#include "control/cases/case_rows.h"
#include "control/cases/simulate.h"
#include "control/store/sqlite_store.h"

namespace {

using namespace sluice;
using namespace sluice::control;

constexpr std::int64_t kStart = 1'772'442'000;  // 2026-03-02
constexpr unsigned kBatch = 10'000;

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// Cases that wait for their catalog, one in a thousand due on the first day.
void fill(SqliteStore& store, const LifeCycleSet& set, unsigned count) {
    const LifeCycle& cycle = *set.cycles.at("unknown-source");
    std::vector<CaseWrite> batch;
    for (unsigned i = 0; i < count; ++i) {
        Command seen;
        seen.event = "seen";
        const std::int64_t days_ago = i % 1'000 == 0 ? 20 : 0;
        seen.at = UtcTime{kStart - days_ago * 86'400};
        seen.given = {{"operator", {"telco"}}, {"addresses", {"10.9.0.1"}}};
        auto opened = open_case(cycle, set.calendars, "unknown-source-" + std::to_string(i), seen);
        Command told;
        told.event = "delivered";
        told.at = seen.at;
        auto notified = step(cycle, set.calendars, opened->after, told);
        batch.push_back(case_write(cycle, Case{}, *opened));
        batch.push_back(case_write(cycle, opened->after, *notified));
        if (batch.size() < kBatch && i + 1 < count) continue;
        SLUICE_ASSERT(store.record(batch).ok());
        batch.clear();
    }
}

void sweep(CaseDesk& desk, const char* what, UtcTime now) {
    const auto start = std::chrono::steady_clock::now();
    const SweepReport report = desk.sweep(now);
    SLUICE_ASSERT(report.trouble.empty());
    std::printf("%-34s %8.3f s  %u events, %u reminders, %u held\n", what, seconds_since(start),
                report.events, report.reminders, report.held);
}

}  // namespace

int main(int argc, char** argv) {
    const unsigned count = argc > 1 ? static_cast<unsigned>(std::atoi(argv[1])) : 1'000'000u;
    const LifeCycleSet set = read_life_cycles(RULES_DATA);
    SLUICE_ASSERT(set.ok() && count > 0);
    const std::string path = std::filesystem::temp_directory_path() /
                             ("bm-cases-" + std::to_string(getpid()) + ".sqlite");
    {
        auto store = SqliteStore::open(path);
        SLUICE_ASSERT(store.ok());
        auto start = std::chrono::steady_clock::now();
        fill(**store, set, count);
        std::printf("%-34s %8.3f s  (%.0f events/s)\n", "recorded", seconds_since(start),
                    2.0 * count / seconds_since(start));
        GuardLimits open_guard;
        open_guard.blocked_an_hour_max = count;
        CaseDesk desk(**store, set, open_guard, [](const std::string&) { return 1e9; });
        sweep(desk, "sweep, one in a thousand due", UtcTime{kStart});
        sweep(desk, "sweep, nothing due", UtcTime{kStart + 60});
    }
    for (const char* end : {"", "-wal", "-shm"})
        std::filesystem::remove(path + end);
    SimulationPlan plan;
    plan.cases = std::max(count / 10, 1u);
    const auto start = std::chrono::steady_clock::now();
    const SimulationResult r = simulate(set, plan);
    SLUICE_ASSERT(r.broken.empty());
    std::printf("%-34s %8.3f s  %u cases, %lu events, %lu deadlines over\n", "three years of days",
                seconds_since(start), plan.cases, r.events, r.fired);
    return 0;
}
