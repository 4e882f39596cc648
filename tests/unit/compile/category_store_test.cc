// The category store: what lists and feeds say of a name, an URL or an address, with precedence,
// exceptions and changes, against what a person would expect and against a naive map.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "rules/compile/compile.h"
#include "tests/unit/compile/feed_builder.h"
#include "tests/unit/lookup/small_policy.h"

namespace sluice::compile {
namespace {

using test::add_feed;
using Kind = model::FeedContent::Kind;

constexpr std::uint8_t kNews = 0, kBanking = 1, kCasino = 2;  // of small_policy()

class Store : public testing::Test {
  protected:
    void compile_it() {
        CompileOptions options;
        options.name_key = layout::NameKey{1, 2};
        if (before_) options.previous = &*before_;
        auto compiled = compile(policy_, options);
        ASSERT_TRUE(compiled.ok()) << compiled.error()[0].message;
        reports_ = compiled->reports;
        names_again_ = before_ && before_->names.sha256 == compiled->bundle.names.sha256;
        before_ = compiled->bundle;
        auto loaded = ipc::load_compiled(*before_);
        ASSERT_TRUE(loaded.ok()) << lookup::name_of(loaded.error());
        bundle_ = *std::move(loaded);
    }
    std::string of(std::string_view name) const {
        return words(lookup::categorise(bundle_.view, name));
    }
    std::string words(const model::CategorySet& set) const {
        std::string all;
        for (std::size_t c = 0; c < bundle_.view.category_count(); ++c)
            if (set.has(static_cast<model::CategoryIndex>(c)))
                all.append(all.empty() ? "" : " ")
                    .append(bundle_.view.category_id(static_cast<model::CategoryIndex>(c)));
        return all;
    }
    std::string of_url(std::string_view name, std::string_view path) const {
        const auto& names = bundle_.names->view;
        const auto match =
            lookup::find_url(names, lookup::hash_suffixes(names.head->key, name), path);
        return match.found ? words(names.sets.sets[match.set]) : "-";
    }
    std::string of_address(std::string_view text) const {
        return words(lookup::categorise_address(bundle_.view, test::ip(text)));
    }

    model::Policy policy_ = test::small_policy();
    std::optional<ipc::CompiledBundle> before_;
    ipc::LoadedBundle bundle_;
    Diagnostics reports_;
    bool names_again_ = false;
};

TEST_F(Store, FeedsAddUpWithListsAndTheMostSpecificNameWins) {
    add_feed(policy_, "ads", {{"tracker.news.example", kCasino}, {"bank.example", kCasino}});
    compile_it();
    EXPECT_EQ(of("www.news.example"), "news");
    EXPECT_EQ(of("a.tracker.news.example"), "casino");
    EXPECT_EQ(of("bank.example"), "banking casino") << "equal precedence: both";
    EXPECT_EQ(of("evilbank.example"), "");
}

TEST_F(Store, OfOneNameTheHighestPrecedenceDecides) {
    add_feed(policy_, "low", {{"bank.example", kCasino}}).precedence = -1;
    add_feed(policy_, "high", {{"news.example", kBanking}}).precedence = 7;
    add_feed(policy_, "high_too", {{"news.example", kCasino}}).precedence = 7;
    compile_it();
    EXPECT_EQ(of("bank.example"), "banking");
    EXPECT_EQ(of("news.example"), "banking casino");
    EXPECT_EQ(of("x.news.example"), "banking casino");
    const auto& names = bundle_.names->view;
    const auto match = lookup::match_name(bundle_.view, "bank.example");
    const auto origins = names.sets.origins_of(match.list.set);
    ASSERT_EQ(origins.size(), 2u);  // the lower one is still told
    EXPECT_EQ(origins[0].decides, 1);
    EXPECT_EQ(origins[1].decides, 0);
    EXPECT_EQ(names.text(names.sources[origins[1].source].id), "low");
}

TEST_F(Store, AnExceptionSilencesItsFeedOnly) {
    add_feed(policy_, "ads", {{"shop.example", kCasino}, {"ads.example", kCasino}});
    test::add_row(policy_, "good.ads.example", kCasino, Kind::exception);
    test::add_row(policy_, "good.shop.example", kCasino, Kind::exception);
    test::add_row(policy_, "very.good.shop.example", kCasino, Kind::exception);
    compile_it();
    EXPECT_EQ(of("x.ads.example"), "casino");
    EXPECT_EQ(of("x.good.ads.example"), "");
    EXPECT_EQ(of("shop.example"), "news casino shopping");
    EXPECT_EQ(of("x.good.shop.example"), "news shopping") << "what others say stays";
    EXPECT_EQ(of("very.good.shop.example"), "news shopping");
}

TEST_F(Store, UrlsByWholeSegmentsLongestFirst) {
    add_feed(policy_, "urls", {});
    test::add_row(policy_, "host.example/a", kNews, Kind::url);
    test::add_row(policy_, "host.example/a/b", kCasino, Kind::url);
    test::add_row(policy_, "www.host.example/a", kBanking, Kind::url);
    compile_it();
    EXPECT_EQ(of_url("host.example", "/a"), "news");
    EXPECT_EQ(of_url("host.example", "/a/"), "news");
    EXPECT_EQ(of_url("host.example", "/a/c/d"), "news");
    EXPECT_EQ(of_url("host.example", "/ab"), "-");
    EXPECT_EQ(of_url("host.example", "/"), "-");
    EXPECT_EQ(of_url("host.example", ""), "-");
    EXPECT_EQ(of_url("host.example", "/a/b/c"), "casino");
    EXPECT_EQ(of_url("img.host.example", "/a/b/c"), "casino");
    EXPECT_EQ(of_url("www.host.example", "/a/b"), "banking") << "more labels first";
    EXPECT_EQ(of_url("other.example", "/a/b"), "-");
    EXPECT_EQ(of_url("host.example", std::string(100'000, '/') + "a"), "-");
}

TEST_F(Store, AddressesByLongestPrefix) {
    add_feed(policy_, "ranges", {});
    test::add_address(policy_, "198.51.100.0/24", kNews);
    test::add_address(policy_, "198.51.100.7", kCasino);
    test::add_address(policy_, "2001:db8:77::/48", kBanking);
    policy_.categories[kBanking].addresses.push_back(test::prefix("198.51.100.0/24"));
    compile_it();
    EXPECT_EQ(of_address("198.51.100.1"), "news banking");
    EXPECT_EQ(of_address("198.51.100.7"), "casino");
    EXPECT_EQ(of_address("2001:db8:77::1"), "banking");
    EXPECT_EQ(of_address("203.0.113.99"), "");
}

TEST_F(Store, ChangesAreASectionOfTheirOwn) {
    std::vector<std::pair<std::string, std::uint8_t>> many;
    for (int i = 0; i < 1000; ++i)
        many.emplace_back("n" + std::to_string(i) + ".example", kCasino);
    add_feed(policy_, "ads", many);
    compile_it();
    EXPECT_EQ(bundle_.delta->view.head->names, 0u);
    test::add_change(policy_, 0, "fresh.news.example", kCasino, true);
    test::add_change(policy_, 0, "n1.example", kCasino, false);
    test::add_change(policy_, 0, "bank.example", kCasino, true);
    test::add_change(policy_, 0, "n2.example", kCasino, true);      // is there already
    test::add_change(policy_, 0, "never.example", kCasino, false);  // never was there
    test::add_change(policy_, 0, "n3.example", kCasino, false);
    test::add_change(policy_, 0, "n3.example", kCasino, true);  // the last change counts
    compile_it();
    EXPECT_TRUE(names_again_);
    EXPECT_EQ(bundle_.delta->view.head->names, 3u);
    EXPECT_EQ(bundle_.delta->view.head->removed, 1u);
    EXPECT_EQ(of("x.fresh.news.example"), "casino");
    EXPECT_EQ(of("other.news.example"), "news");
    EXPECT_EQ(of("n1.example"), "");
    EXPECT_EQ(of("x.n1.example"), "");
    EXPECT_EQ(of("n3.example"), "casino");
    EXPECT_EQ(of("bank.example"), "banking casino");
    EXPECT_TRUE(lookup::match_name(bundle_.view, "bank.example").list.by_delta);

    for (int i = 0; i < 100; ++i)  // more than the share: compiled into the names
        test::add_change(policy_, 0, "more" + std::to_string(i) + ".example", kNews, true);
    compile_it();
    EXPECT_FALSE(names_again_);
    EXPECT_EQ(bundle_.delta->view.head->names, 0u);
    EXPECT_EQ(of("x.fresh.news.example"), "casino");
    EXPECT_EQ(of("n1.example"), "");
    EXPECT_EQ(of("a.more7.example"), "news");
    EXPECT_EQ(reports_.front().code, Code::changes_folded_in);
}

TEST_F(Store, AnotherBundlesDeltaIsRefused) {
    add_feed(policy_, "ads", {{"a.example", kCasino}});
    compile_it();
    ipc::CompiledBundle mixed = *before_;
    test::add_row(policy_, "b.example", kCasino, Kind::name);
    compile_it();
    mixed.delta = before_->delta;
    const auto refused = ipc::load_compiled(mixed);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error(), lookup::BundleError::mismatch);
}

TEST_F(Store, SaysWhatASourceHolds) {
    add_feed(policy_, "ads",
             {{"a.example", kCasino}, {"a.example", kCasino}, {"b.example", kNews}});
    compile_it();
    const auto& names = bundle_.names->view;
    const layout::SourceRow& row = names.sources.back();
    EXPECT_EQ(names.text(row.id), "ads");
    EXPECT_EQ(row.names, 2u);
    EXPECT_EQ(row.duplicates, 1u);
    EXPECT_EQ(names.text(names.sources[kBanking].id), "banking");
    EXPECT_EQ(names.sources[kBanking].names, 4u);
}

// Random feeds over few labels, so that names meet; changes in two steps.
class Naive {
  public:
    // name -> (source, category)
    std::map<std::string, std::set<std::pair<std::size_t, unsigned>>> says;
    std::vector<std::int32_t> precedence;

    model::CategorySet of(std::string name) const {
        for (;;) {
            const auto at = says.find(name);
            if (at != says.end() && !at->second.empty()) {
                std::int32_t best = -1000;
                for (const auto& [source, category] : at->second)
                    best = std::max(best, precedence[source]);
                model::CategorySet set;
                for (const auto& [source, category] : at->second)
                    if (precedence[source] == best)
                        set.add(static_cast<model::CategoryIndex>(category + 1));
                return set;
            }
            const auto dot = name.find('.');
            if (dot == std::string::npos) return {};
            name = name.substr(dot + 1);
        }
    }
};

TEST_F(Store, AgreesWithANaiveMap) {
    for (unsigned seed = 1; seed <= 20; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        std::mt19937 random(seed);
        policy_ = test::small_policy();
        policy_.names.clear();
        policy_.overrides.clear();
        before_.reset();
        Naive naive;
        const auto any_name = [&] {
            std::string name;
            for (unsigned labels = 1 + random() % 4; labels > 0; --labels)
                name.append(name.empty() ? "" : ".")
                    .push_back(static_cast<char>('a' + random() % 4));
            return name;
        };
        const unsigned feeds = 1 + random() % 4;
        for (unsigned f = 0; f < feeds; ++f) {
            std::vector<std::pair<std::string, std::uint8_t>> rows;
            for (unsigned i = 0; i < 60; ++i) {
                rows.emplace_back(any_name(), static_cast<std::uint8_t>(random() % 5));
                naive.says[rows.back().first].emplace(f, rows.back().second);
            }
            add_feed(policy_, "f" + std::to_string(f), rows).precedence =
                static_cast<std::int32_t>(random() % 3);
            naive.precedence.push_back(policy_.feeds.back().precedence);
        }
        const auto check = [&] {
            compile_it();
            for (unsigned i = 0; i < 400; ++i) {
                const std::string name = any_name() + (random() % 2 == 0 ? "." + any_name() : "");
                ASSERT_EQ(lookup::categorise(bundle_.view, name), naive.of(name)) << name;
            }
        };
        check();
        for (unsigned step = 0; step < 2;
             ++step) {  // 10 of 240 names: a delta; 20 of 60: folded in
            for (unsigned i = 0; i < 10; ++i) {
                const std::string name = any_name();
                const unsigned feed = random() % feeds;
                const auto category = static_cast<std::uint8_t>(random() % 5);
                const bool add = random() % 2 == 0;
                test::add_change(policy_, feed, name, category, add);
                if (add)
                    naive.says[name].emplace(feed, category);
                else
                    naive.says[name].erase({feed, category});
            }
            check();
        }
    }
}

}  // namespace
}  // namespace sluice::compile
