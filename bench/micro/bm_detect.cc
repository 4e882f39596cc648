// What a new flow costs that no recogniser knows: the six datagrams that are looked at of UDP, with
// what is kept of each; the first bytes of a stream. And what one costs that is known: WireGuard,
// TLS, DNS.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "dataplane/detect/detect.h"
#include "dataplane/detect/past.h"
#include "rules/base/assert.h"

using namespace sluice;

namespace {

constexpr unsigned kDatagrams = 6;  // as the pipeline looks at

std::string noise(std::size_t size, std::uint32_t seed) {
    std::string out;
    for (; out.size() < size; seed = seed * 1664525u + 1013904223u)
        out += static_cast<char>(seed >> 24);
    return out;
}

std::vector<std::string> payloads(std::size_t size) {
    std::vector<std::string> all;
    for (std::uint32_t i = 0; i < 1024; ++i)
        all.push_back(noise(size, i * 2654435761u + 17));
    return all;
}

void BM_UnknownUdpFlow(benchmark::State& state) {
    const auto all = payloads(static_cast<std::size_t>(state.range(0)));
    detect::PastTable past;
    std::uint32_t slot = 0, known = 0;
    std::size_t at = 0;
    for (auto _ : state) {
        ++slot;
        for (unsigned i = 0; i < kDatagrams; ++i) {
            detect::FirstBytesView view;
            view.ip_protocol = 17;
            view.from_user = i % 2 == 0;
            view.bytes = as_bytes(all[at++ % all.size()]);
            if (i != 0) view.past = past.find(slot);
            const auto found = detect::detect_udp(view);
            known += found.answer == detect::Answer::yes ? 1 : 0;
            if (i == 0)
                past.begin(slot, view.from_user, view.bytes);
            else
                past.remember(slot, view.from_user, view.bytes);
        }
    }
    SLUICE_ASSERT(known * 100 <= slot);  // noise is hardly ever anything
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_UnknownUdpFlow)->Arg(40)->Arg(200)->Arg(1200);

void BM_UnknownTcpFlow(benchmark::State& state) {
    const auto all = payloads(static_cast<std::size_t>(state.range(0)));
    std::size_t at = 0, known = 0;
    for (auto _ : state) {
        detect::FirstBytesView view;
        view.ip_protocol = 6;
        view.bytes = as_bytes(all[at++ % all.size()]);
        known += detect::detect_tcp(view).answer == detect::Answer::yes ? 1 : 0;
        benchmark::DoNotOptimize(detect::looks_like_noise(view.bytes));
        view.from_user = false;  // and what the other end answers
        view.bytes = as_bytes(all[at++ % all.size()]);
        known += detect::detect_tcp(view).answer == detect::Answer::yes ? 1 : 0;
    }
    SLUICE_ASSERT(known * 100 <= at);
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_UnknownTcpFlow)->Arg(40)->Arg(200)->Arg(1200);

}  // namespace

BENCHMARK_MAIN();
