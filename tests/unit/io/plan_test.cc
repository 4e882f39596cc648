// What io/ works out before it starts: device names, EAL arguments, generations,
// clocks, cursors.
#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "dataplane/io/device_name.h"
#include "dataplane/io/flow_cursor.h"
#include "dataplane/io/generation.h"
#include "dataplane/io/tsc_clock.h"

namespace sluice::io {
namespace {

struct DeviceCase {
    const char* text;
    DeviceName::Bus bus;
    const char* name;
    const char* arguments;
};

TEST(DeviceNames, Good) {
    const DeviceCase kCases[] = {
        {"0000:03:00.0", DeviceName::Bus::pci, "0000:03:00.0", ""},
        {"AF:00.1", DeviceName::Bus::pci, "0000:af:00.1", ""},
        {"0001:af:1f.7,mprq_en=1", DeviceName::Bus::pci, "0001:af:1f.7", "mprq_en=1"},
        {"net_null3,size=64,copy=0", DeviceName::Bus::vdev, "net_null3", "size=64,copy=0"},
        {"net_af_packet,iface=op1-u", DeviceName::Bus::vdev, "net_af_packet5", "iface=op1-u"},
        {"net_ring", DeviceName::Bus::vdev, "net_ring5", ""},
    };
    for (const DeviceCase& good : kCases) {
        const auto device = parse_device(good.text, 5);
        ASSERT_TRUE(device.has_value()) << good.text;
        EXPECT_EQ(device->bus, good.bus) << good.text;
        EXPECT_EQ(device->name, good.name);
        EXPECT_EQ(device->arguments, good.arguments);
    }
}

TEST(DeviceNames, Bad) {
    for (const char* text :
         {"", "eth0", "net_", "net_Null0", "net_null 0", "0000:03:00", "03:00.8", "0000:03:00.0.1",
          "g3:00.0", "0000-03:00.0", "crypto_null0", ",iface=x"})
        EXPECT_FALSE(parse_device(text, 0).has_value()) << text;
}

TEST(Generations, NeverZeroAndAllUsed) {
    std::uint16_t generation = 0;
    std::set<std::uint16_t> seen;
    for (int i = 0; i < 65'535; ++i) {
        generation = next_generation(generation);
        ASSERT_NE(generation, 0);
        seen.insert(generation);
    }
    EXPECT_EQ(seen.size(), 65'535u);
    EXPECT_EQ(next_generation(generation), 1);
}

TEST(Generations, ANumberDoesNotComeBackWithinTwoSweeps) {
    for (const std::uint32_t sweep_ms : {1u, 4'000u, 60'000u})
        EXPECT_GE(bundle_spacing_ns(sweep_ms) * 65'535, 2 * sweep_ms * kNsPerMs) << sweep_ms;
    EXPECT_LT(bundle_spacing_ns(4'000), kNsPerMs);
}

constexpr std::uint64_t kHz = 2'700'000'000;

TEST(TscClocks, FollowsTheCounterBetweenSamples) {
    const TscClock clock(kHz, {.tsc = 1'000, .mono_ns = 5'000, .utc_ns = 100 * kNsPerSecond});
    EXPECT_EQ(clock.at(1'000).mono, MonoTime{5'000});
    EXPECT_NEAR(static_cast<double>(clock.at(1'000 + kHz).mono.raw()), 5'000.0 + kNsPerSecond, 1);
    EXPECT_EQ(clock.at(1'000 + kHz - 27'000).utc, UtcTime{100});
    EXPECT_EQ(clock.at(1'000 + kHz + 27'000).utc, UtcTime{101});
    EXPECT_EQ(clock.at(0).mono, MonoTime{5'000});  // a counter behind the sample
}

TEST(TscClocks, FindsTheRealRate) {
    TscClock clock(kHz * 2, {});  // estimate twice too fast
    clock.resample({.tsc = kHz, .mono_ns = kNsPerSecond, .utc_ns = 0});
    const std::int64_t then = clock.at(kHz * 11).mono.raw();
    EXPECT_NEAR(static_cast<double>(then), 11.0 * kNsPerSecond, 1'000);
}

TEST(TscClocks, MonotonicNeverGoesBackCalendarMay) {
    TscClock clock(kHz, {.tsc = 0, .mono_ns = 0, .utc_ns = 50 * kNsPerSecond + kNsPerMs});
    const Now before = clock.at(kHz);
    EXPECT_EQ(before.utc, UtcTime{51});
    clock.resample({.tsc = kHz, .mono_ns = kNsPerSecond / 2, .utc_ns = 40 * kNsPerSecond});
    EXPECT_GE(clock.at(kHz).mono, before.mono);
    EXPECT_EQ(clock.at(kHz).utc, UtcTime{40});
    clock.resample({.tsc = kHz + 1, .mono_ns = 90 * kNsPerSecond, .utc_ns = 41 * kNsPerSecond});
    EXPECT_EQ(clock.at(kHz + 1).mono, MonoTime{90 * kNsPerSecond});  // after a suspended machine
}

TEST(FlowCursors, WalkAllWorkersOnceAndEnd) {
    constexpr unsigned kWorkers = 3;
    std::uint64_t raw = 0;
    std::vector<unsigned> visited;
    do {
        const FlowCursor cursor = FlowCursor::from(raw);
        visited.push_back(cursor.worker);
        raw = cursor.after(cursor.place < 20 ? cursor.place + 10 : 0, kWorkers);
        ASSERT_LT(visited.size(), 100u);
    } while (raw != 0);
    EXPECT_EQ(visited, (std::vector<unsigned>{0, 0, 0, 1, 1, 1, 2, 2, 2}));
}

}  // namespace
}  // namespace sluice::io
