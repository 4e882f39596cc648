// What the control thread makes of links, shares and silence; frames that keep routes alive.
#include "dataplane/io/wire_monitor.h"

#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <string>
#include <thread>

#include "dataplane/io/stack_trace.h"
#include "dataplane/io/wire_switch.h"
#include "tests/support/packet_text.h"

namespace sluice::io {
namespace {

using ipc::Alarm;

WireSample well() {
    WireSample sample;
    for (WireSample::Port& port : sample.ports)
        port = {.link_up = true, .full_duplex = true, .speed_mbit = 10'000, .rx_packets = 0};
    sample.committed_gbit = 10;
    return sample;
}

bool has(const WireMonitor& monitor, Alarm alarm) {
    return (monitor.alarms() & bit_of(alarm)) != 0;
}

TEST(WireMonitor, AWireThatWorksHasNoAlarm) {
    WireMonitor monitor;
    WireSample sample = well();
    for (std::int64_t ms = 0; ms < 30'000; ms += 100) {
        ++sample.ports[ms % 200 == 0].rx_packets;
        monitor.sample(sample, ms);
        ASSERT_EQ(monitor.alarms(), 0u) << ms;
    }
    EXPECT_EQ(monitor.link_changes(0), 0u);
}

TEST(WireMonitor, LinksDownAndFlapping) {
    WireMonitor monitor;
    WireSample sample = well();
    monitor.sample(sample, 0);
    const auto turn = [&](bool up, std::int64_t ms) {
        sample.ports[1].link_up = up;
        monitor.sample(sample, ms);
    };
    turn(false, 100);
    EXPECT_TRUE(has(monitor, Alarm::link_down));
    turn(true, 200);
    EXPECT_FALSE(has(monitor, Alarm::link_down));
    EXPECT_FALSE(has(monitor, Alarm::link_flapping));
    turn(false, 300);
    EXPECT_TRUE(has(monitor, Alarm::link_flapping));
    turn(true, 400);
    EXPECT_TRUE(has(monitor, Alarm::link_flapping));
    turn(true, 200 + kFlapWindowMs);  // the second of the last three changes is too long ago
    EXPECT_FALSE(has(monitor, Alarm::link_flapping));
    EXPECT_EQ(monitor.link_changes(0), 0u);
    EXPECT_EQ(monitor.link_changes(1), 4u);
}

TEST(WireMonitor, SlowOrHalfDuplexIsDegraded) {
    struct Case {
        std::uint32_t speed;
        bool full;
        std::uint32_t committed;
        bool degraded;
    };
    for (const Case& c :
         {Case{10'000, true, 10, false}, Case{1'000, true, 10, true}, Case{1'000, true, 1, false},
          Case{10'000, false, 10, true}, Case{0, true, 10, false}, Case{100, true, 0, false}}) {
        WireMonitor monitor;
        WireSample sample = well();
        sample.committed_gbit = c.committed;
        sample.ports[0].speed_mbit = c.speed;
        sample.ports[0].full_duplex = c.full;
        monitor.sample(sample, 0);
        EXPECT_EQ(has(monitor, Alarm::link_degraded), c.degraded) << c.speed << " " << c.full;
    }
}

TEST(WireMonitor, SilenceIsAnAlarmOfMainWiresWithLinks) {
    for (const bool reserve : {false, true})
        for (const bool up : {false, true}) {
            WireMonitor monitor;
            WireSample sample = well();
            sample.reserve = reserve;
            sample.ports[0].link_up = up;
            monitor.sample(sample, 1'000);
            monitor.sample(sample, 999 + kSilentMs);
            EXPECT_FALSE(has(monitor, Alarm::no_traffic));
            monitor.sample(sample, 1'000 + kSilentMs);
            EXPECT_EQ(has(monitor, Alarm::no_traffic), !reserve && up);
            ++sample.ports[0].rx_packets;
            monitor.sample(sample, 1'100 + kSilentMs);
            EXPECT_FALSE(has(monitor, Alarm::no_traffic));
        }
}

TEST(WireMonitor, OverCommitLastsAWhile) {
    WireMonitor monitor;
    WireSample sample = well();
    sample.red_packets = 7;  // from before: not now
    monitor.sample(sample, 0);
    EXPECT_FALSE(has(monitor, Alarm::over_commit));
    ++sample.red_packets;
    monitor.sample(sample, 100);
    EXPECT_TRUE(has(monitor, Alarm::over_commit));
    monitor.sample(sample, 99 + kAfterglowMs);
    EXPECT_TRUE(has(monitor, Alarm::over_commit));
    monitor.sample(sample, 100 + kAfterglowMs);
    EXPECT_FALSE(has(monitor, Alarm::over_commit));
}

TEST(WireMonitor, ADrainingWireIsQuietWhenNoDataPasses) {
    WireMonitor monitor;
    WireSample sample = well();
    monitor.sample(sample, 0);
    sample.state = ipc::WireState::draining;
    sample.ports[0].link_up = false;
    monitor.sample(sample, 10'000);
    EXPECT_FALSE(monitor.quiet());
    EXPECT_EQ(monitor.alarms(), bit_of(Alarm::drained));
    ++sample.drained_data;
    monitor.sample(sample, 11'000);
    monitor.sample(sample, 10'999 + kQuietMs);
    EXPECT_FALSE(monitor.quiet());
    monitor.sample(sample, 11'000 + kQuietMs);
    EXPECT_TRUE(monitor.quiet());
}

TEST(TurnWatch, NoticesAfterTheLimitAndForgives) {
    TurnWatch watch(1'000);
    EXPECT_FALSE(watch.stalled(0, 500));
    EXPECT_FALSE(watch.stalled(1, 600));
    for (std::int64_t ms = 700; ms < 1'600; ms += 100)
        ASSERT_FALSE(watch.stalled(1, ms)) << ms;
    EXPECT_TRUE(watch.stalled(1, 1'600));
    EXPECT_TRUE(watch.stalled(1, 9'000));
    EXPECT_FALSE(watch.stalled(2, 9'100));
}

// The whole process was stopped for a minute: no worker is to blame.
TEST(TurnWatch, APauseOfEverybodyIsNobodysStall) {
    TurnWatch watch(1'000);
    EXPECT_FALSE(watch.stalled(7, 0));
    EXPECT_FALSE(watch.stalled(7, 60'000));
    EXPECT_FALSE(watch.stalled(8, 60'100));
}

// A worker that hangs in a loop of its own is asked for its stack and writes it itself.
TEST(StackTrace, AThreadWritesItsOwn) {
    prepare_stack_traces();
    std::atomic<pid_t> tid{0};
    std::atomic<bool> stop{false};
    std::thread hangs([&] {
        tid = static_cast<pid_t>(syscall(SYS_gettid));
        while (!stop) {
        }
    });
    while (tid == 0)
        std::this_thread::yield();
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    const int before = dup(STDERR_FILENO);
    dup2(ends[1], STDERR_FILENO);
    ask_for_stack(tid);
    std::string text;
    // The title, then a line a call: this function's and the thread's beginning at least.
    while (std::count(text.begin(), text.end(), '\n') < 3) {
        char some[512];
        const ssize_t size = read(ends[0], some, sizeof some);
        ASSERT_GT(size, 0);
        text.append(some, static_cast<std::size_t>(size));
    }
    stop = true;
    hangs.join();
    dup2(before, STDERR_FILENO);
    for (const int fd : {before, ends[0], ends[1]})
        close(fd);
    EXPECT_EQ(text.find("stack of a worker"), 0u) << text;
    EXPECT_NE(text.find("io_wire_monitor_test"), std::string::npos) << text;
}

TEST(WireSwitch, FramesThatKeepRoutesAlive) {
    for (const char* line :
         {"eth type=0x0806 hex(0001)", "eth llc hex(424203)", "eth type=0x88cc hex(0001)",
          "icmp fe80::1 > ff02::1:ff00:2 nd(135)", "icmp fe80::1 > fe80::2 nd(136)",
          "proto=89 192.0.2.1 > 224.0.0.5 hex(0201)", "proto=89 192.0.2.1 > 192.0.2.2 hex(0201)",
          "proto=112 192.0.2.1 > 224.0.0.18 hex(21)", "udp 192.0.2.1:49152 > 192.0.2.2:3784",
          "udp 192.0.2.1:49152 > 192.0.2.2:4784 vlan=7", "udp 192.0.2.1:520 > 224.0.0.9:520",
          "tcp 192.0.2.1:179 > 192.0.2.2:40000 PA", "tcp 192.0.2.1:40000 > 192.0.2.2:179 PA",
          "udp [fe80::1]:49152 > [fe80::2]:3784"}) {
        const testing::Frame frame = testing::frame_of(line);
        EXPECT_TRUE(keeps_routes_alive(frame, static_cast<std::uint32_t>(frame.size()))) << line;
    }
}

TEST(WireSwitch, DataIsNotOneOfThem) {
    for (const char* line :
         {"tcp 10.1.0.5:40000 > 203.0.113.9:443 S", "udp 10.1.0.5:3784 > 203.0.113.9:443",
          "icmp 10.1.0.5 > 203.0.113.9 echo(7,1)", "icmp 2001:db8::1 > 2001:db8::2 echo(7,1)",
          "icmp 192.0.2.1 > 10.1.0.5 unreach(udp 10.1.0.5:5353 > 203.0.113.9:3784)",
          "udp 10.1.0.5:1 > 239.1.1.1:5000", "raw hex(0102)"}) {
        const testing::Frame frame = testing::frame_of(line);
        EXPECT_FALSE(keeps_routes_alive(frame, static_cast<std::uint32_t>(frame.size()))) << line;
    }
}

}  // namespace
}  // namespace sluice::io
