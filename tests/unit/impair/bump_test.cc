// The bump sends what is due, in the order of its due times, and accounts for every frame.
#include "tools/impair/bump.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace sluice::impair {
namespace {

struct Wire {
    std::vector<std::pair<Direction, Frame>> sent;
    bool up = true;
    Bump::Send sender() {
        return [this](Direction d, const Frame& frame) {
            if (up) sent.emplace_back(d, frame);
            return up;
        };
    }
};

Frame numbered(std::uint8_t n) {
    return {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45, n, 0, 0, 0, 0};
}

TEST(Bump, WithoutImpairmentFramesPassAtOnceBothWays) {
    Wire wire;
    Bump bump({}, wire.sender());
    bump.accept(Direction::a_to_b, numbered(1), 0);
    bump.accept(Direction::b_to_a, numbered(2), 0);
    ASSERT_EQ(wire.sent.size(), 2u);
    EXPECT_EQ(wire.sent[0], std::make_pair(Direction::a_to_b, numbered(1)));
    EXPECT_EQ(wire.sent[1], std::make_pair(Direction::b_to_a, numbered(2)));
    EXPECT_FALSE(bump.send_due(0));
}

TEST(Bump, DelayedFramesWaitForTheirTimeAndKeepOrder) {
    Wire wire;
    Bump bump({.impairment = {.delay_ms = 2}}, wire.sender());
    bump.accept(Direction::a_to_b, numbered(1), 100);
    bump.accept(Direction::a_to_b, numbered(2), 100);
    bump.accept(Direction::a_to_b, numbered(3), 200);
    EXPECT_TRUE(wire.sent.empty());
    EXPECT_EQ(bump.send_due(2'000'099), 2'000'100u);
    EXPECT_EQ(bump.send_due(2'000'100), 2'000'200u);
    ASSERT_EQ(wire.sent.size(), 2u);
    EXPECT_EQ(wire.sent[0].second, numbered(1));
    EXPECT_EQ(wire.sent[1].second, numbered(2));
    EXPECT_FALSE(bump.send_due(2'000'200));
    EXPECT_EQ(wire.sent.size(), 3u);
}

TEST(Bump, PushesOnTheWayToTheGatewayAndPopsOnTheWayBack) {
    Wire wire;
    Bump bump({.push = *parse_encap("vlan=9"), .pop = true}, wire.sender());
    bump.accept(Direction::a_to_b, numbered(1), 0);
    const Frame tagged = wire.sent.at(0).second;
    EXPECT_EQ(tagged.size(), numbered(1).size() + 4);
    bump.accept(Direction::b_to_a, tagged, 0);
    EXPECT_EQ(wire.sent.at(1).second, numbered(1));
    EXPECT_EQ(bump.counters(Direction::a_to_b).pushed, 1u);
    EXPECT_EQ(bump.counters(Direction::b_to_a).popped, 1u);
}

TEST(Bump, CorruptionFlipsExactlyOneBit) {
    Wire wire;
    Bump bump({.impairment = {.seed = 3, .corrupt = 1}}, wire.sender());
    bump.accept(Direction::a_to_b, numbered(1), 0);
    int bits = 0;
    for (std::size_t i = 0; i < numbered(1).size(); ++i) {
        bits += __builtin_popcount(wire.sent.at(0).second.at(i) ^ numbered(1)[i]);
    }
    EXPECT_EQ(bits, 1);
}

TEST(Bump, EveryFrameIsAccountedFor) {
    Wire wire;
    Bump bump({.impairment = {.seed = 11,
                              .loss = 0.2,
                              .reorder = 0.3,
                              .duplicate = 0.2,
                              .corrupt = 0.1,
                              .jitter_ms = 4}},
              wire.sender());
    for (std::uint64_t i = 0; i < 5000; ++i) {
        wire.up = i % 10 != 0;
        const auto d = i % 3 == 0 ? Direction::b_to_a : Direction::a_to_b;
        bump.accept(d, numbered(static_cast<std::uint8_t>(i)), i * 100'000);
        bump.send_due(i * 100'000);
    }
    std::uint64_t in = bump.waiting(), out = 0;
    for (const auto d : {Direction::a_to_b, Direction::b_to_a}) {
        const BumpCounters& c = bump.counters(d);
        in += c.lost + c.sent + c.refused;
        out += c.received + c.duplicated;
        EXPECT_GT(c.refused, 0u);
    }
    EXPECT_EQ(in, out);
    EXPECT_EQ(wire.sent.size(),
              bump.counters(Direction::a_to_b).sent + bump.counters(Direction::b_to_a).sent);
}

TEST(Bump, ReorderedFramesAreOvertaken) {
    Wire wire;
    Bump bump({.impairment = {.seed = 1, .reorder = 0.5}}, wire.sender());
    for (std::uint8_t i = 0; i < 100; ++i)
        bump.accept(Direction::a_to_b, numbered(i), i);
    bump.send_due(1'000'000'000);
    ASSERT_EQ(wire.sent.size(), 100u);
    EXPECT_FALSE(std::is_sorted(wire.sent.begin(), wire.sent.end(),
                                [](auto& x, auto& y) { return x.second[15] < y.second[15]; }));
}

}  // namespace
}  // namespace sluice::impair
