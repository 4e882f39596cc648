// Fuzzes HTTP/2 between two legs: frames from either side, in any order and pieces. The first byte
// of each piece says from which side and how long it is; both prefaces are given first.
#include <memory>

#include "dataplane/inspect/http2.h"
#include "rules/base/assert.h"
#include "tests/unit/inspect/bench_of_flows.h"
#include "tests/unit/inspect/conduit.h"

using namespace sluice;
using namespace sluice::inspect;

namespace {

constexpr std::string_view kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
constexpr std::string_view kSettings{"\0\0\0\4\0\0\0\0\0", 9};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static test::FlowBench bench;
    test::MemoryConduit out;
    FlowInfo flow;
    flow.user = *parse_ip("10.1.0.5");
    const auto http = make_http2(out, HttpJudge(bench.shared, flow, {"news.example", {}}));
    http->on_bytes(Side::client, as_bytes(kPreface));
    http->on_bytes(Side::client, as_bytes(kSettings));
    http->on_bytes(Side::server, as_bytes(kSettings));
    Bytes rest{data, size};
    while (!rest.empty() && !out.aborted && !out.finished) {
        const Side from = rest[0] % 2 == 0 ? Side::client : Side::server;
        const std::size_t piece = std::min<std::size_t>(rest[0] / 2 + 1u, rest.size() - 1);
        const Bytes bytes = rest.subspan(1, piece);
        rest = rest.subspan(1 + piece);
        if (!bytes.empty() && http->wants(from)) http->on_bytes(from, bytes);
        bench.reporter.all.clear();
        for (std::string& sent : out.out)
            sent.clear();
    }
    if (!out.aborted && !out.finished) http->on_end(Side::server, true);
    if (!out.aborted && !out.finished) http->on_end(Side::client, true);
    SLUICE_ASSERT(bench.counters.flows_live == 0);
    return 0;
}
