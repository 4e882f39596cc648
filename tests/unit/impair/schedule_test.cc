// Fates are replayed by their seed and come as often as asked for.
#include "tools/impair/schedule.h"

#include <gtest/gtest.h>

#include <cmath>

namespace sluice::impair {
namespace {

constexpr std::uint64_t kPackets = 100'000;

bool same(const Fate& x, const Fate& y) {
    return x.lost == y.lost && x.duplicated == y.duplicated && x.reordered == y.reordered &&
           x.corrupt_bit == y.corrupt_bit && x.delay_ns == y.delay_ns;
}

Impairment mixed(std::uint64_t seed) {
    return {.seed = seed,
            .loss = 0.1,
            .reorder = 0.2,
            .duplicate = 0.3,
            .corrupt = 0.4,
            .delay_ms = 5,
            .jitter_ms = 10};
}

template <class Of>
double share(const Impairment& impairment, Direction direction, Of of) {
    std::uint64_t hits = 0;
    for (std::uint64_t i = 0; i < kPackets; ++i)
        hits += of(fate_of(impairment, direction, i));
    return static_cast<double>(hits) / static_cast<double>(kPackets);
}

// Five standard deviations of a binomial share: one false alarm in a million, and seeds are fixed.
double tolerance(double p) { return 5 * std::sqrt(p * (1 - p) / static_cast<double>(kPackets)); }

TEST(Schedule, TheSameSeedGivesTheSameFates) {
    for (std::uint64_t i = 0; i < 1000; ++i) {
        EXPECT_TRUE(
            same(fate_of(mixed(7), Direction::a_to_b, i), fate_of(mixed(7), Direction::a_to_b, i)));
    }
}

TEST(Schedule, SeedsAndDirectionsAreIndependent) {
    const auto lost = [](std::uint64_t seed, Direction d, std::uint64_t i) {
        return fate_of(mixed(seed), d, i).lost;
    };
    int both_seeds = 0, both_directions = 0;
    for (std::uint64_t i = 0; i < kPackets; ++i) {
        const bool mine = lost(7, Direction::a_to_b, i);
        both_seeds += mine && lost(8, Direction::a_to_b, i);
        both_directions += mine && lost(7, Direction::b_to_a, i);
    }
    const double expected = 0.01, allowed = tolerance(expected);
    EXPECT_NEAR(both_seeds / static_cast<double>(kPackets), expected, allowed);
    EXPECT_NEAR(both_directions / static_cast<double>(kPackets), expected, allowed);
}

TEST(Schedule, SharesAreAsAsked) {
    for (const Direction d : {Direction::a_to_b, Direction::b_to_a}) {
        const Impairment m = mixed(42);
        EXPECT_NEAR(share(m, d, [](const Fate& f) { return f.lost; }), 0.1, tolerance(0.1));
        EXPECT_NEAR(share(m, d, [](const Fate& f) { return f.reordered; }), 0.2, tolerance(0.2));
        EXPECT_NEAR(share(m, d, [](const Fate& f) { return f.duplicated; }), 0.3, tolerance(0.3));
        EXPECT_NEAR(share(m, d, [](const Fate& f) { return f.corrupt_bit.has_value(); }), 0.4,
                    tolerance(0.4));
    }
}

TEST(Schedule, NothingAskedForIsNothingDone) {
    for (std::uint64_t i = 0; i < 1000; ++i) {
        EXPECT_TRUE(same(fate_of({.seed = i}, Direction::a_to_b, i), Fate{}));
    }
}

TEST(Schedule, EverythingAskedForIsAlwaysDone) {
    const Impairment all{.seed = 3, .loss = 1, .reorder = 1, .duplicate = 1, .corrupt = 1};
    for (std::uint64_t i = 0; i < 1000; ++i) {
        const Fate f = fate_of(all, Direction::b_to_a, i);
        EXPECT_TRUE(f.lost && f.reordered && f.duplicated && f.corrupt_bit);
        EXPECT_EQ(f.delay_ns, kReorderHoldNs);
    }
}

TEST(Schedule, DelayIsBetweenDelayAndDelayPlusJitter) {
    Impairment m = mixed(5);
    m.reorder = 0;
    for (std::uint64_t i = 0; i < 1000; ++i) {
        const std::uint64_t delay = fate_of(m, Direction::a_to_b, i).delay_ns;
        EXPECT_GE(delay, 5'000'000u);
        EXPECT_LT(delay, 15'000'000u);
    }
}

}  // namespace
}  // namespace sluice::impair
