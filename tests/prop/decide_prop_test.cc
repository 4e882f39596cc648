// The compiled policy against the naive reading of the model, over random policies and flows; and
// what explain() and a pending name promise.
#include <gtest/gtest.h>

#include "rules/compile/compile.h"
#include "rules/lookup/explain.h"
#include "tests/prop/naive_policy.h"
#include "tests/prop/random_policy.h"
#include "tests/support/seed.h"

namespace sluice {
namespace {

ipc::LoadedBundle load(const model::Policy& policy, const compile::CompileOptions& options = {}) {
    auto compiled = compile::compile(policy, options);
    SLUICE_ASSERT(compiled.ok());
    auto loaded = ipc::load_compiled(compiled->bundle);
    SLUICE_ASSERT(loaded.ok());
    return *std::move(loaded);
}

// A block while the name is pending must be the same block under every name.
void check_pending(const lookup::BundleView& bundle, lookup::Facts facts,
                   test::RandomWorld& world) {
    facts.name_state = lookup::NameState::pending;
    facts.name = {};
    const auto pending = lookup::decide(bundle, facts);
    if (pending.verdict != model::Verdict::block) return;
    facts.name_state = lookup::NameState::absent;
    ASSERT_EQ(lookup::decide(bundle, facts).reason, pending.reason);
    facts.name_state = lookup::NameState::known;
    for (int i = 0; i < 5; ++i) {
        const std::string name = world.name();
        facts.name = name;
        facts.name_source = static_cast<model::NameSource>(1 + world.below(4));
        ASSERT_EQ(lookup::decide(bundle, facts).reason, pending.reason) << name;
    }
}

TEST(DecideProperty, CompiledAndNaiveAgree) {
    const std::uint64_t first = test::seed();
    std::array<unsigned, model::kReasonCount> seen{};
    for (std::uint64_t round = 0; round < 600; ++round) {
        test::RandomWorld world(first + round);
        const model::Policy policy = world.policy();
        const auto loaded = load(policy);
        for (int i = 0; i < 150; ++i) {
            std::string name;
            lookup::Facts facts = world.facts(policy, name);
            facts.org = lookup::find_user(loaded.view, facts.operator_id, facts.user);
            ASSERT_EQ(facts.org.raw(), naive::owner(policy, facts.operator_id.raw(), facts.user))
                << "seed " << first + round << ' ' << to_text(facts.user);
            const auto decision = lookup::decide(loaded.view, facts);
            const auto expected = naive::decide(policy, facts);
            ASSERT_EQ(name_of(decision.reason), name_of(expected.reason))
                << "seed " << first + round << " flow " << i;
            ASSERT_EQ(decision, expected) << "seed " << first + round << " flow " << i;
            ASSERT_EQ(lookup::explain(loaded.view, facts).decision, decision);
            ++seen[static_cast<std::size_t>(decision.reason)];
            check_pending(loaded.view, facts, world);
            ASSERT_FALSE(testing::Test::HasFatalFailure()) << "seed " << first + round;
        }
    }
    // The world is small enough that every reason decide() can give was given.
    for (std::size_t r = 0; r < model::kReasonCount; ++r) {
        const auto reason = static_cast<model::Reason>(r);
        constexpr model::Reason kOfOthers[] = {
            model::Reason::unclassified_open,       model::Reason::unclassified_closed,
            model::Reason::inspect_unavailable,     model::Reason::exempt_government,
            model::Reason::exempt_privacy,          model::Reason::exempt_conferencing,
            model::Reason::exempt_signature_update, model::Reason::exempt_os_update};
        // 41xx and 42xx: what inspection finds inside.
        const bool inside = number_of(reason) >= 4100 && number_of(reason) < 4300;
        if (!inside &&
            std::find(std::begin(kOfOthers), std::end(kOfOthers), reason) == std::end(kOfOthers)) {
            EXPECT_GT(seen[r], 0u) << name_of(reason);
        }
    }
}

// Prefixes in bunches and alone, nested and side by side, IPv4 and IPv6: more of them than the
// small world has, so that tables of several levels are built.
Prefix any_prefix(test::RandomWorld& world) {
    IpAddress a;
    if (world.chance(50)) {
        const std::uint32_t bunch = world.chance(70) ? 0x0a0b0000u : world.below(~0u);
        a = IpAddress::v4((bunch & 0xffff0000u) | world.below(0x10000));
        return {masked(a, 96 + world.below(33)), 0};
    }
    a.bytes = {0x2a, 0x02, 0x12, 0x34};
    if (world.chance(20)) a.bytes[0] = static_cast<std::uint8_t>(world.below(256));
    for (unsigned i = 4; i < 16; ++i)
        a.bytes[i] = static_cast<std::uint8_t>(world.below(world.chance(50) ? 2 : 256));
    return {a, 0};
}

TEST(LookupProperty, LongestPrefixOfManyThousands) {
    const std::uint64_t first = test::seed();
    for (std::uint64_t round = 0; round < 6; ++round) {
        test::RandomWorld world(first + round);
        model::Policy policy;
        policy.operators = {{"op0", "", {}, {}}, {"op1", "", {}, {}}};
        for (int i = 0; i < 50; ++i)
            policy.organisations.push_back(
                {std::string("o").append(std::to_string(i)), "", "op0", "", "", {}, {}, {}});
        std::set<std::pair<unsigned, Prefix>> taken;
        for (int i = 0; i < 3000; ++i) {
            Prefix p = any_prefix(world);
            p.length = static_cast<std::uint8_t>(p.network.is_v4() ? 96 + world.below(33)
                                                                   : 16 + world.below(113));
            p.network = masked(p.network, p.length);
            const auto op = static_cast<std::uint16_t>(world.below(2));
            if (taken.emplace(op, p).second)
                policy.catalog.push_back({p, op, static_cast<std::uint16_t>(world.below(50)), {}});
        }
        const auto loaded = load(policy);
        for (int i = 0; i < 2500; ++i) {
            // The ends of prefixes and their neighbours, where mistakes live; and anything.
            const auto& entry =
                policy.catalog[world.below(static_cast<unsigned>(policy.catalog.size()))];
            IpAddress a = world.chance(15) ? any_prefix(world).network : entry.prefix.network;
            if (world.chance(50))
                for (unsigned bit = entry.prefix.length; bit < 128; ++bit)
                    a.bytes[bit / 8] =
                        static_cast<std::uint8_t>(a.bytes[bit / 8] | 0x80u >> bit % 8);
            const int step = static_cast<int>(world.below(3)) - 1;
            for (int at = 15, carry = step; at >= 0 && carry != 0; --at) {
                const int sum = a.bytes[static_cast<unsigned>(at)] + carry;
                a.bytes[static_cast<unsigned>(at)] = static_cast<std::uint8_t>(sum);
                carry = sum < 0 ? -1 : sum > 255 ? 1 : 0;
            }
            const OperatorId op{static_cast<std::uint8_t>(world.below(2))};
            lookup::prefetch_users(loaded.view, 1, [&](unsigned) {
                return lookup::UserAddress{op, a};
            });
            ASSERT_EQ(lookup::find_user(loaded.view, op, a).raw(),
                      naive::owner(policy, op.raw(), a))
                << "seed " << first + round << ' ' << to_text(a);
            const auto match = loaded.view.catalog().prefixes.match(op.raw(), a);
            if (match.value != 0) {
                const Prefix found{masked(a, match.length), match.length};
                ASSERT_TRUE(taken.contains({op.raw(), found})) << to_text(found);
            }
        }
    }
}

}  // namespace
}  // namespace sluice
