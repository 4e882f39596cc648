// NamePool and DnsNames: sharing, sources, limits, times to live, who makes room.
#include <gtest/gtest.h>

#include <string>

#include "dataplane/flow/dns_names.h"
#include "dataplane/flow/name_pool.h"

namespace sluice::flow {
namespace {

constexpr std::uint64_t kKey = 0x5eed;

TEST(NamePool, OneNameOnePlace) {
    NamePool pool(8, kKey);
    const NameRef a = pool.acquire("bank.example", 1);
    EXPECT_EQ(pool.acquire("bank.example", 1), a);
    EXPECT_NE(pool.acquire("bank.example", 2), a) << "another source is another fact";
    EXPECT_NE(pool.acquire("bank.exampl", 1), a);
    EXPECT_EQ(pool.size(), 3u);
    EXPECT_EQ(pool.name(a), "bank.example");
    EXPECT_EQ(pool.source(a), 1);
    pool.release(a);
    EXPECT_EQ(pool.name(a), "bank.example") << "one user is left";
    pool.release(a);
    EXPECT_EQ(pool.size(), 2u);
}

TEST(NamePool, FullThenRoomAgain) {
    NamePool pool(100, kKey);
    std::vector<NameRef> refs;
    for (int i = 0; i < 100; ++i)
        refs.push_back(pool.acquire("host" + std::to_string(i) + ".example", 0));
    EXPECT_EQ(pool.acquire("one.more.example", 0), kNoName);
    EXPECT_EQ(pool.acquire("host7.example", 0), refs[7]) << "known names are served when full";
    pool.release(refs[7]);
    for (int i = 0; i < 100; i += 2)
        pool.release(refs[static_cast<std::size_t>(i)]);
    EXPECT_EQ(pool.size(), 50u);
    for (int i = 0; i < 50; ++i)
        EXPECT_NE(pool.acquire("new" + std::to_string(i), 0), kNoName);
    EXPECT_EQ(pool.acquire("one.more.example", 0), kNoName);
    for (int i = 1; i < 100; i += 2)
        EXPECT_EQ(pool.name(refs[static_cast<std::size_t>(i)]),
                  "host" + std::to_string(i) + ".example");
}

TEST(NamePool, SizesFromOneTo253) {
    NamePool pool(300, kKey);
    for (std::size_t size = 1; size <= 253; ++size) {
        const std::string name(size, 'x');
        const NameRef ref = pool.acquire(name, 0);
        ASSERT_NE(ref, kNoName);
        EXPECT_EQ(pool.name(ref), name);
    }
    EXPECT_EQ(pool.acquire("", 0), kNoName);
    EXPECT_EQ(pool.acquire(std::string(254, 'x'), 0), kNoName);
}

class DnsNamesTest : public testing::Test {
  protected:
    static MonoTime at(std::int64_t seconds) { return MonoTime{seconds * kNsPerSecond}; }
    static IpAddress ip(std::uint32_t n) { return IpAddress::v4(0xc633'6400u + n); }
};

TEST_F(DnsNamesTest, NewestAnswerWinsForItsTime) {
    DnsNames names({.addresses_max = 4}, kKey);
    names.learn(1, ip(1), "old.example", 300, at(0));
    names.learn(1, ip(1), "new.example", 100, at(10));
    EXPECT_EQ(names.find(1, ip(1), at(10)), "new.example");
    EXPECT_EQ(names.find(1, ip(1), at(109)), "new.example");
    EXPECT_EQ(names.find(1, ip(1), at(110)), "");
    EXPECT_EQ(names.find(2, ip(1), at(10)), "") << "another operator's resolvers";
    EXPECT_EQ(names.find(1, ip(2), at(10)), "");
    EXPECT_EQ(names.size(), 1u);
}

TEST_F(DnsNamesTest, TimesToLiveAreClamped) {
    DnsNames names({.addresses_max = 4, .ttl_min_s = 60, .ttl_max_s = 3600}, kKey);
    names.learn(0, ip(1), "short.example", 0, at(0));
    names.learn(0, ip(2), "long.example", 0xffff'ffff, at(0));
    EXPECT_EQ(names.find(0, ip(1), at(59)), "short.example");
    EXPECT_EQ(names.find(0, ip(1), at(60)), "");
    EXPECT_EQ(names.find(0, ip(2), at(3599)), "long.example");
    EXPECT_EQ(names.find(0, ip(2), at(3600)), "");
}

TEST_F(DnsNamesTest, TheNearestToItsEndMakesRoom) {
    DnsNames names({.addresses_max = 3}, kKey);
    names.learn(0, ip(1), "a.example", 500, at(0));
    names.learn(0, ip(2), "b.example", 100, at(0));
    names.learn(0, ip(3), "c.example", 300, at(0));
    names.learn(0, ip(2), "b.example", 900, at(1));  // refreshed: c ends next now
    names.learn(0, ip(4), "d.example", 400, at(2));
    EXPECT_EQ(names.find(0, ip(3), at(3)), "");
    EXPECT_EQ(names.find(0, ip(1), at(3)), "a.example");
    EXPECT_EQ(names.find(0, ip(2), at(3)), "b.example");
    EXPECT_EQ(names.find(0, ip(4), at(3)), "d.example");
    EXPECT_EQ(names.size(), 3u);
}

TEST_F(DnsNamesTest, IgnoresWhatIsNoName) {
    DnsNames names({.addresses_max = 3}, kKey);
    names.learn(0, ip(1), "", 100, at(0));
    names.learn(0, ip(1), std::string(254, 'x'), 100, at(0));
    EXPECT_EQ(names.size(), 0u);
    names.learn(0, ip(1), std::string(253, 'x'), 100, at(0));
    EXPECT_EQ(names.find(0, ip(1), at(1)).size(), 253u);
}

}  // namespace
}  // namespace sluice::flow
