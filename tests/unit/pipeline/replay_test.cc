// Replay: captures written here with libpcap, through the worker: sides, order of records, link
// types, damage.
#include <gtest/gtest.h>
#include <pcap/pcap.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "rules/compile/compile.h"
#include "rules/ipc/bundle.h"
#include "rules/load/load_policy.h"
#include "tests/support/packet_text.h"
#include "tools/replay/replayer.h"

namespace sluice::replay {
namespace {

namespace fs = std::filesystem;

const load::FileSet kPolicy = {
    {"policy.yaml", "title: Replay\n"},
    {"operators.yaml",
     "operators:\n"
     "  - {id: a, name: A, wires: [{id: a-main, role: main, committed_gbit: 1}]}\n"
     "  - {id: b, name: B, wires: [{id: b-main, role: main, committed_gbit: 1}]}\n"},
    {"organisations.yaml",
     "organisations:\n"
     "  - {id: ministry, name: Ministry, operator: a, contract: A/1}\n"
     "  - {id: school, name: School, operator: b, contract: B/1}\n"},
    {"catalog.yaml",
     "catalog:\n"
     "  - {operator: a, organisation: ministry, prefixes: [10.1.0.0/16, \"2001:db8:1::/48\"]}\n"
     "  - {operator: b, organisation: school, prefixes: [10.2.0.0/16]}\n"},
};

class ReplayTest : public ::testing::Test {
  protected:
    void SetUp() override {
        const std::string name = std::string("sluice-replay-") + std::to_string(getpid()) + "-" +
                                 ::testing::UnitTest::GetInstance()->current_test_info()->name() +
                                 ".pcap";
        path_ = fs::temp_directory_path() / name;
        const auto loaded =
            load::load_policy(kPolicy, model::Day{std::chrono::year{2026} / 11 / 21});
        ASSERT_TRUE(loaded.ok()) << (loaded.diagnostics.empty() ? ""
                                                                : to_text(loaded.diagnostics[0]));
        auto compiled = compile::compile(loaded.policy);
        ASSERT_TRUE(compiled.ok());
        auto bundle = ipc::load_compiled(compiled->bundle);
        ASSERT_TRUE(bundle.ok());
        bundle_ = std::make_unique<ipc::LoadedBundle>(std::move(*bundle));
    }
    void TearDown() override { fs::remove(path_); }

    // A packet each gap_us_.
    void write(const std::vector<std::string>& lines, int dlt = DLT_EN10MB) {
        pcap_t* handle = pcap_open_dead(dlt, 65'535);
        pcap_dumper_t* file = pcap_dump_open(handle, path_.c_str());
        ASSERT_NE(file, nullptr) << pcap_geterr(handle);
        pcap_pkthdr header{};
        for (const std::string& line : lines) {
            const testing::PacketFrame packet = testing::packet_of(line);
            header.caplen = static_cast<bpf_u_int32>(packet.bytes.size());
            header.len = packet.wire_size;
            pcap_dump(reinterpret_cast<u_char*>(file), &header, packet.bytes.data());
            header.ts.tv_usec += gap_us_;
            header.ts.tv_sec += header.ts.tv_usec / 1'000'000;
            header.ts.tv_usec %= 1'000'000;
        }
        pcap_dump_close(file);
        pcap_close(handle);
    }
    Replayed replayed() {
        auto capture = Capture::open(path_.string());
        EXPECT_TRUE(capture.ok());
        return replay(*capture, bundle_->view,
                      {.judged_at = UtcTime{1'795'000'000},
                       .operator_id = OperatorId{0},
                       .flows_max = 1'024});
    }
    static std::string text_of(const ipc::FlowRecord& r) {
        return to_text(r.tuple.user) + ":" + std::to_string(r.tuple.user_port) + " > " +
               to_text(r.tuple.remote) + ":" + std::to_string(r.tuple.remote_port) + " op" +
               std::to_string(r.tuple.operator_id.raw()) + (r.from_internet ? " inbound " : " ") +
               std::to_string(r.packets);
    }
    std::vector<std::string> records() {
        std::vector<std::string> all;
        for (const ipc::FlowRecord& r : replayed().flows)
            all.push_back(text_of(r));
        return all;
    }

    suseconds_t gap_us_ = 10'000;
    fs::path path_;
    std::unique_ptr<ipc::LoadedBundle> bundle_;
};

using Records = std::vector<std::string>;

// A line's packet as hexadecimal, for the payload of a tunnel.
std::string hex_of(const std::string& line) {
    std::string text;
    for (const std::uint8_t byte : testing::frame_of(line)) {
        text += "0123456789abcdef"[byte >> 4];
        text += "0123456789abcdef"[byte & 15];
    }
    return text;
}

TEST_F(ReplayTest, WhatATunnelCarriesIsNamedAndJudgedAsTheTunnel) {
    const auto carried = [](const std::string& line) {
        return "proto=47 10.1.0.5 > 198.51.100.1 hex(00000800" + hex_of(line + " link=raw_ip") +
               ")";
    };
    write({carried("tcp 192.168.0.5:40000 > 203.0.113.9:443 S seq=1000"),
           carried("tcp 203.0.113.9:443 > 192.168.0.5:40000 SA seq=2000 ack=1001"),
           carried("tcp 192.168.0.5:40000 > 203.0.113.9:443 PA seq=1001 ack=2001 "
                   "tls(sni=news.example)")});
    const Replayed all = replayed();
    ASSERT_EQ(all.flows.size(), 1u);
    EXPECT_EQ(all.flows[0].protocol, model::Protocol::gre);
    ASSERT_EQ(all.inner.size(), 1u);
    const InnerFlow& inner = all.inner[0];
    EXPECT_EQ(inner.tunnel, wire::Carrier::gre);
    EXPECT_EQ(inner.record.name(), "news.example");
    EXPECT_EQ(inner.record.packets, 3u);
    EXPECT_EQ(inner.record.verdict, all.flows[0].verdict);
    EXPECT_EQ(inner.record.reason, all.flows[0].reason);
    // Only the tunnel's packets are in the summary, and none is lost in it.
    EXPECT_EQ(all.summary.rx, 3u);
    std::uint64_t accounted = all.summary.forwarded + all.summary.held;
    for (const auto& [reason, packets] : all.summary.dropped)
        accounted += packets;
    EXPECT_EQ(accounted, 3u);
}

TEST_F(ReplayTest, TunnelsInTunnelsAreBoundedInDepth) {
    std::string inner =
        hex_of("udp 192.168.0.5:5000 > 203.0.113.9:53 dns(q=deep.example) link=raw_ip");
    for (int depth = 0; depth < 8; ++depth)
        inner = hex_of("proto=47 10.1.0.5 > 198.51.100." + std::to_string(depth + 1) +
                       " hex(00000800" + inner + ") link=raw_ip");
    write({"proto=47 10.1.0.5 > 198.51.100.99 hex(00000800" + inner + ")"});
    const Replayed all = replayed();
    EXPECT_EQ(all.flows.size(), 1u);
    EXPECT_EQ(all.inner.size(), wire::kTunnelsMax);
}

TEST_F(ReplayTest, TheCataloguedEndIsTheUserWhoeverOpens) {
    write({"udp 10.1.0.5:5000 > 198.51.100.1:9000 text(x)",
           "udp 198.51.100.1:9000 > 10.1.0.5:5000 text(y)",
           "tcp 198.51.100.1:40000 > 10.2.0.5:2222 S",
           "tcp 10.2.0.5:2222 > 198.51.100.1:40000 SA"});
    EXPECT_EQ(records(), (Records{"10.1.0.5:5000 > 198.51.100.1:9000 op0 2",
                                  "10.2.0.5:2222 > 198.51.100.1:40000 op1 inbound 2"}));
}

TEST_F(ReplayTest, WithNeitherOrBothCataloguedTheOpenerIs) {
    write({"tcp 192.0.2.9:40000 > 198.51.100.1:443 S", "tcp 198.51.100.1:443 > 192.0.2.9:40000 SA",
           "tcp 198.51.100.7:443 > 192.0.2.9:40001 SA",  // the answer alone
           "udp 10.2.0.9:7000 > 10.1.0.5:7001 text(x)",
           "udp 10.1.0.5:7001 > 10.2.0.9:7000 text(y)"});
    EXPECT_EQ(records(), (Records{"192.0.2.9:40000 > 198.51.100.1:443 op0 2",
                                  "192.0.2.9:40001 > 198.51.100.7:443 op0 1",
                                  "10.2.0.9:7000 > 10.1.0.5:7001 op1 2"}));
}

TEST_F(ReplayTest, RecordsComeInOrderOfFirstPacketsAlsoWhenFlowsEndEarlier) {
    gap_us_ = 600'000;  // a SYN that comes too soon might be a late copy
    write({"udp 10.1.0.5:5001 > 198.51.100.1:9000 text(x)",
           "tcp 10.1.0.5:5002 > 198.51.100.1:9000 S", "tcp 10.1.0.5:5002 > 198.51.100.1:9000 R",
           "udp 10.1.0.5:5003 > 198.51.100.1:9000 text(x)",
           "tcp 10.1.0.5:5002 > 198.51.100.1:9000 S",  // another connection of the same ports
           "udp 10.1.0.5:5001 > 198.51.100.1:9000 text(x)"});
    EXPECT_EQ(records(), (Records{"10.1.0.5:5001 > 198.51.100.1:9000 op0 2",
                                  "10.1.0.5:5002 > 198.51.100.1:9000 op0 2",
                                  "10.1.0.5:5003 > 198.51.100.1:9000 op0 1",
                                  "10.1.0.5:5002 > 198.51.100.1:9000 op0 1"}));
}

TEST_F(ReplayTest, EveryLinkTypeIsLookedInto) {
    const std::pair<int, const char*> links[] = {
        {DLT_EN10MB, ""},
        {DLT_RAW, " link=raw_ip"},
        {DLT_LINUX_SLL, " link=linux_sll"},
        {DLT_LINUX_SLL2, " link=linux_sll2"},
        {DLT_NULL, " link=null_loop"},
        {DLT_PPP, " link=ppp"},
    };
    for (const auto& [dlt, word] : links) {
        SCOPED_TRACE(word);
        write({std::string("udp 10.1.0.5:5001 > 198.51.100.1:9000 text(x)") + word,
               std::string("udp 198.51.100.1:9000 > 10.1.0.5:5001 text(x)") + word},
              dlt);
        EXPECT_EQ(records(), Records{"10.1.0.5:5001 > 198.51.100.1:9000 op0 2"});
    }
}

TEST_F(ReplayTest, AnUnknownLinkTypeCountsEveryPacket) {
    write({"udp 10.1.0.5:5001 > 198.51.100.1:9000 text(x)"}, DLT_IEEE802_11);
    const Replayed r = replayed();
    EXPECT_TRUE(r.flows.empty());
    EXPECT_EQ(r.summary.rx, 1u);
    EXPECT_EQ(r.summary.dropped.at("link_unsupported"), 1u);
}

TEST_F(ReplayTest, ADamagedFileIsUsedUpToTheDamage) {
    const std::string line = "udp 10.1.0.5:5001 > 198.51.100.1:9000 text(12345678)";
    write({line, line, line});
    const std::uintmax_t whole = fs::file_size(path_);
    const std::uintmax_t packet = (whole - 24) / 3;
    for (std::uintmax_t size = 24; size <= whole; ++size) {
        write({line, line, line});
        fs::resize_file(path_, size);
        const Replayed r = replayed();
        const bool at_an_edge = (size - 24) % packet == 0;
        EXPECT_EQ(r.summary.rx, (size - 24) / packet) << size;
        EXPECT_EQ(r.damage.empty(), at_an_edge) << size << ": " << r.damage;
    }
}

TEST_F(ReplayTest, WhatIsNoCaptureIsRefusedWithAHint) {
    std::ofstream(path_) << "no capture at all, but long enough to be looked at";
    const auto capture = Capture::open(path_.string());
    ASSERT_FALSE(capture.ok());
    EXPECT_NE(capture.error().find("pcap or pcapng"), std::string::npos) << capture.error();
    EXPECT_FALSE(Capture::open("/nonexistent/file.pcap").ok());
}

TEST_F(ReplayTest, TheBooksBalanceWithPacketsStillHeld) {
    write({"tcp 10.1.0.5:5001 > 198.51.100.1:443 S seq=1000",
           "udp 10.1.0.5:5001 > 198.51.100.1:9000 fill(100) frag(id=7,off=56,size=52)",
           "tcp 10.1.0.5:5001 > 198.51.100.1:443 SF", "eth type=0x0806 fill(46)"});
    const Replayed r = replayed();
    std::uint64_t out = r.summary.forwarded + r.summary.held;
    for (const auto& [reason, packets] : r.summary.dropped)
        out += packets;
    EXPECT_EQ(out, r.summary.rx);
    EXPECT_EQ(r.summary.rx, 4u);
    EXPECT_EQ(r.summary.held, 1u);
}

}  // namespace
}  // namespace sluice::replay
