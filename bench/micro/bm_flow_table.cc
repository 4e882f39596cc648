// FlowTable alone: lookups in bursts over flows in random order, and new flows with eviction.
//   bm_flow_table --benchmark_min_time=1
// Counters: ns of thread CPU time a flow. For comparisons between structures see bench/pipeline.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <memory>
#include <random>
#include <vector>

#include "dataplane/flow/flow_table.h"
#include "rules/base/assert.h"

namespace {

using namespace sluice;
using namespace sluice::flow;

constexpr HashKey kKey{0x1234'5678'9abc'def0, 0x0fed'cba9'8765'4321};

FlowKey key_of(std::uint32_t n) {
    FlowKey key;
    key.user = IpAddress::v4(0x0a00'0000u + n);
    key.remote = IpAddress::v4(n * 0x9e37'79b9u);
    key.user_port = static_cast<std::uint16_t>(n * 7);
    key.remote_port = 443;
    key.ip_protocol = 6;
    return key;
}

// A table with `count` established flows, and their keys in random order.
struct Filled {
    Filled(std::uint32_t count, CodePath path) : table(count, kKey, FlowTimeouts{}, path) {
        std::vector<std::uint32_t> order(count);
        for (std::uint32_t n = 0; n < count; ++n)
            order[n] = n;
        std::shuffle(order.begin(), order.end(), std::mt19937(1));
        for (const std::uint32_t n : order) {
            const FlowKey key = key_of(n);
            const auto done = table.insert(key, table.match_one(key), 0);
            if (done.slot == kNoSlot) continue;  // 1 in some thousand when all are in use
            table.at(done.slot).set_stage(Stage::established);
            keys.push_back(key);
        }
        std::shuffle(keys.begin(), keys.end(), std::mt19937(2));
    }
    FlowTable table;
    std::vector<FlowKey> keys;
};

// What a worker does of it: hash, match, find, count.
void lookups(benchmark::State& state, CodePath path) {
    if (!cpu_has(path)) return state.SkipWithError("not on this CPU");
    Filled filled(static_cast<std::uint32_t>(state.range(0)), path);
    const auto burst = static_cast<std::size_t>(state.range(1));
    std::array<Match, kBurstMax> matches;
    std::size_t at = 0;
    for (auto _ : state) {
        if (at + burst > filled.keys.size()) at = 0;
        const std::span keys(&filled.keys[at], burst);
        const std::span found(matches.data(), burst);
        filled.table.hash_burst({keys.data()}, found);
        filled.table.match_burst(found);
        for (std::size_t i = 0; i < burst; ++i) {
            const Slot slot = filled.table.find(keys[i], found[i]);
            SLUICE_ASSERT(slot != kNoSlot);
            filled.table.at(slot).count(64);
        }
        at += burst;
    }
    const auto flows =
        static_cast<std::int64_t>(burst) * static_cast<std::int64_t>(state.iterations());
    state.SetItemsProcessed(flows);
    state.SetLabel(filled.table.code_path());
}

// Every packet a new flow: not found, inserted; once the table is full another fresh one has to go.
void new_flows(benchmark::State& state, CodePath path) {
    if (!cpu_has(path)) return state.SkipWithError("not on this CPU");
    const auto flows_max = static_cast<std::uint32_t>(state.range(0));
    FlowTable table(flows_max, kKey, FlowTimeouts{}, path);
    const auto burst = static_cast<std::size_t>(state.range(1));
    std::array<Match, kBurstMax> matches;
    std::array<FlowKey, kBurstMax> all_keys;
    const std::span keys(all_keys.data(), burst);
    const std::span found(matches.data(), burst);
    std::uint32_t next = 0;
    std::uint64_t evicted = 0;
    const auto one_burst = [&] {
        for (FlowKey& key : keys)
            key = key_of(next++);
        table.hash_burst({keys.data()}, found);
        table.match_burst(found);
        for (std::size_t i = 0; i < burst; ++i) {
            if (table.find(keys[i], found[i]) != kNoSlot) continue;
            const Match match = table.match_one(keys[i]);  // an earlier packet of this burst?
            if (table.find(keys[i], match) != kNoSlot) continue;
            const auto done = table.insert(keys[i], match, 0);
            SLUICE_ASSERT(done.slot != kNoSlot);
            evicted += done.evicted;
        }
    };
    while (next < table.slot_count() * 2)
        one_burst();
    evicted = 0;
    for (auto _ : state)
        one_burst();
    const auto flows =
        static_cast<std::int64_t>(burst) * static_cast<std::int64_t>(state.iterations());
    state.SetItemsProcessed(flows);
    state.counters["evicted"] =
        benchmark::Counter(static_cast<double>(evicted) / static_cast<double>(flows));
    state.SetLabel(table.code_path());
}

void sizes(benchmark::internal::Benchmark* b) {
    for (const std::int64_t flows : {64 << 10, 1 << 20})
        for (const std::int64_t burst : {32, 64})
            b->Args({flows, burst});
}

BENCHMARK_CAPTURE(lookups, best, CodePath::best)->Apply(sizes);
BENCHMARK_CAPTURE(lookups, avx2, CodePath::avx2)->Args({1 << 20, 32});
BENCHMARK_CAPTURE(lookups, plain, CodePath::plain)->Args({1 << 20, 32});
BENCHMARK_CAPTURE(new_flows, best, CodePath::best)->Apply(sizes);
BENCHMARK_CAPTURE(new_flows, plain, CodePath::plain)->Args({1 << 20, 32});

}  // namespace

BENCHMARK_MAIN();
