// FlowTable on each code path: finding, stale matches, overflow counters, eviction ranks, the hand.
#include "dataplane/flow/flow_table.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/support/flow_keys.h"

namespace sluice::flow {
namespace {

constexpr HashKey kKey{0x0123456789abcdef, 0xfedcba9876543210};
constexpr std::uint32_t kTwoGroups = 51;  // flows_max of a table of 2 groups, 64 slots

class FlowTableTest : public testing::TestWithParam<CodePath> {
  protected:
    Slot look_up(const FlowTable& table, const FlowKey& key) {
        return table.find(key, table.match_one(key));
    }
    FlowTable::Insertion put(FlowTable& table, const FlowKey& key, std::uint32_t now_ms = 0) {
        return table.insert(key, table.match_one(key), now_ms);
    }
    // Fills a table of two groups with TCP flows that are in use; returns its slots.
    std::vector<Slot> fill(FlowTable& table, std::uint32_t now_ms) {
        std::vector<Slot> slots;
        for (std::uint32_t n = 0; n < 64; ++n) {
            const auto done = put(table, flow_key(n), now_ms);
            EXPECT_FALSE(done.evicted);
            table.at(done.slot).ip_protocol = 6;
            table.at(done.slot).set_stage(Stage::established);
            slots.push_back(done.slot);
        }
        return slots;
    }
    static FlowKey flow_key(std::uint32_t n) {
        FlowKey key = test::flow_key(n);
        key.ip_protocol = 6;
        return key;
    }
    FlowTimeouts timeouts_;
};

INSTANTIATE_TEST_SUITE_P(EachPath, FlowTableTest, testing::ValuesIn(test::code_paths()),
                         [](const auto& each) { return test::path_name(each.param); });

TEST_P(FlowTableTest, FindsWhatWasInsertedAndNothingElse) {
    FlowTable table(1000, kKey, timeouts_, GetParam());
    for (std::uint32_t n = 0; n < 1000; ++n) {
        ASSERT_EQ(look_up(table, flow_key(n)), kNoSlot) << n;
        const auto done = put(table, flow_key(n), 77);
        ASSERT_NE(done.slot, kNoSlot);
        EXPECT_EQ(table.at(done.slot).key(), flow_key(n));
        EXPECT_EQ(table.at(done.slot).seen_ms, 77u);
        EXPECT_EQ(table.at(done.slot).packets, 0u);
        EXPECT_EQ(table.at(done.slot).stage(), Stage::embryonic);
    }
    EXPECT_EQ(table.size(), 1000u);
    std::set<Slot> slots;
    for (std::uint32_t n = 0; n < 1000; ++n)
        slots.insert(look_up(table, flow_key(n)));
    EXPECT_EQ(slots.size(), 1000u);
    EXPECT_FALSE(slots.contains(kNoSlot));
}

TEST_P(FlowTableTest, BurstAnswersLikeOneByOne) {
    FlowTable table(10'000, kKey, timeouts_, GetParam());
    for (std::uint32_t n = 0; n < 10'000; n += 2)
        put(table, flow_key(n));
    for (std::uint32_t size = 1; size <= kBurstMax; ++size) {
        std::vector<FlowKey> keys;
        for (std::uint32_t i = 0; i < size; ++i)
            keys.push_back(flow_key(size * 150 + i));
        std::vector<Match> matches(size);
        table.hash_burst({keys.data()}, matches);
        table.match_burst(matches);
        for (std::uint32_t i = 0; i < size; ++i) {
            const Match one = table.match_one(keys[i]);
            EXPECT_EQ(matches[i].hash, one.hash);
            EXPECT_EQ(matches[i].group, one.group);
            EXPECT_EQ(matches[i].candidates, one.candidates);
            EXPECT_EQ(table.find(keys[i], matches[i]) != kNoSlot, (size * 150 + i) % 2 == 0);
        }
    }
}

// A key that differs in any one bit is another flow; bytes_high is not key.
TEST_P(FlowTableTest, EveryBitOfTheKeyCounts) {
    FlowTable table(1000, kKey, timeouts_, GetParam());
    const FlowKey key = flow_key(5);
    const Slot slot = put(table, key).slot;
    table.at(slot).bytes_high = 0xffff;
    EXPECT_EQ(look_up(table, key), slot);
    const Match match = table.match_one(key);
    for (unsigned bit = 0; bit < 38 * 8; ++bit) {
        FlowKey other = key;
        reinterpret_cast<std::uint8_t*>(&other)[bit / 8] ^=
            static_cast<std::uint8_t>(1u << bit % 8);
        EXPECT_EQ(look_up(table, other), kNoSlot) << "bit " << bit;
        EXPECT_EQ(table.find(other, match), kNoSlot) << "bit " << bit << " with the same tag";
    }
}

// Each bit of the key turns about half of the 64 bits of the hash, and another secret turns them
// too.
TEST_P(FlowTableTest, HashScattersEveryBit) {
    FlowTable table(1000, kKey, timeouts_, GetParam());
    for (unsigned bit = 0; bit < 38 * 8; ++bit) {
        unsigned turned = 0;
        for (std::uint32_t n = 0; n < 64; ++n) {
            FlowKey key = flow_key(n);
            const std::uint64_t before = table.match_one(key).hash;
            reinterpret_cast<std::uint8_t*>(&key)[bit / 8] ^=
                static_cast<std::uint8_t>(1u << bit % 8);
            turned +=
                static_cast<unsigned>(__builtin_popcountll(before ^ table.match_one(key).hash));
        }
        EXPECT_NEAR(turned / 64.0, 32.0, 4.0) << "bit " << bit;
    }
    for (const HashKey& other :
         {HashKey{kKey.low ^ 1, kKey.high}, HashKey{kKey.low, kKey.high ^ 1}}) {
        FlowTable second(1000, other, timeouts_, GetParam());
        EXPECT_NE(second.match_one(flow_key(1)).hash, table.match_one(flow_key(1)).hash);
    }
}

TEST_P(FlowTableTest, OldMatchNeverFindsWhatIsGone) {
    FlowTable table(1000, kKey, timeouts_, GetParam());
    const Match before = table.match_one(flow_key(1));
    const Slot slot = put(table, flow_key(1)).slot;
    const Match with = table.match_one(flow_key(1));
    EXPECT_EQ(table.find(flow_key(1), before), kNoSlot);  // inserted since: ask afresh
    EXPECT_EQ(table.find(flow_key(1), with), slot);
    table.erase(slot);
    EXPECT_EQ(table.find(flow_key(1), with), kNoSlot);
    EXPECT_FALSE(table.occupied(slot));
    EXPECT_EQ(table.size(), 0u);
}

TEST_P(FlowTableTest, OverflowCountersReturnToZero) {
    FlowTable table(kTwoGroups, kKey, timeouts_, GetParam());
    ASSERT_EQ(table.group_count(), 2u);
    std::uint32_t homes[2] = {};
    for (std::uint32_t n = 0; n < 64; ++n) {
        ++homes[table.match_one(flow_key(n)).group];
        put(table, flow_key(n));
    }
    const std::uint32_t more = std::max(homes[0], homes[1]);
    EXPECT_EQ(table.overflow(0) + table.overflow(1), more - 32) << "64 flows in 2 groups of 32";
    for (std::uint32_t n = 0; n < 64; ++n)
        table.erase(look_up(table, flow_key(n)));
    EXPECT_EQ(table.overflow(0), 0u);
    EXPECT_EQ(table.overflow(1), 0u);
    EXPECT_EQ(table.size(), 0u);
}

// 400 flows of one home group: 32 at home, the others counted to 255 and found all the same.
TEST_P(FlowTableTest, OverflowCounterSaturatesSafely) {
    FlowTable table(2000, kKey, timeouts_, GetParam());
    std::vector<FlowKey> keys;
    for (std::uint32_t n = 0; keys.size() < 400; ++n)
        if (table.match_one(flow_key(n)).group == 3) keys.push_back(flow_key(n));
    for (const FlowKey& key : keys)
        ASSERT_FALSE(put(table, key).evicted);
    EXPECT_EQ(table.overflow(3), 255u);
    for (std::size_t i = 0; i < keys.size(); ++i) {
        const Slot slot = look_up(table, keys[i]);
        ASSERT_NE(slot, kNoSlot) << i;
        if (i < 350) table.erase(slot);
    }
    for (std::size_t i = 350; i < keys.size(); ++i)
        EXPECT_NE(look_up(table, keys[i]), kNoSlot) << i;
}

TEST_P(FlowTableTest, FlowsInUseAreNeverEvicted) {
    FlowTable table(kTwoGroups, kKey, timeouts_, GetParam());
    fill(table, 1000);
    for (std::uint32_t n = 100; n < 400; ++n) {
        const auto done = put(table, flow_key(n), 1000 + n * 50);
        EXPECT_EQ(done.slot, kNoSlot);
        EXPECT_FALSE(done.evicted);
    }
    for (std::uint32_t n = 0; n < 64; ++n)
        EXPECT_NE(look_up(table, flow_key(n)), kNoSlot);
    EXPECT_EQ(table.size(), 64u);
}

// Of four flows that may go, always the one of the lowest rank; without it, the next.
TEST_P(FlowTableTest, EvictsByRank) {
    constexpr std::uint32_t kNow = 10'000'000;
    const unsigned order[] = {46, 33, 20, 7};  // closed, embryonic, blocked, past its timeout
    for (unsigned gone = 0; gone <= 4; ++gone) {
        FlowTable table(kTwoGroups, kKey, timeouts_, GetParam());
        const std::vector<Slot> slots = fill(table, kNow);
        EXPECT_EQ(put(table, flow_key(100), kNow).slot, kNoSlot);  // now nothing is hinted at
        if (gone < 4) table.at(slots[7]).seen_ms = kNow - timeouts_.tcp_established_ms - 1;
        if (gone < 3) table.at(slots[20]).verdict = model::Verdict::block;
        if (gone < 2) table.at(slots[33]).set_stage(Stage::embryonic);
        if (gone < 1) table.at(slots[46]).set_stage(Stage::closed);
        table.at(slots[59]).set_stage(Stage::closing);  // in use: stays
        const auto done = put(table, flow_key(200), kNow + 1000);
        ASSERT_EQ(done.evicted, gone < 4) << gone;
        if (gone == 4) continue;
        EXPECT_EQ(done.slot, slots[order[gone]]);
        EXPECT_EQ(done.victim.key(), flow_key(order[gone]));
        EXPECT_EQ(look_up(table, flow_key(order[gone])), kNoSlot);
        EXPECT_EQ(look_up(table, flow_key(200)), done.slot);
        EXPECT_EQ(table.size(), 64u);
        for (const Slot slot : slots)
            table.erase(slot);
        EXPECT_EQ(table.overflow(0) + table.overflow(1), 0);
    }
}

// Flows that have all spoken fill four fifths of the table and hardly any is refused.
TEST_P(FlowTableTest, HoldsWhatItPromises) {
    constexpr std::uint32_t kFlows = 100'000;
    FlowTable table(kFlows, kKey, timeouts_, GetParam());
    std::uint32_t refused = 0;
    for (std::uint32_t n = 0; n < kFlows; ++n) {
        const auto done = put(table, flow_key(n));
        EXPECT_FALSE(done.evicted);
        if (done.slot == kNoSlot)
            ++refused;
        else
            table.at(done.slot).set_stage(Stage::established);
    }
    EXPECT_LT(refused, kFlows / 2'000);
}

TEST_P(FlowTableTest, FloodEvictsFreshFlowsOnly) {
    FlowTable table(kTwoGroups, kKey, timeouts_, GetParam());
    for (std::uint32_t n = 0; n < 64; ++n) {
        const Slot slot = put(table, flow_key(n), 5).slot;
        if (n % 2 == 0) table.at(slot).set_stage(Stage::established);
    }
    for (std::uint32_t n = 1000; n < 21'000; ++n) {
        const auto done = put(table, flow_key(n), 6);
        ASSERT_TRUE(done.evicted);
        ASSERT_EQ(done.victim.stage(), Stage::embryonic);
    }
    for (std::uint32_t n = 0; n < 64; n += 2)
        EXPECT_NE(look_up(table, flow_key(n)), kNoSlot);
}

TEST_P(FlowTableTest, HandVisitsEachFlowOnceARound) {
    FlowTable table(2000, kKey, timeouts_, GetParam());
    const std::uint32_t start = 0xffff'f000;  // the clock goes through zero meanwhile
    for (std::uint32_t n = 0; n < 2000; ++n)
        table.at(put(table, flow_key(n), start).slot).packets = n;
    const std::uint32_t now = start + timeouts_.embryonic_ms + 1;
    for (std::uint32_t n = 0; n < 2000; n += 2)
        table.at(look_up(table, flow_key(n))).seen_ms = now - 5;
    std::set<std::uint32_t> expired, live;
    for (std::uint32_t group = 0; group < table.group_count(); ++group) {
        const std::size_t before = expired.size() + live.size();
        table.sweep(
            1, now,
            [&](Slot slot) noexcept {
                EXPECT_TRUE(expired.insert(table.at(slot).packets).second);
                table.erase(slot);
            },
            [&](Slot slot) noexcept { EXPECT_TRUE(live.insert(table.at(slot).packets).second); });
        EXPECT_LE(expired.size() + live.size(), before + kGroupSize);
    }
    EXPECT_EQ(expired.size(), 1000u);
    EXPECT_EQ(live.size(), 1000u);
    EXPECT_EQ(*expired.begin() % 2, 1u);
    EXPECT_EQ(table.size(), 1000u);
}

// What the hand finds blocked is evicted at once, although an eviction had found it in use before.
TEST_P(FlowTableTest, HandRenewsHints) {
    FlowTable table(kTwoGroups, kKey, timeouts_, GetParam());
    const auto slots = fill(table, 1000);
    EXPECT_EQ(put(table, flow_key(100), 1000).slot, kNoSlot);
    table.sweep(
        2, 1000, [](Slot) noexcept { ADD_FAILURE(); },
        [&](Slot slot) noexcept { table.at(slot).verdict = model::Verdict::block; });
    EXPECT_TRUE(put(table, flow_key(101), 1000).evicted);
    EXPECT_EQ(slots.size(), 64u);
}

TEST(FlowTableMemory, AtMost83BytesAFlow) {
    for (std::uint32_t flows_max : {64'000u, 1'000'000u, 10'000'000u}) {
        FlowTable table(flows_max, kKey, FlowTimeouts{});
        const double bytes = static_cast<double>(table.memory_bytes()) / flows_max;
        EXPECT_LE(bytes, 83.0) << flows_max;
        EXPECT_GE(table.slot_count(), flows_max / 4ull * 5);
    }
}

TEST(FlowTimeout, ByProtocolStageAndVerdict) {
    const FlowTimeouts t;
    struct Row {
        const char* name;
        std::uint8_t ip_protocol;
        Stage stage;
        model::Verdict verdict;
        std::uint32_t expected;
    };
    using model::Verdict;
    const Row rows[] = {
        {"syn", 6, Stage::embryonic, Verdict::forward, t.embryonic_ms},
        {"tcp", 6, Stage::established, Verdict::forward, t.tcp_established_ms},
        {"tcp inspect", 6, Stage::established, Verdict::inspect, t.tcp_established_ms},
        {"fin", 6, Stage::closing, Verdict::forward, t.closing_ms},
        {"rst", 6, Stage::closed, Verdict::forward, t.closed_ms},
        {"blocked and reset", 6, Stage::closed, Verdict::block, t.closed_ms},
        {"blocked", 6, Stage::established, Verdict::block, t.blocked_ms},
        {"blocked query", 17, Stage::embryonic, Verdict::block, t.blocked_ms},
        {"udp query", 17, Stage::embryonic, Verdict::forward, t.embryonic_ms},
        {"udp", 17, Stage::established, Verdict::forward, t.udp_ms},
        {"icmp", 1, Stage::established, Verdict::forward, t.other_ms},
        {"esp", 50, Stage::established, Verdict::forward, t.other_ms},
    };
    for (const Row& row : rows) {
        FlowEntry entry{};
        entry.ip_protocol = row.ip_protocol;
        entry.verdict = row.verdict;
        entry.set_stage(row.stage);
        EXPECT_EQ(timeout_ms(entry, t), row.expected) << row.name;
        entry.seen_ms = 0xffff'fff0;
        EXPECT_FALSE(is_expired(entry, t, entry.seen_ms + row.expected)) << row.name;
        EXPECT_TRUE(is_expired(entry, t, entry.seen_ms + row.expected + 1)) << row.name;
        EXPECT_FALSE(is_expired(entry, t, entry.seen_ms - 1)) << row.name;
    }
}

}  // namespace
}  // namespace sluice::flow
