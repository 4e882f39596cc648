// The reference publisher against the follower: whatever it publishes is followed to the same rows.
#include "tools/catalog_publisher/publication.h"

#include <gtest/gtest.h>

#include <fstream>
#include <random>
#include <sstream>

#include "control/catalog/follow.h"
#include "tests/unit/control_catalog/publisher.h"

namespace sluice::publisher {
namespace {

namespace fs = std::filesystem;

class PublicationTest : public ::testing::Test {
  protected:
    void SetUp() override {
        std::string name = fs::temp_directory_path() / "sluice-publisher-XXXXXX";
        ASSERT_NE(mkdtemp(name.data()), nullptr);
        dir = name;
    }
    void TearDown() override { fs::remove_all(dir); }
    Fetcher fetcher() {
        return [this](const FetchOrder& order) -> Result<Fetched, std::string> {
            std::ifstream in(dir / "feed/public" / order.url.substr(order.url.rfind('/') + 1),
                             std::ios::binary);
            if (!in) return Err{std::string("404")};
            std::ostringstream text;
            text << in.rdbuf();
            return Fetched{false, text.str(), ""};
        };
    }
    fs::path dir;
    UtcTime now{1'795'000'000};
};

TEST_F(PublicationTest, RandomCatalogsAreFollowed) {
    std::mt19937_64 random(7);
    auto created = Publication::create(dir / "feed", "telco-a");
    ASSERT_TRUE(created.ok()) << created.error();
    ASSERT_TRUE(created->publish({}, now).ok());
    Source source{.operator_id = "telco-a",
                  .url = "https://a.example/notification.jws",
                  .key = certs::parse_ed25519(created->public_key()),
                  .ca_file = ""};
    Replica replica;
    replica.operator_id = "telco-a";
    std::map<Prefix, std::string> rows;
    for (int version = 0; version < 40; ++version) {
        for (int change = 0; change < 5; ++change) {
            const auto row = control::catalog::testing::row(
                "10." + std::to_string(random() % 64) + ".0.0/16",
                std::string(1, static_cast<char>(97 + random() % 3)));
            if (random() % 3 == 0)
                rows.erase(row.prefix);
            else
                rows[row.prefix] = row.organisation;
        }
        auto feed = Publication::open(dir / "feed");
        ASSERT_TRUE(feed.ok()) << feed.error();
        std::vector<Row> list;
        for (const auto& [prefix, organisation] : rows)
            list.push_back({prefix, organisation});
        ASSERT_TRUE(feed->publish(list, now).ok());
        if (version == 20 || version == 25) {
            ASSERT_TRUE(feed->roll_key(now).ok());
        }
        if (random() % 3 == 0 && version < 39) continue;  // the follower looks now and then
        const Followed followed = follow(source, replica, "", {100, false}, fetcher(), now);
        ASSERT_FALSE(followed.refused.has_value())
            << sentence_of(followed.refused->why) << followed.refused->detail;
        replica = followed.replica;
        EXPECT_EQ(replica.rows, *RowTable::of(list)) << version;
    }
}

TEST_F(PublicationTest, WhatIsInTheWayIsSaid) {
    EXPECT_FALSE(Publication::open(dir / "nothing").ok());
    ASSERT_TRUE(Publication::create(dir / "feed", "a").ok());
    EXPECT_FALSE(Publication::create(dir / "feed", "a").ok())
        << "the key of a feed is never overwritten";
    EXPECT_EQ(fs::status(dir / "feed/key.pem").permissions() & fs::perms::group_all,
              fs::perms::none);
}

}  // namespace
}  // namespace sluice::publisher
