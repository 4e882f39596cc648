// find_user among a million random IPv4 prefixes, in bursts of 32 as the worker asks: with the
// prefetch that the worker does for a burst first, without, and std::upper_bound over the same
// intervals for comparison. Time is for one burst.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "rules/base/assert.h"
#include "rules/compile/compile.h"
#include "rules/ipc/bundle.h"

namespace sluice {
namespace {

constexpr unsigned kBurst = 32;
constexpr std::size_t kAddresses = std::size_t{1} << 20;

// Prefixes of /20../32 anywhere in the unicast space, and addresses inside them in random order.
struct World {
    ipc::LoadedBundle bundle;
    std::vector<IpAddress> addresses;
    std::vector<std::uint32_t> starts;  // of the flattened intervals
    std::vector<std::uint16_t> owners;
    double compile_seconds = 0;
};

model::Policy policy_of(std::size_t prefixes, World& world, std::mt19937_64& random) {
    model::Policy policy;
    policy.operators = {{"op", "", {}, {}}};
    for (int i = 0; i < 5000; ++i)
        policy.organisations.push_back({"org" + std::to_string(i), "", "op", "", "", {}, {}, {}});
    std::set<Prefix> taken;
    while (taken.size() < prefixes) {
        const auto any = static_cast<std::uint32_t>(0x01000000u + random() % 0xdf000000u);
        const auto length = static_cast<std::uint8_t>(96 + 20 + random() % 13);
        const Prefix p{masked(IpAddress::v4(any), length), length};
        if (!taken.insert(p).second) continue;
        policy.catalog.push_back({p, 0, static_cast<std::uint16_t>(random() % 5000), {}});
    }
    for (std::size_t i = 0; i < kAddresses; ++i) {
        const Prefix& p = policy.catalog[random() % prefixes].prefix;
        const std::uint32_t below = p.length == 128 ? 0u : (1u << (128 - p.length)) - 1;
        world.addresses.push_back(
            IpAddress::v4(p.network.as_v4() | (static_cast<std::uint32_t>(random()) & below)));
    }
    return policy;
}

// The intervals again, from the answers: owners change only where a prefix begins or ends.
void flatten(const model::Policy& policy, World& world) {
    std::set<std::uint32_t> ends{0};
    for (const auto& row : policy.catalog) {
        const std::uint32_t first = row.prefix.network.as_v4();
        ends.insert(first);
        ends.insert(first + static_cast<std::uint32_t>(1ull << (128 - row.prefix.length)));
    }
    for (const std::uint32_t start : ends) {
        world.starts.push_back(start);
        world.owners.push_back(
            lookup::find_user(world.bundle.view, OperatorId{0}, IpAddress::v4(start)).raw());
    }
}

const World& world(std::size_t prefixes) {
    static World made;
    if (!made.addresses.empty()) return made;
    std::mt19937_64 random(42);
    const model::Policy policy = policy_of(prefixes, made, random);
    const auto begin = std::chrono::steady_clock::now();
    auto compiled = compile::compile(policy);
    made.compile_seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    SLUICE_ASSERT(compiled.ok());
    auto loaded = ipc::load_compiled(compiled->bundle);
    SLUICE_ASSERT(loaded.ok());
    made.bundle = *std::move(loaded);
    flatten(policy, made);
    return made;
}

template <class Ask>
void bursts(benchmark::State& state, Ask ask) {
    const World& w = world(static_cast<std::size_t>(state.range(0)));
    std::size_t at = 0;
    for (auto _ : state) {
        benchmark::DoNotOptimize(ask(w, &w.addresses[at]));
        at = (at + kBurst) % kAddresses;
    }
    state.counters["per_lookup"] =
        benchmark::Counter(static_cast<double>(state.iterations()) * kBurst,
                           benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
    state.counters["compile_s"] = w.compile_seconds;
    state.counters["section_MB"] = static_cast<double>(w.bundle.catalog->memory.size()) / 1e6;
}

void find_user_prefetched(benchmark::State& state) {
    bursts(state, [](const World& w, const IpAddress* a) {
        unsigned sum = 0;
        lookup::prefetch_users(w.bundle.view, kBurst, [a](unsigned i) {
            return lookup::UserAddress{OperatorId{0}, a[i]};
        });
        for (unsigned i = 0; i < kBurst; ++i)
            sum += lookup::find_user(w.bundle.view, OperatorId{0}, a[i]).raw();
        return sum;
    });
}
BENCHMARK(find_user_prefetched)->Arg(1'000'000);

void find_user_plain(benchmark::State& state) {
    bursts(state, [](const World& w, const IpAddress* a) {
        unsigned sum = 0;
        for (unsigned i = 0; i < kBurst; ++i)
            sum += lookup::find_user(w.bundle.view, OperatorId{0}, a[i]).raw();
        return sum;
    });
}
BENCHMARK(find_user_plain)->Arg(1'000'000);

void upper_bound(benchmark::State& state) {
    bursts(state, [](const World& w, const IpAddress* a) {
        unsigned sum = 0;
        for (unsigned i = 0; i < kBurst; ++i) {
            const auto next = std::upper_bound(w.starts.begin(), w.starts.end(), a[i].as_v4());
            sum += w.owners[static_cast<std::size_t>(next - w.starts.begin()) - 1];
        }
        return sum;
    });
}
BENCHMARK(upper_bound)->Arg(1'000'000);

}  // namespace
}  // namespace sluice

BENCHMARK_MAIN();
