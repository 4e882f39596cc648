// load -> save -> load is the same policy: for the sample, and for random policies with awkward
// texts. SLUICE_SEED=n replays one.
#include "rules/load/save_policy.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/unit/load/random_policy.h"
#include "tests/unit/load/small_policy.h"

namespace sluice::load {
namespace {

void expect_same(const model::Policy& policy, const std::string& what) {
    const FileSet files = save_policy(policy);
    const Loaded again = load_policy(files, test_day());
    ASSERT_TRUE(again.ok()) << what << "\n" << to_text(again.diagnostics[0]);
    EXPECT_TRUE(again.policy == policy) << what;
    EXPECT_EQ(save_policy(again.policy), files) << what;
}

TEST(SavePolicy, TheSampleStaysTheSame) {
    const Loaded loaded = load_policy_directory(SLUICE_SAMPLE_DIR, test_day());
    ASSERT_TRUE(loaded.ok());
    ASSERT_FALSE(loaded.policy.names.empty());
    expect_same(loaded.policy, "sample");
}

TEST(SavePolicy, TheSmallestPolicyStaysTheSame) {
    model::Policy policy;
    policy.title = "x";
    expect_same(policy, "smallest");
    EXPECT_EQ(save_policy(policy).size(), 1u) << "nothing is written for empty lists";
}

TEST(SavePolicy, RandomPoliciesStayTheSame) {
    const char* seed_text = std::getenv("SLUICE_SEED");
    const std::uint64_t first = seed_text ? std::strtoull(seed_text, nullptr, 10) : 1;
    const std::uint64_t last = seed_text ? first : 500;
    for (std::uint64_t seed = first; seed <= last && !HasFailure(); ++seed)
        expect_same(random_policy(seed, test_day()), "SLUICE_SEED=" + std::to_string(seed));
}

}  // namespace
}  // namespace sluice::load
