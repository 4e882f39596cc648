// Every capture of the test data through the worker: no crash, no leak (under sanitizers), and no
// packet unaccounted for. The captures are looked for in $SLUICE_DATA, default ../shared/data.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "rules/compile/compile.h"
#include "rules/load/day_text.h"
#include "rules/load/load_policy.h"
#include "tools/replay/replayer.h"

namespace sluice::replay {
namespace {

namespace fs = std::filesystem;

fs::path captures_folder() {
    const char* given = std::getenv("SLUICE_DATA");
    return fs::path(given != nullptr ? given : SLUICE_DATA_DEFAULT) / "pcap";
}

ipc::LoadedBundle sample_bundle() {
    const auto today = *load::parse_day("2026-11-21");
    const auto loaded = load::load_policy_directory(SLUICE_SAMPLE, today);
    EXPECT_TRUE(loaded.ok());
    auto compiled = compile::compile(loaded.policy);
    EXPECT_TRUE(compiled.ok());
    auto bundle = ipc::load_compiled(compiled->bundle);
    EXPECT_TRUE(bundle.ok());
    return std::move(*bundle);
}

std::uint64_t accounted(const Summary& s) {
    std::uint64_t sum = s.forwarded + s.held;
    for (const auto& [reason, packets] : s.dropped)
        sum += packets;
    return sum;
}

// What a file is for is told by its content; these are only those that are plainly something else.
bool may_be_capture(const fs::path& path) {
    return path.extension() != ".jsonl" && path.extension() != ".md" && path.extension() != ".txt";
}

TEST(Captures, EveryPacketOfEachIsAccountedFor) {
    if (!fs::exists(captures_folder())) GTEST_SKIP() << "no captures in " << captures_folder();
    const ipc::LoadedBundle bundle = sample_bundle();
    const Options options{.judged_at = UtcTime{1'795'262'400}, .operator_id = OperatorId{0},
                          .flows_max = 16'384};
    std::size_t replayed = 0, refused = 0;
    std::uint64_t packets = 0;
    for (const auto& entry : fs::recursive_directory_iterator(captures_folder())) {
        if (!entry.is_regular_file() || !may_be_capture(entry.path())) continue;
        SCOPED_TRACE(entry.path().string());
        auto capture = Capture::open(entry.path().string());
        if (!capture) {
            EXPECT_FALSE(capture.error().empty());
            ++refused;
            continue;
        }
        const Replayed result = replay(*capture, bundle.view, options);
        EXPECT_EQ(result.summary.rx, accounted(result.summary));
        std::uint64_t in_flows = 0;
        for (const ipc::FlowRecord& flow : result.flows)
            in_flows += flow.packets;
        EXPECT_LE(in_flows, result.summary.rx) << "a packet is counted in two flows";
        packets += result.summary.rx;
        ++replayed;
    }
    std::printf("%zu captures, %llu packets; %zu files are no captures\n", replayed,
                static_cast<unsigned long long>(packets), refused);
    EXPECT_GT(replayed, 0u) << "a folder without captures tests nothing";
}

}  // namespace
}  // namespace sluice::replay
