// What needs a running EAL: rings between workers, meters, and the sum of what they count. No huge
// pages, no devices, no rights.
#include <gtest/gtest.h>
#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <unistd.h>

#include <memory>
#include <numeric>
#include <random>
#include <vector>

#include "dataplane/io/commit_meter.h"
#include "dataplane/io/crossing.h"
#include "dataplane/io/memory_budget.h"
#include "dataplane/io/packet_pool.h"
#include "dataplane/io/shared_memory.h"
#include "rules/base/time.h"
#include "tests/support/packet_text.h"
#include "tests/support/seed.h"

namespace sluice::io {
namespace {

using model::FailMode;
using testing::frame_of;

// Frees what is dropped, keeps what is forwarded.
class Box final : public pipeline::Outbox {
  public:
    ~Box() override { flush(); }
    rte_mbuf* allocate() noexcept override { return nullptr; }
    std::size_t forwarded(unsigned port) const { return forwarded_[port].count; }
    void flush() noexcept override {
        for (Lane& lane : forwarded_)
            empty(lane);
        empty(dropped_);
    }

  private:
    static void empty(Lane& lane) {
        rte_pktmbuf_free_bulk(lane.packets.data(), lane.count);
        lane.count = 0;
    }
};

class IoTest : public ::testing::Test {
  protected:
    static void SetUpTestSuite() {
        pool_ = std::make_unique<PacketPool>(
            std::move(PacketPool::create(8'191, SOCKET_ID_ANY, PoolLayout::in_one_piece)).value());
    }
    static void TearDownTestSuite() { pool_.reset(); }

    rte_mbuf* packet(const testing::Frame& frame) {
        rte_mbuf* mbuf = rte_pktmbuf_alloc(pool_->get());
        SLUICE_ASSERT(mbuf != nullptr);
        char* at = rte_pktmbuf_append(mbuf, static_cast<std::uint16_t>(frame.size()));
        std::memcpy(at, frame.data(), frame.size());
        return mbuf;
    }
    // A packet of `flow`, the `number`th of it.
    rte_mbuf* packet_of_flow(unsigned flow, unsigned number) {
        return packet(frame_of("udp 10.1." + std::to_string(flow / 200) + "." +
                               std::to_string(1 + flow % 200) + ":" + std::to_string(1 + number) +
                               " > 203.0.113.9:53"));
    }
    static std::unique_ptr<PacketPool> pool_;
};
std::unique_ptr<PacketPool> IoTest::pool_;

class CrossingTest : public IoTest {
  protected:
    void make(unsigned workers) {
        const std::vector<int> homes(2, -1), nodes(workers, SOCKET_ID_ANY);
        mesh_.emplace(std::move(Mesh::create(workers, homes, nodes)).value());
        steering_.emplace(workers, Steering::Hash::keyed, HashKey{test::seed(), 7});
        channels_ = std::vector<WorkerChannel>(workers);
        counters_ = std::vector<ipc::CounterBlock>(workers);
        for (unsigned w = 0; w < workers; ++w)
            crossings_.push_back(
                std::make_unique<Crossing>(*mesh_, *steering_, w, channels_, counters_[w]));
    }
    void TearDown() override {
        crossings_.clear();
        mesh_.reset();
        box_.flush();
        EXPECT_EQ(pool_->in_use(), 0u) << "packets got lost";
    }
    unsigned worker_of(const rte_mbuf* mbuf) const {
        return steering_->worker_of({rte_pktmbuf_mtod(mbuf, const std::uint8_t*), mbuf->data_len},
                                    mbuf->pkt_len, 0);
    }

    std::optional<Mesh> mesh_;
    std::optional<Steering> steering_;
    std::vector<WorkerChannel> channels_;
    std::vector<ipc::CounterBlock> counters_;
    std::vector<std::unique_ptr<Crossing>> crossings_;
    Box box_;
};

TEST_F(CrossingTest, EveryPacketComesToItsWorkerOnceAndInOrder) {
    constexpr unsigned kWorkers = 3, kFlows = 40, kRounds = 30;
    make(kWorkers);
    std::mt19937_64 random(test::seed());
    std::map<unsigned, unsigned> next_of_flow, seen_of_flow;
    const auto flow_and_number = [](const rte_mbuf* mbuf) {
        const auto* at = rte_pktmbuf_mtod(mbuf, const std::uint8_t*);
        return std::pair(at[28] * 200u + at[29] - 1u, be16(Bytes(at, mbuf->data_len), 34) - 1u);
    };
    unsigned judged = 0;
    const auto judge = [&](unsigned worker, std::span<rte_mbuf*> burst, unsigned port) {
        for (rte_mbuf* mbuf : burst) {
            const auto [flow, number] = flow_and_number(mbuf);
            ASSERT_EQ(worker_of(mbuf), worker);
            ASSERT_EQ(port, flow % 2);
            ASSERT_EQ(number, seen_of_flow[flow]++) << "flow " << flow;
            ++judged;
            box_.drop(mbuf, model::DropReason::non_ip_closed);
        }
        box_.flush();
    };
    for (unsigned round = 0; round < kRounds; ++round) {
        // Each flow is received by one worker only, as from one queue.
        for (unsigned receiver = 0; receiver < kWorkers; ++receiver)
            for (unsigned port = 0; port < 2; ++port) {
                std::vector<rte_mbuf*> burst;
                while (burst.size() < 1 + random() % 32) {
                    const auto flow = static_cast<unsigned>(random() % kFlows);
                    if (flow % 2 != port || flow % kWorkers != receiver) continue;
                    burst.push_back(packet_of_flow(flow, next_of_flow[flow]++));
                }
                const unsigned kept =
                    crossings_[receiver]->keep_own(burst, port, FailMode::closed, box_);
                judge(receiver, std::span(burst).first(kept), port);
            }
        for (unsigned w = 0; w < kWorkers; ++w)
            crossings_[w]->take(
                [&](std::span<rte_mbuf*> burst, unsigned port) noexcept { judge(w, burst, port); });
    }
    for (unsigned w = 0; w < kWorkers; ++w)
        while (crossings_[w]->take([&](std::span<rte_mbuf*> burst, unsigned port) noexcept {
            judge(w, burst, port);
        }) > 0) {
        }
    unsigned sent = 0;
    for (const auto& [flow, count] : next_of_flow)
        sent += count;
    EXPECT_EQ(judged, sent);
    EXPECT_GT(counters_[0].steered, 0u);
    EXPECT_EQ(counters_[0].rx, 0u);  // whoever judges counts
}

TEST_F(CrossingTest, WhatDoesNotFitTheRingIsCountedByTheSender) {
    make(2);
    unsigned sent = 0;
    for (unsigned flow = 0; sent < 1'500; ++flow) {
        rte_mbuf* mbuf = packet_of_flow(flow % 5'000, 0);
        if (worker_of(mbuf) == 0) {
            rte_pktmbuf_free(mbuf);
            continue;
        }
        ++sent;
        EXPECT_EQ(crossings_[0]->keep_own({&mbuf, 1}, 1, FailMode::open, box_), 0u);
        box_.flush();
    }
    const ipc::CounterBlock& c = counters_[0];
    const auto full = c.dropped[static_cast<std::size_t>(model::DropReason::steer_full)];
    EXPECT_GT(full, 0u);
    EXPECT_EQ(c.steered + full, sent);
    EXPECT_EQ(c.rx, full);  // received = dropped: the sum holds for every worker
}

TEST_F(CrossingTest, PacketsOfAStalledWorkerFollowTheFailTable) {
    make(2);
    channels_[1].stalled = true;
    for (const FailMode mode : {FailMode::open, FailMode::closed}) {
        const ipc::CounterBlock before = counters_[0];
        rte_mbuf* mbuf = nullptr;
        for (unsigned flow = 0; mbuf == nullptr || worker_of(mbuf) != 1; ++flow) {
            rte_pktmbuf_free(mbuf);
            mbuf = packet_of_flow(flow, 0);
        }
        EXPECT_EQ(crossings_[0]->keep_own({&mbuf, 1}, 0, mode, box_), 0u);
        const ipc::CounterBlock& c = counters_[0];
        const bool open = mode == FailMode::open;
        constexpr auto kCase = static_cast<std::size_t>(model::FailCase::worker_stalled);
        constexpr auto kGone = static_cast<std::size_t>(model::DropReason::worker_gone);
        EXPECT_EQ(c.rx, before.rx + 1);
        EXPECT_EQ(c.forwarded, before.forwarded + (open ? 1 : 0));
        EXPECT_EQ(c.dropped[kGone], before.dropped[kGone] + (open ? 0 : 1));
        EXPECT_EQ(c.fail_open[kCase] + c.fail_closed[kCase], c.rx);
        EXPECT_EQ(box_.forwarded(1), open ? 1u : 0u);
        box_.flush();
    }
}

TEST_F(CrossingTest, NamesReachAllOthersAndOverflowIsCounted) {
    make(3);
    const std::string longest(253, 'n');
    crossings_[1]->tell_name(4, IpAddress::v4(1), longest, 60);
    for (const unsigned w : {0u, 2u}) {
        unsigned got = 0;
        crossings_[w]->take_names([&](const LearntName& name) noexcept {
            ++got;
            EXPECT_EQ(std::string_view(name.text, name.size), longest);
            EXPECT_EQ(name.operator_id, 4);
            EXPECT_EQ(name.address, IpAddress::v4(1));
            EXPECT_EQ(name.ttl_s, 60u);
        });
        EXPECT_EQ(got, 1u);
    }
    for (unsigned i = 0; i < Mesh::kNameSlots + 9; ++i)
        crossings_[0]->tell_name(1, IpAddress::v4(i), "a.example", 1);
    EXPECT_EQ(counters_[0].dns_untold, 2 * (9u + 1u));  // a ring holds one less than its slots
}

class CommitMeterTest : public IoTest {};

// Offers `gbit` for a second of made-up time in bursts, and returns the gigabits that passed.
double passed_of(CommitMeter& meter, double gbit, std::uint64_t& tsc, rte_mbuf* mbuf) {
    const std::uint64_t hz = rte_get_tsc_hz();
    const double bytes_each = mbuf->pkt_len;
    const double packets = gbit * 1e9 / 8 / bytes_each;
    constexpr unsigned kBurst = 32;
    const auto step = static_cast<std::uint64_t>(static_cast<double>(hz) / packets * kBurst);
    double passed = 0;
    for (const std::uint64_t end = tsc + hz; tsc < end; tsc += step) {
        std::array<rte_mbuf*, kBurst> burst;
        burst.fill(mbuf);
        unsigned kept = kBurst;
        if (meter.strict())
            kept = meter.admit(burst, tsc);
        else
            meter.charge(kBurst, kBurst * mbuf->pkt_len, tsc);
        passed += kept * bytes_each * 8 / 1e9;
    }
    return passed;
}

TEST_F(CommitMeterTest, LetsPassWhatIsCommittedAndNotMore) {
    rte_mbuf* mbuf = packet(frame_of("udp 10.1.0.5:1 > 10.1.0.6:2 fill(1400)"));
    CommitMeter meter;
    std::uint64_t tsc = rte_get_tsc_cycles();
    meter.refresh();
    EXPECT_NEAR(passed_of(meter, 3, tsc, mbuf), 3, 0.03);  // no share yet: no limit
    meter.set_share(125'000'000, 1'250'000);               // 1 Gbit/s, 10 ms
    meter.refresh();
    tsc = std::max(tsc, rte_get_tsc_cycles());
    EXPECT_NEAR(passed_of(meter, 0.9, tsc, mbuf), 0.9, 0.01);
    EXPECT_EQ(meter.counts().red, 0u);
    // Twice the burst may come on top, once.
    EXPECT_NEAR(passed_of(meter, 2, tsc, mbuf), 1.02, 0.02);
    EXPECT_NEAR(passed_of(meter, 5, tsc, mbuf), 1.0, 0.02);
    EXPECT_GT(meter.counts().red, 100'000u);
    const std::uint64_t reds = meter.counts().red;
    tsc += rte_get_tsc_hz() / 10;  // a pause, in which the buckets fill
    EXPECT_NEAR(passed_of(meter, 0.5, tsc, mbuf), 0.5, 0.01);
    EXPECT_EQ(meter.counts().red, reds);
    EXPECT_FALSE(meter.strict());
    meter.set_share(250'000'000, 1'250'000);  // a larger share holds from the next look on
    meter.refresh();
    EXPECT_NEAR(passed_of(meter, 5, tsc, mbuf), 2.0, 0.05);
    rte_pktmbuf_free(mbuf);
}

// As net_af_xdp counts what it gives the kernel: as many bytes as the buffers have, from the start
// of the page of the first.
unsigned outside_of_umem(rte_mempool* pool) {
    struct Span {
        std::uintptr_t end;
        unsigned outside;
    };
    const auto* chunk = STAILQ_FIRST(&pool->mem_list);
    const std::size_t each = pool->header_size + pool->elt_size + pool->trailer_size;
    Span span{reinterpret_cast<std::uintptr_t>(chunk->addr) + pool->populated_size * each, 0};
    rte_mempool_obj_iter(
        pool,
        [](rte_mempool* of, void* to, void* object, unsigned) {
            auto* seen = static_cast<Span*>(to);
            const auto end = reinterpret_cast<std::uintptr_t>(object) + of->elt_size;
            seen->outside += end > seen->end ? 1 : 0;
        },
        &span);
    return span.outside;
}

TEST(PacketPools, XdpSocketsReachEveryBuffer) {
    const auto pool = PacketPool::create(8'191, 0, PoolLayout::in_one_piece);
    ASSERT_TRUE(pool) << pool.error();
    EXPECT_EQ(outside_of_umem(pool->get()), 0u);
}

// That the gaps are real, and the case above is not true of every pool.
TEST(PacketPools, WithinPagesThereAreGaps) {
    const auto pool = PacketPool::create(1'023, 0, PoolLayout::within_pages);
    ASSERT_TRUE(pool) << pool.error();
    EXPECT_GT(outside_of_umem(pool->get()), 0u);
}

TEST(PacketPools, LayoutFollowsDevices) {
    const auto layout = [](const char* user, const char* internet) {
        Settings settings;
        settings.wires.push_back({"w", *parse_device(user, 0), *parse_device(internet, 1)});
        return pool_layout(settings);
    };
    EXPECT_EQ(*layout("net_af_xdp,iface=a", "net_af_packet,iface=b"), PoolLayout::in_one_piece);
    EXPECT_EQ(*layout("0000:3b:00.0", "0000:3b:00.1"), PoolLayout::within_pages);
    EXPECT_EQ(*layout("0000:3b:00.0", "net_af_packet,iface=b"), PoolLayout::within_pages);
    const auto refused = layout("0000:3b:00.0", "net_af_xdp,iface=b");
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().find("net_af_xdp1 cannot share"), std::string::npos)
        << refused.error();
}

// What is promised before the start is what workers then really have.
TEST(MemoryBudget, IsWhatWorkersTake) {
    for (const std::uint32_t flows : {1'024u, 300'000u}) {
        Settings settings;
        settings.worker_cpus = {0, 1, 2};
        settings.huge_pages = false;
        settings.wires.resize(2);
        settings.limits.flows_max = flows;
        const MemoryBudget budget = memory_budget(settings);
        const pipeline::Worker worker(settings.limits, {.hash_key = {}});
        EXPECT_EQ(budget.ordinary_bytes, 3 * worker.memory_bytes() + SharedMemory::memory_bytes(3));
        std::uint64_t sum = 0;
        for (const MemoryBudget::Part& part : budget.parts)
            sum += part.bytes;
        EXPECT_NEAR(static_cast<double>(sum), static_cast<double>(budget.total_bytes()), 16);
    }
}

TEST(DealOut, FollowsWhatIsOfferedAndNeverExceedsTheCommit) {
    using Shares = std::vector<std::uint64_t>;
    EXPECT_EQ(deal_out(0, Shares{5, 5}), (Shares{0, 0}));
    EXPECT_EQ(deal_out(1'000, Shares{}), Shares{});
    EXPECT_EQ(deal_out(1'000, Shares{900}), Shares{1'000});
    EXPECT_EQ(deal_out(1'000, Shares{0, 0}), (Shares{500, 500}));
    EXPECT_EQ(deal_out(1'000, Shares{5'000, 0}), (Shares{950, 50}));
    EXPECT_EQ(deal_out(1'000, Shares{800, 0}), (Shares{900, 100}));
    EXPECT_EQ(deal_out(1'000, Shares{3'000, 1'000}), (Shares{725, 275}));
    std::mt19937_64 random(test::seed());
    for (int round = 0; round < 1'000; ++round) {
        Shares offered(1 + random() % 64);
        for (std::uint64_t& o : offered)
            o = random() % (std::uint64_t{1} << random() % 45);
        const std::uint64_t commit = random() % 50'000'000'000;
        const Shares shares = deal_out(commit, offered);
        const std::uint64_t sum = std::accumulate(shares.begin(), shares.end(), std::uint64_t{0});
        ASSERT_LE(sum, commit);
        ASSERT_GE(sum + 3 * shares.size(), commit);
        const std::uint64_t total =
            std::accumulate(offered.begin(), offered.end(), std::uint64_t{0});
        for (std::size_t i = 0; i < shares.size() && total < commit * 9 / 10; ++i)
            ASSERT_GE(shares[i], offered[i]);
    }
}

}  // namespace
}  // namespace sluice::io

int main(int argc, char** argv) {
    ::testing::InitGoogleTest(&argc, argv);
    std::vector<std::string> words = {
        "io_eal_test", "--no-huge",    "--no-shconf",    "--no-pci",           "-m",
        "128",         "--lcores=0@0", "--no-telemetry", "--log-level=*:error"};
    std::vector<char*> eal;
    for (std::string& word : words)
        eal.push_back(word.data());
    if (rte_eal_init(static_cast<int>(eal.size()), eal.data()) < 0) {
        std::printf("no EAL: %s\n", rte_strerror(rte_errno));
        return 1;
    }
    const int result = RUN_ALL_TESTS();
    rte_eal_cleanup();
    return result;
}
