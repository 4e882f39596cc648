// What it costs to learn a new flow's name: a TLS hello of two segments as the first of them and
// then both come, and a QUIC Initial from datagram to name. Each loop asserts its answer. Limits
// (design): 2 us and 6 us of CPU.
#include <benchmark/benchmark.h>

#include <array>
#include <vector>

#include "dataplane/detect/detect.h"
#include "dataplane/flow/first_bytes.h"
#include "dataplane/wire/quic_initial.h"
#include "dataplane/wire/tls_client_hello.h"
#include "dataplane/wire/tls_facts.h"
#include "rules/base/assert.h"
#include "tests/support/client_hello.h"
#include "tests/support/quic_initial.h"

namespace sluice {
namespace {

// As a browser of today sends it: a post-quantum key share makes it longer than one segment.
testing::HelloSpec browser_hello() {
    testing::HelloSpec spec;
    spec.sni = "www.news.example";
    spec.alpn = {"h2", "http/1.1"};
    spec.padding = 1'300;
    return spec;
}

void tls_hello_of_two_segments(benchmark::State& state) {
    constexpr std::size_t kSegment = 1'400;
    const testing::Frame stream = testing::client_hello(browser_hello());
    SLUICE_ASSERT(stream.size() > kSegment && stream.size() < 2 * kSegment);
    flow::FirstBytesPool pool(16, 16);
    std::vector<std::uint8_t> scratch(wire::kHelloSizeMax);
    for (auto _ : state) {
        flow::FirstBytes first;
        std::string_view sni;
        for (std::size_t at = 0; at < stream.size(); at += kSegment) {
            first.add(pool, static_cast<std::uint32_t>(at),
                      Bytes(stream).subspan(at, std::min(kSegment, stream.size() - at)));
            detect::FirstBytesView view;
            view.ip_protocol = 6;
            view.remote_port = 443;
            view.bytes = first.contiguous(pool);
            SLUICE_ASSERT(detect::detect_tcp(view).protocol == model::Protocol::tls);
            const auto hello = wire::parse_client_hello(view.bytes, scratch);
            if (!hello) continue;
            auto facts = wire::tls_facts(*hello, wire::HelloOver::tls);
            benchmark::DoNotOptimize(facts);
            sni = hello->sni;
        }
        SLUICE_ASSERT(sni == "www.news.example");
        first.release(pool);
    }
}
BENCHMARK(tls_hello_of_two_segments);

void quic_initial(benchmark::State& state) {
    testing::QuicSpec spec;
    spec.hello = {.sni = "www.news.example", .alpn = {"h3"}, .padding = 300};
    const testing::Frame datagram = testing::quic_initial(spec);
    wire::QuicOpener opener;
    flow::FirstBytesPool pool(16, 16);
    std::vector<std::uint8_t> plain(wire::kQuicPacketMax);
    for (auto _ : state) {
        const auto packet = wire::parse_quic_packet(datagram);
        wire::QuicKeys keys;
        SLUICE_ASSERT(packet && opener.derive(packet->version, packet->destination_id, keys));
        const auto frames = opener.open(keys, *packet, plain);
        SLUICE_ASSERT(frames.has_value());
        std::array<wire::CryptoPiece, wire::kCryptoPiecesMax> pieces;
        const auto count = wire::read_crypto_frames(*frames, packet->version, pieces);
        flow::FirstBytes first;
        for (std::size_t i = 0; i < *count; ++i)
            first.add(pool, pieces[i].at, pieces[i].bytes);
        const auto hello = wire::parse_client_hello_message(first.contiguous(pool));
        SLUICE_ASSERT(hello && hello->sni == "www.news.example");
        auto facts = wire::tls_facts(*hello, wire::HelloOver::quic);
        benchmark::DoNotOptimize(facts);
        first.release(pool);
    }
}
BENCHMARK(quic_initial);

}  // namespace
}  // namespace sluice

BENCHMARK_MAIN();
