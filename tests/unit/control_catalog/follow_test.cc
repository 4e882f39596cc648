// Feeds from the notification to the replica: what is taken, what is refused and why, keys that
// change, versions that are lost, and what people see afterwards.
#include "control/catalog/follow.h"

#include <gtest/gtest.h>

#include <map>

#include "control/catalog/catalog_layer.h"
#include "control/store/sha256.h"
#include "tests/unit/control_catalog/publisher.h"

namespace sluice::control::catalog {
namespace {

using testing::Feed;
using testing::row;
using testing::table;

constexpr UtcTime kNow{1'795'000'000};

struct Case {
    Feed feed;
    Replica replica;
    std::string etag;
    Gate gate;

    Case() { replica.operator_id = feed.source.operator_id; }
    Followed look(UtcTime now = kNow) {
        Followed followed = follow(feed.source, replica, etag, gate, feed.fetcher(), now);
        if (!followed.refused) {
            replica = followed.replica;
            etag = followed.etag;
        }
        return followed;
    }
    std::string refusal(UtcTime now = kNow) {
        const Replica before = replica;
        const Followed followed = look(now);
        if (followed.refused) {
            EXPECT_EQ(before.rows, replica.rows) << "a refused publication changes nothing";
        }
        return followed.refused ? std::string(name_of(followed.refused->why)) : "";
    }
};

TEST(Follow, SnapshotThenDeltasThenNothing) {
    Case c;
    c.feed.publish({row("10.1.0.0/16", "ministry")}, kNow);
    EXPECT_TRUE(c.look().changed);
    EXPECT_EQ(c.replica.rows.size(), 1u);
    c.feed.publish({row("10.1.0.0/16", "ministry"), row("10.2.0.0/16", "hospital")}, kNow);
    c.feed.publish({row("10.2.0.0/16", "hospital"), row("10.3.0.0/16", "hospital")}, kNow);
    c.feed.fetched.clear();
    EXPECT_TRUE(c.look().changed);
    EXPECT_EQ(c.replica.version, 3u);
    EXPECT_EQ(c.replica.rows.rows()[0].prefix, *parse_prefix("10.2.0.0/16").prefix);
    EXPECT_EQ(c.feed.fetched, (std::vector<std::string>{"notification.jws", "delta-2", "delta-3"}));
    c.feed.fetched.clear();
    EXPECT_FALSE(c.look().changed);
    EXPECT_EQ(c.feed.fetched, (std::vector<std::string>{"notification.jws"}))
        << "the same ETag: 304";
}

TEST(Follow, TooFarBehindTakesTheSnapshotAndWhatFollows) {
    Case c;
    c.feed.publish({row("10.1.0.0/16", "a")}, kNow);
    c.look();
    for (int i = 2; i < 8; ++i)
        c.feed.publish({row("10." + std::to_string(i) + ".0.0/16", "a")}, kNow);
    c.feed.keep_deltas(2);
    c.gate.released = true;
    c.feed.fetched.clear();
    EXPECT_TRUE(c.look().changed);
    EXPECT_EQ(c.feed.fetched.at(1), "snapshot-7");
    EXPECT_EQ(c.replica.version, 7u);
}

TEST(Follow, AnotherSessionIsReloaded) {
    Case c;
    c.feed.publish({row("10.1.0.0/16", "a")}, kNow);
    c.look();
    c.feed.begin_session("second");
    c.feed.publish({row("10.1.0.0/16", "b")}, kNow);
    EXPECT_TRUE(c.look().changed);
    EXPECT_EQ(c.replica.session, "second");
    EXPECT_EQ(c.replica.rows.row(c.replica.rows.rows()[0]).organisation, "b");
}

TEST(Follow, WhatIsRefused) {
    const std::vector<Row> one = {row("10.1.0.0/16", "a")},
                           two = {row("10.1.0.0/16", "a"), row("10.2.0.0/16", "a")};
    const auto after = [&](const char* what, const std::function<void(Case&)>& spoil) {
        Case c;
        c.feed.publish(one, kNow);
        c.look();
        c.feed.publish(two, kNow);
        spoil(c);
        return std::string(what) + ": " + c.refusal();
    };
    EXPECT_EQ(after("no server", [](Case& c) { c.feed.files.clear(); }), "no server: unreachable");
    EXPECT_EQ(after("delta changed", [](Case& c) { c.feed.files["delta-2"] += " "; }),
              "delta changed: hash_mismatch");
    EXPECT_EQ(after("other key",
                    [](Case& c) {
                        c.feed.key = testing::new_key();
                        c.feed.sign();
                    }),
              "other key: bad_signature");
    EXPECT_EQ(after("signature cut", [](Case& c) { c.feed.files["notification.jws"].pop_back(); }),
              "signature cut: bad_signature");
    EXPECT_EQ(after("other operator",
                    [](Case& c) {
                        c.feed.notification.operator_id = "telco-z";
                        c.feed.sign();
                    }),
              "other operator: wrong_operator");
    EXPECT_EQ(after("an older time",
                    [](Case& c) {
                        c.feed.notification.timestamp = UtcTime{kNow.raw() - 5};
                        c.feed.sign();
                    }),
              "an older time: rolled_back");
    EXPECT_EQ(after("file elsewhere",
                    [](Case& c) {
                        c.feed.notification.deltas[0].url = "https://evil.example/d";
                        c.feed.sign();
                    }),
              "file elsewhere: malformed");
    EXPECT_EQ(after("delta of another version", [](Case& c) { c.feed.replace_delta(9, {}); }),
              "delta of another version: malformed");
    EXPECT_EQ(after("adds what is there",
                    [](Case& c) {
                        c.feed.replace_delta(2, {{true, row("10.1.0.0/16", "a")}});
                    }),
              "adds what is there: does_not_fit");
    EXPECT_EQ(after("removes what is not",
                    [](Case& c) {
                        c.feed.replace_delta(2, {{false, row("10.9.0.0/16", "a")}});
                    }),
              "removes what is not: does_not_fit");
    EXPECT_EQ(after("removes of another organisation",
                    [](Case& c) {
                        c.feed.replace_delta(2, {{false, row("10.1.0.0/16", "b")}});
                    }),
              "removes of another organisation: does_not_fit");
    EXPECT_EQ(after("not JSON", [](Case& c) { c.feed.sign_text("{"); }), "not JSON: malformed");
}

TEST(Follow, RollbackReplayAndStaleness) {
    Case c;
    c.feed.publish({row("10.1.0.0/16", "a")}, kNow);
    const auto old = c.feed.files["notification.jws"];
    c.feed.publish({row("10.2.0.0/16", "a")}, UtcTime{kNow.raw() + 10});
    c.gate.released = true;
    c.look(UtcTime{kNow.raw() + 20});
    EXPECT_EQ(c.replica.version, 2u);
    c.feed.files["notification.jws"] = old;
    c.feed.new_etag();
    EXPECT_EQ(c.refusal(UtcTime{kNow.raw() + 30}), "rolled_back") << "an old notification again";
    c.feed.notification.version = 1;
    c.feed.notification.snapshot.version = 1;
    c.feed.notification.deltas.clear();
    c.feed.notification.timestamp = UtcTime{kNow.raw() + 40};
    c.feed.sign();
    EXPECT_EQ(c.refusal(UtcTime{kNow.raw() + 50}), "rolled_back") << "a lower version, signed anew";
    Case late;
    late.feed.publish({row("10.1.0.0/16", "a")}, kNow);
    EXPECT_EQ(late.refusal(UtcTime{kNow.raw() + kStaleSeconds + 1}), "stale");
    EXPECT_EQ(late.refusal(UtcTime{kNow.raw() + kStaleSeconds}), "");
}

TEST(Follow, DuplicateInASnapshot) {
    Case c;
    c.feed.publish({row("10.1.0.0/16", "a"), row("10.1.0.0/16", "b")}, kNow);
    EXPECT_EQ(c.refusal(), "duplicate");
}

TEST(Follow, ManyRemovalsWaitForAPerson) {
    std::vector<Row> rows;
    for (int i = 0; i < 20; ++i)
        rows.push_back(row("10." + std::to_string(i) + ".0.0/16", "a"));
    Case c;
    c.feed.publish(rows, kNow);
    c.look();
    auto fewer = rows;
    fewer.resize(18);
    c.feed.publish(fewer, kNow);
    EXPECT_EQ(c.refusal(), "") << "2 of 20 are 10 %";
    fewer.resize(15);
    c.feed.publish(fewer, kNow);
    EXPECT_EQ(c.refusal(), "mass_removal") << "3 of 18 are more";
    EXPECT_EQ(c.replica.rows.size(), 18u);
    c.gate.released = true;
    EXPECT_EQ(c.refusal().empty() ? c.replica.rows.size() : 0, 15u);
    // A prefix that changes hands is not gone.
    c.gate.released = false;
    auto renamed = fewer;
    for (Row& r : renamed)
        r.organisation = "b";
    c.feed.publish(renamed, kNow);
    const Followed followed = c.look();
    EXPECT_TRUE(followed.changed);
}

TEST(Follow, KeysRollOverByAnnouncement) {
    Case c;
    c.feed.publish({row("10.1.0.0/16", "a")}, kNow);
    c.look();
    auto next = testing::new_key();
    c.feed.notification.next_key = certs::public_of(next.get());
    c.feed.sign();
    EXPECT_EQ(c.refusal(), "");
    EXPECT_EQ(c.replica.keys.size(), 2u);
    auto old = std::move(c.feed.key);
    c.feed.key = std::move(next);
    c.feed.notification.next_key.reset();
    c.feed.publish({row("10.1.0.0/16", "b")}, kNow);
    EXPECT_TRUE(c.look().changed);
    EXPECT_EQ(c.replica.keys.size(), 1u);
    c.feed.key = std::move(old);
    c.feed.publish({row("10.1.0.0/16", "c")}, kNow);
    EXPECT_EQ(c.refusal(), "bad_signature") << "the old key is over";
}

TEST(Follow, Uploads) {
    Replica replica;
    replica.operator_id = "telco-b";
    const auto rows =
        parse_csv("prefix,organisation\n# ours\n10.1.0.0/16,ministry\r\n2001:db8::/32,ministry\n");
    ASSERT_TRUE(rows.ok()) << rows.error();
    const Followed first = take_upload(replica, *rows, {}, kNow);
    EXPECT_TRUE(first.changed);
    EXPECT_EQ(first.replica.rows.size(), 2u);
    EXPECT_FALSE(take_upload(first.replica, *rows, {}, kNow).changed);
    for (const char* bad :
         {"10.1.0.0/16", "10.1.0.1/16,a", "10.1.0.0/16,", "x,a", "10.1.0.0/16,a b"})
        EXPECT_FALSE(parse_csv(bad).ok()) << bad;
}

TEST(Files, EveryCutIsRefusedOrTheWholeThing) {
    Feed feed;
    feed.publish({row("10.1.0.0/16", "a"), row("10.2.0.0/16", "b")}, kNow);
    const std::string snapshot = feed.files["snapshot-1"];
    for (std::size_t size = 0; size < snapshot.size(); ++size) {
        const auto cut = parse_snapshot(snapshot.substr(0, size));
        EXPECT_TRUE(!cut.ok() || cut->rows.size() < 2)
            << size;  // whole records are a shorter snapshot,
    }                 // which its hash tells
    const std::string notification = write_notification(feed.notification);
    for (std::size_t size = 0; size < notification.size(); ++size)
        EXPECT_FALSE(parse_notification(notification.substr(0, size)).ok()) << size;
    const auto again = parse_notification(notification);
    ASSERT_TRUE(again.ok()) << again.error();
    EXPECT_EQ(write_notification(*again), notification);
}

TEST(Files, ReplicaThereAndBack) {
    Feed feed;
    feed.publish({row("10.1.0.0/16", "a"), row("2001:db8::/32", "b")}, kNow);
    Replica replica;
    replica.operator_id = feed.source.operator_id;
    replica = follow(feed.source, replica, "", {}, feed.fetcher(), kNow).replica;
    const auto again = parse_rows(write_rows({7, 0, replica}));
    ASSERT_TRUE(again.ok()) << again.error();
    EXPECT_EQ(again->save, 7u);
    EXPECT_EQ(again->replica.rows, replica.rows);
    EXPECT_EQ(again->replica.keys, replica.keys);
    EXPECT_EQ(again->replica.version, replica.version);
    const std::string text = write_rows({7, 0, replica});
    for (std::size_t size = 0; size < text.size(); ++size)
        EXPECT_FALSE(parse_rows(text.substr(0, size)).ok()) << size;
}

TEST(Layer, AnOperatorsRowsReplaceThePolicys) {
    model::Policy policy;
    policy.operators.resize(2);
    policy.operators[0].id = "telco-a";
    policy.operators[1].id = "telco-b";
    policy.organisations.resize(2);
    policy.organisations[0].id = "ministry";
    policy.organisations[0].operator_id = "telco-a";
    policy.organisations[1].id = "hospital";
    policy.organisations[1].operator_id = "telco-b";
    const Prefix old = *parse_prefix("10.0.0.0/8").prefix,
                 mine = *parse_prefix("10.1.0.0/16").prefix;
    policy.catalog = {{old, 0, 0, {}}, {old, 1, 1, {}}};
    const CatalogLayer layer = {{"telco-a", table({{mine, "ministry"}, {old, "hospital"}})},
                                {"telco-z", {}}};
    const LayerProblems problems = apply_catalog(layer, policy);
    EXPECT_EQ(problems.count, 2u)
        << "another operator's organisation, and an operator nobody knows";
    ASSERT_EQ(policy.catalog.size(), 2u);
    EXPECT_EQ(policy.catalog[0].operator_index, 1) << "telco-b has no source: the policy counts";
    EXPECT_EQ(policy.catalog[1].prefix, mine);
}

TEST(Layer, ConflictsAreOfPublicAddresses) {
    const auto p = [](const char* text) { return *parse_prefix(text).prefix; };
    const CatalogLayer layer = {
        {"a",
         table({{p("10.0.0.0/8"), "x"}, {p("203.0.113.0/24"), "x"}, {p("2001:db8::/32"), "x"}})},
        {"b", table({{p("10.1.0.0/16"), "y"},
                     {p("203.0.113.128/25"), "y"},
                     {p("198.51.100.0/24"), "y"}})}};
    const auto conflicts = find_conflicts(layer);
    ASSERT_EQ(conflicts.size(), 1u);
    EXPECT_EQ(conflicts[0].prefix_a, p("203.0.113.0/24"));
    EXPECT_EQ(conflicts[0].operator_b, "b");
}

TEST(Fetching, FilesLieBesideTheNotification) {
    EXPECT_EQ(beside("https://a.example/feed/notification.jws", "delta-2"),
              "https://a.example/feed/delta-2");
    EXPECT_EQ(beside("https://a.example", "delta-2"), "https://a.example/delta-2");
    EXPECT_EQ(beside("https://a.example/n", "https://a.example/x/d"), "https://a.example/x/d");
    for (const char* bad : {"https://b.example/d", "http://a.example/d", "/etc/passwd", "../d", "",
                            "https://a.example.evil/d"})
        EXPECT_EQ(beside("https://a.example/feed/n", bad), "") << bad;
    EXPECT_EQ(beside("http://a.example/n", "d"), "");
}

TEST(Jws, OnlyItsOwnKeyAndForm) {
    auto key = testing::new_key(), other = testing::new_key();
    const auto pub = *certs::public_of(key.get()), pub2 = *certs::public_of(other.get());
    const std::string token = certs::sign_jws("payload", key.get());
    const certs::Ed25519Public both[] = {pub2, pub};
    EXPECT_EQ(*certs::open_jws(token, both), "payload");
    EXPECT_EQ(certs::open_jws(token, {&pub2, 1}).error(), certs::JwsError::bad_signature);
    EXPECT_EQ(certs::open_jws(token, {}).error(), certs::JwsError::bad_signature);
    const std::string none =
        certs::to_base64url(R"({"alg":"none"})") + token.substr(token.find('.'));
    EXPECT_EQ(certs::open_jws(none, both).error(), certs::JwsError::algorithm);
    const std::string crit =
        certs::to_base64url(R"({"alg":"EdDSA","crit":["b64"]})") + token.substr(token.find('.'));
    EXPECT_EQ(certs::open_jws(crit, both).error(), certs::JwsError::algorithm);
    EXPECT_EQ(certs::open_jws(token + ".x", both).error(), certs::JwsError::malformed);
    EXPECT_EQ(certs::open_jws(std::string(certs::kJwsBytesMax + 1, 'a'), both).error(),
              certs::JwsError::too_large);
    for (std::size_t i = 0; i < token.size(); ++i) {
        std::string changed = token;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        if (changed == token) continue;
        EXPECT_FALSE(certs::open_jws(changed, both).ok()) << i;
    }
    EXPECT_FALSE(certs::from_base64url("AB").has_value()) << "bits left over";
    EXPECT_FALSE(certs::from_base64url("A").has_value());
    EXPECT_EQ(*certs::from_base64url(certs::to_base64url("any bytes\0")), "any bytes");
    EXPECT_EQ(certs::parse_ed25519(certs::to_text(pub)), pub);
    EXPECT_FALSE(certs::parse_ed25519("short").has_value());
}

}  // namespace
}  // namespace sluice::control::catalog
