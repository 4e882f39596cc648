// NamePool and DnsNames against plain maps, in tables that are full most of the time.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>

#include "dataplane/flow/dns_names.h"
#include "dataplane/flow/name_pool.h"
#include "tests/support/seed.h"

namespace sluice::flow {
namespace {

std::string numbered(std::uint64_t n) {
    std::string name = std::to_string(n);
    name += ".example";
    return name;
}

TEST(NamePoolProp, AnswersLikeAMap) {
    std::mt19937_64 random(test::seed());
    NamePool pool(50, random());
    struct Held {
        NameRef ref;
        unsigned users;
    };
    std::map<std::pair<std::string, std::uint8_t>, Held> held;
    unsigned full = 0;
    for (unsigned step = 0; step < 50'000; ++step) {
        if (random() % 100 < 55) {
            const std::string name = numbered(random() % 60);
            const auto source = static_cast<std::uint8_t>(random() % 2);
            const NameRef ref = pool.acquire(name, source);
            const auto known = held.find({name, source});
            ASSERT_EQ(ref == kNoName, known == held.end() && held.size() == 50);
            full += ref == kNoName;
            if (ref == kNoName) continue;
            ASSERT_EQ(pool.name(ref), name);
            ASSERT_EQ(pool.source(ref), source);
            ASSERT_EQ(known == held.end() ? ref : known->second.ref, ref);
            ++held.try_emplace({name, source}, Held{ref, 0}).first->second.users;
        } else if (!held.empty()) {
            auto at = held.begin();
            std::advance(at, static_cast<long>(random() % held.size()));
            pool.release(at->second.ref);
            if (--at->second.users == 0) held.erase(at);
        }
        ASSERT_EQ(pool.size(), held.size());
        for (const auto& [key, each] : held)
            ASSERT_EQ(pool.name(each.ref), key.first);
    }
    EXPECT_GT(full, 100u);
    EXPECT_LT(pool.size(), 51u);
}

TEST(DnsNamesProp, AnswersLikeAMap) {
    std::mt19937_64 random(test::seed());
    constexpr std::size_t kMax = 30;
    DnsNames names({.addresses_max = kMax, .ttl_min_s = 10, .ttl_max_s = 200}, random());
    struct Known {
        std::string name;
        std::int64_t until_s;
    };
    std::map<std::pair<int, std::uint32_t>, Known> known;
    std::int64_t now_s = 0;
    unsigned evicted = 0;
    for (unsigned step = 0; step < 30'000; ++step) {
        now_s += static_cast<std::int64_t>(random() % 3);
        const MonoTime now{now_s * kNsPerSecond};
        const auto operator_id = static_cast<std::uint8_t>(random() % 2);
        const auto number = static_cast<std::uint32_t>(random() % 40);
        const std::string name = numbered(random() % 100);
        const auto ttl_s = static_cast<std::uint32_t>(random() % 300);
        names.learn(operator_id, IpAddress::v4(number), name, ttl_s, now);
        const std::int64_t until_s = now_s + std::clamp<std::int64_t>(ttl_s, 10, 200);
        if (!known.contains({operator_id, number}) && known.size() == kMax) {
            // One of those that end first must go: which one of equals is the table's business.
            std::int64_t first = INT64_MAX;
            for (const auto& [key, each] : known)
                first = std::min(first, each.until_s);
            auto gone = known.end();
            for (auto at = known.begin(); at != known.end(); ++at) {
                const auto op = static_cast<std::uint8_t>(at->first.first);
                const MonoTime before{first * kNsPerSecond - 1};
                const auto found = names.find(op, IpAddress::v4(at->first.second), before);
                if (at->second.until_s == first && found != at->second.name) gone = at;
            }
            ASSERT_TRUE(gone != known.end()) << "the nearest to its end makes room";
            known.erase(gone);
            ++evicted;
        }
        known[{operator_id, number}] = {name, until_s};
        ASSERT_EQ(names.size(), known.size());
        for (const auto& [key, each] : known) {
            const auto found =
                names.find(static_cast<std::uint8_t>(key.first), IpAddress::v4(key.second), now);
            ASSERT_EQ(found, each.until_s > now_s ? each.name : "") << key.second;
        }
    }
    EXPECT_GT(evicted, 100u);
}

}  // namespace
}  // namespace sluice::flow
