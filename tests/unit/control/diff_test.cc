// The semantic diff: words of the policy, no difference in order, exact on random edits.
#include "control/commit/diff.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace sluice::control {
namespace {

model::Policy sample() {
    model::Policy p;
    p.operators = {{"telco", "Telco", {}, {}}};
    for (const char* id : {"a", "b"}) {
        model::Organisation o;
        o.id = id;
        o.operator_id = "telco";
        p.organisations.push_back(o);
    }
    p.categories = {{"bank", "Banks", model::Exemption::finance, "list", {}},
                    {"news", "News", std::nullopt, "list", {}}};
    p.catalog = {{*parse_prefix("10.0.0.0/8").prefix, 0, 0, {}},
                 {*parse_prefix("2001:db8::/32").prefix, 0, 1, {}}};
    p.names = {{"bank.example", 0, {}}, {"news.example", 1, {}}};
    return p;
}

std::string told(const std::vector<Difference>& all) {
    std::string out;
    for (const Difference& d : all)
        out += std::string(name_of(d.change)) + " " + d.what + " " + d.id + ";";
    return out;
}

TEST(Diff, APolicyAndItselfDifferInNothing) { EXPECT_EQ(told(diff(sample(), sample())), ""); }

TEST(Diff, TellsFeedsDatabasesAndSegments) {
    model::Policy other = sample();
    model::Feed feed;
    feed.id = "ads";
    feed.category = "news";
    other.feeds.push_back(feed);
    auto content = std::make_shared<model::FeedContent>();
    other.feed_content.push_back(content);
    other.segments.push_back({"national", {"KZ"}, {}, {}, {}, {}});
    EXPECT_EQ(told(diff(sample(), other)), "added feed ads;added segment national;");
    model::Policy fetched = other;
    auto newer = std::make_shared<model::FeedContent>(*content);
    newer->digest[0] = 1;
    fetched.feed_content[0] = newer;
    EXPECT_EQ(told(diff(other, fetched)), "changed feed ads;");
    auto changes = std::make_shared<model::FeedContent>();
    changes->rows.push_back({});
    model::Policy changed = other;
    changed.feed_changes.push_back(changes);
    EXPECT_EQ(told(diff(other, changed)), "changed feed ads;");
    changed.categories[0].segment = "national";
    EXPECT_EQ(told(diff(other, changed)), "changed category bank;changed feed ads;");
}

TEST(Diff, OrderIsNoDifference) {
    model::Policy other = sample();
    std::reverse(other.names.begin(), other.names.end());
    std::swap(other.organisations[0], other.organisations[1]);
    std::swap(other.catalog[0].organisation_index, other.catalog[1].organisation_index);
    EXPECT_EQ(told(diff(sample(), other)), "");
}

TEST(Diff, EachKindOfChangeIsNamed) {
    model::Policy other = sample();
    other.catalog[0].organisation_index = 1;
    other.names.push_back({"new.example", 1, {}});
    other.names.erase(other.names.begin());
    other.organisations[0].contract = "C-1";
    other.fail.set(model::FailCase::unnamed, model::FailMode::closed);
    other.inbound_default = model::InboundDefault::block;
    EXPECT_EQ(told(diff(sample(), other)),
              "changed setting fail.unnamed;changed setting inbound_default;"
              "changed organisation a;changed prefix telco 10.0.0.0/8;"
              "removed name bank.example;added name new.example;");
}

TEST(Diff, ANameInSeveralCategories) {
    model::Policy other = sample();
    other.names.push_back({"bank.example", 1, {}});
    EXPECT_EQ(told(diff(sample(), other)), "added name bank.example;");
    EXPECT_EQ(told(diff(other, sample())), "removed name bank.example;");
}

TEST(Diff, RandomEditsAreFoundExactly) {
    std::mt19937 random(7);
    for (int round = 0; round < 50; ++round) {
        model::Policy a = sample(), b = sample();
        a.names.clear();
        b.names.clear();
        std::string expected;
        for (int i = 100; i < 200; ++i) {
            const std::string name = "n" + std::to_string(i) + ".example";
            switch (random() % 4) {
                case 0:
                    a.names.push_back({name, 0, {}});
                    expected += "removed name " + name + ";";
                    break;
                case 1:
                    b.names.push_back({name, 0, {}});
                    expected += "added name " + name + ";";
                    break;
                case 2:
                    a.names.push_back({name, 0, {}});
                    b.names.push_back({name, 1, {}});
                    expected += "changed name " + name + ";";
                    break;
                default:
                    a.names.push_back({name, 1, {}});
                    b.names.push_back({name, 1, {}});
            }
        }
        std::shuffle(b.names.begin(), b.names.end(), random);
        EXPECT_EQ(told(diff(a, b)), expected);
    }
}

}  // namespace
}  // namespace sluice::control
