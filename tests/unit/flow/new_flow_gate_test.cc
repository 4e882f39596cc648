// NewFlowGate: quotas by organisation, who comes again, and forgetting.
#include "dataplane/flow/new_flow_gate.h"

#include <gtest/gtest.h>

#include <random>

namespace sluice::flow {
namespace {

constexpr OrgId kMinistry{7}, kSchool{8};

class NewFlowGateTest : public testing::Test {
  protected:
    // How many of `count` flows never seen before may begin.
    unsigned flood(NewFlowGate& gate, OrgId org, unsigned count, std::uint32_t now_ms) {
        unsigned admitted = 0;
        for (unsigned i = 0; i < count; ++i)
            admitted += gate.admits(org, random_(), now_ms);
        return admitted;
    }
    std::mt19937_64 random_{1};
};

TEST_F(NewFlowGateTest, WithoutAQuotaEverythingBegins) {
    NewFlowGate gate(0);
    EXPECT_EQ(flood(gate, kMinistry, 100'000, 1), 100'000u);
    EXPECT_EQ(gate.memory_bytes(), 0u);
}

TEST_F(NewFlowGateTest, AFloodBeginsItsQuotaAndNoMore) {
    NewFlowGate gate(1'000);
    const struct {
        std::uint32_t at_ms;
        unsigned quota;
    } kRows[] = {{5'000, 1'000}, {5'500, 500}, {5'501, 1}, {5'501, 0}, {60'000, 1'000}};
    for (const auto& row : kRows) {
        const unsigned begun = flood(gate, kMinistry, 50'000, row.at_ms);
        EXPECT_GE(begun, row.quota) << row.at_ms;
        EXPECT_LT(begun, row.quota + 50'000 / 50) << row.at_ms << ": more than slip in";
    }
}

TEST_F(NewFlowGateTest, OrganisationsDoNotPayForEachOther) {
    NewFlowGate gate(1'000);
    flood(gate, kMinistry, 100'000, 5'000);
    EXPECT_EQ(flood(gate, kSchool, 1'000, 5'000), 1'000u);
    EXPECT_EQ(flood(gate, kNoOrg, 1'000, 5'000), 1'000u);
}

TEST_F(NewFlowGateTest, WhoComesAgainIsLetIn) {
    NewFlowGate gate(1'000);
    flood(gate, kMinistry, 1'000, 5'000);
    std::vector<std::uint64_t> clients;
    for (int i = 0; i < 500; ++i)
        clients.push_back(random_());
    unsigned at_once = 0, again = 0;
    for (const std::uint64_t c : clients)
        at_once += gate.admits(kMinistry, c, 5'000);
    for (const std::uint64_t c : clients)
        again += gate.admits(kMinistry, c, 5'000);
    EXPECT_EQ(at_once, 0u);
    EXPECT_EQ(again, 500u);
}

TEST_F(NewFlowGateTest, RemembersAcrossOneTurnAndForgetsAfterTwo) {
    NewFlowGate gate(1);
    gate.admits(kMinistry, 1, 10'000);
    const auto remembered_after = [&](std::uint32_t elapsed_ms) {
        NewFlowGate fresh(1);
        fresh.admits(kMinistry, 1, 10'000);                       // takes the only token
        EXPECT_FALSE(fresh.admits(kMinistry, 0xabcdef, 10'000));  // is remembered
        // Refused flows make the turns; each second earns one token, which they take.
        for (std::uint32_t ms = 500; ms < elapsed_ms; ms += 500)
            flood(fresh, kMinistry, 2, 10'000 + ms);
        flood(fresh, kMinistry, 2, 10'000 + elapsed_ms);
        return fresh.admits(kMinistry, 0xabcdef, 10'000 + elapsed_ms);
    };
    EXPECT_TRUE(remembered_after(1'000));
    EXPECT_TRUE(remembered_after(NewFlowGate::kForgetMs + 1'000));
    EXPECT_FALSE(remembered_after(2 * NewFlowGate::kForgetMs + 500));
}

TEST_F(NewFlowGateTest, AFullDoorkeeperLetsFewStrangersIn) {
    NewFlowGate gate(1);
    flood(gate, kMinistry, NewFlowGate::kRemembered - 100'000, 10'000);
    const unsigned slipped_in = flood(gate, kMinistry, 90'000, 10'000);
    EXPECT_LT(slipped_in, 90'000u / 50);
}

TEST_F(NewFlowGateTest, AClockThatWasReadEarlierEarnsNothing) {
    NewFlowGate gate(10);
    flood(gate, kMinistry, 100, 10'000);
    EXPECT_EQ(flood(gate, kMinistry, 100, 9'999), 0u);
    EXPECT_EQ(flood(gate, kMinistry, 100, 10'100), 1u);
}

}  // namespace
}  // namespace sluice::flow
