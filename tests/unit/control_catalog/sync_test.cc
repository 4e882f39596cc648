// CatalogSync over a directory: what it takes survives it, timers, uploads, history, the gate.
#include "control/catalog/sync.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/unit/control_catalog/publisher.h"

namespace sluice::control::catalog {
namespace {

namespace fs = std::filesystem;
using testing::Feed;
using testing::row;

class CatalogSyncTest : public ::testing::Test {
  protected:
    void SetUp() override {
        std::string name = fs::temp_directory_path() / "sluice-catalog-XXXXXX";
        ASSERT_NE(mkdtemp(name.data()), nullptr);
        dir = name;
    }
    void TearDown() override { fs::remove_all(dir); }
    CatalogSync::Deps deps() {
        return {dir, feed.fetcher(), [this] { return now; },
                [this](const CatalogLayer& layer, const std::string& what) {
                    in_force = layer;
                    told.push_back(what);
                }};
    }
    std::size_t rows_of(const CatalogLayer& layer) {
        return layer.contains("telco-a") ? layer.at("telco-a").size() : 0;
    }

    fs::path dir;
    Feed feed;
    UtcTime now{1'795'000'000};
    CatalogLayer in_force;
    std::vector<std::string> told;
};

TEST_F(CatalogSyncTest, TakenIsInForceAndThereAfterARestart) {
    feed.publish({row("10.1.0.0/16", "ministry")}, now);
    {
        CatalogSync sync(deps());
        ASSERT_TRUE(sync.load().ok());
        ASSERT_TRUE(sync.add(feed.source).ok());
        const auto state = sync.sync("telco-a");
        ASSERT_TRUE(state.ok()) << state.error();
        EXPECT_EQ(state->rows, 1u);
        EXPECT_EQ(rows_of(in_force), 1u);
        EXPECT_EQ(told.size(), 1u);
        EXPECT_FALSE(sync.sync("telco-b").ok());
    }
    CatalogSync again(deps());
    const auto loaded = again.load();
    ASSERT_TRUE(loaded.ok()) << loaded.error();
    EXPECT_EQ(rows_of(*loaded), 1u);
    EXPECT_EQ(again.states().at(0).version, 1u);
    told.clear();
    ASSERT_TRUE(again.sync("telco-a").ok());
    EXPECT_TRUE(told.empty()) << "the same version again is no change";
}

TEST_F(CatalogSyncTest, ADamagedFileIsSaidAndLeft) {
    feed.publish({row("10.1.0.0/16", "ministry")}, now);
    CatalogSync sync(deps());
    ASSERT_TRUE(sync.add(feed.source).ok());
    ASSERT_TRUE(sync.sync("telco-a").ok());
    std::ofstream(dir / "telco-a" / "replica", std::ios::app) << "nonsense\n";
    const auto loaded = CatalogSync(deps()).load();
    ASSERT_FALSE(loaded.ok());
    EXPECT_NE(loaded.error().find("/head and the feed is taken anew"), std::string::npos);
}

TEST_F(CatalogSyncTest, TheGateHoldsUntilReleased) {
    feed.publish({row("10.1.0.0/16", "a"), row("10.2.0.0/16", "a"), row("10.3.0.0/16", "a")}, now);
    CatalogSync sync(deps());
    ASSERT_TRUE(sync.add(feed.source).ok());
    ASSERT_TRUE(sync.sync("telco-a").ok());
    EXPECT_FALSE(sync.release("telco-a").ok()) << "nothing is held";
    feed.publish({row("10.1.0.0/16", "a")}, now);
    const auto held = sync.sync("telco-a");
    ASSERT_TRUE(held.ok());
    ASSERT_TRUE(held->refused.has_value());
    EXPECT_EQ(held->refused->why, Refusal::mass_removal);
    EXPECT_EQ(rows_of(in_force), 3u);
    ASSERT_TRUE(sync.release("telco-a").ok());
    EXPECT_EQ(rows_of(in_force), 1u);
}

TEST_F(CatalogSyncTest, StaleWhenNothingWasConfirmed) {
    feed.publish({row("10.1.0.0/16", "a")}, now);
    CatalogSync sync(deps());
    ASSERT_TRUE(sync.add(feed.source).ok());
    ASSERT_TRUE(sync.sync("telco-a").ok());
    EXPECT_FALSE(sync.states().at(0).stale);
    now = UtcTime{now.raw() + feed.source.expire_s + 1};
    EXPECT_TRUE(sync.states().at(0).stale);
    EXPECT_EQ(rows_of(in_force), 1u) << "what is known stays in force";
}

TEST_F(CatalogSyncTest, UploadsAndWhoOwnedWhatWhen) {
    CatalogSync sync(deps());
    Source source;
    source.operator_id = "telco-a";
    ASSERT_TRUE(sync.add(source).ok());
    EXPECT_FALSE(sync.upload({.operator_id = "telco-b", .rows = {}}).ok())
        << "no source of that name";
    const auto dry = sync.upload(
        {.operator_id = "telco-a", .rows = {row("10.1.0.0/16", "ministry")}, .dry_run = true});
    ASSERT_TRUE(dry.ok());
    EXPECT_EQ(dry->added.size(), 1u);
    EXPECT_TRUE(told.empty()) << "a dry run changes nothing";
    ASSERT_TRUE(
        sync.upload({.operator_id = "telco-a", .rows = {row("10.1.0.0/16", "ministry")}}).ok());
    const UtcTime first = now;
    now = UtcTime{now.raw() + 1'000};
    ASSERT_TRUE(
        sync.upload({.operator_id = "telco-a",
                     .rows = {row("10.1.0.0/16", "hospital"), row("10.1.2.0/24", "school")}})
            .ok());
    const IpAddress address = *parse_ip("10.1.2.3");
    EXPECT_FALSE((*sync.owner_at("telco-a", address, UtcTime{first.raw() - 1})).has_value());
    EXPECT_EQ((*sync.owner_at("telco-a", address, first))->row.organisation, "ministry");
    EXPECT_EQ((*sync.owner_at("telco-a", address, now))->row.organisation, "school");
    EXPECT_EQ((*sync.owner_at("telco-a", *parse_ip("10.1.9.9"), now))->row.organisation,
              "hospital");
    EXPECT_FALSE((*sync.owner_at("telco-a", *parse_ip("10.9.9.9"), now)).has_value());
}

TEST_F(CatalogSyncTest, SourcesThatCannotBe) {
    CatalogSync sync(deps());
    const auto with = [&](const std::function<void(Source&)>& change) {
        Source source = feed.source;
        change(source);
        return sync.add(source).ok();
    };
    EXPECT_TRUE(with([](Source&) {}));
    EXPECT_FALSE(with([](Source& s) { s.operator_id = "../x"; }));
    EXPECT_FALSE(with([](Source& s) { s.operator_id = ""; }));
    EXPECT_FALSE(with([](Source& s) { s.url = "http://a.example/n"; }));
    EXPECT_FALSE(with([](Source& s) { s.key.reset(); }));
    EXPECT_FALSE(with([](Source& s) { s.refresh_s = 59; }));
    EXPECT_FALSE(with([](Source& s) { s.expire_s = 60; }));
    EXPECT_FALSE(with([](Source& s) { s.removal_max_percent = 101; }));
}

TEST_F(CatalogSyncTest, RemovedSourcesLeaveThePolicysCatalog) {
    feed.publish({row("10.1.0.0/16", "a")}, now);
    CatalogSync sync(deps());
    ASSERT_TRUE(sync.add(feed.source).ok());
    ASSERT_TRUE(sync.sync("telco-a").ok());
    ASSERT_TRUE(sync.remove("telco-a").ok());
    EXPECT_FALSE(in_force.contains("telco-a"));
    EXPECT_FALSE(sync.remove("telco-a").ok());
}

}  // namespace
}  // namespace sluice::control::catalog
