// The shipped sample is a test: it loads without a word, and holds what the lab counts on.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "rules/load/day_text.h"
#include "rules/load/load_policy.h"

namespace sluice::load {
namespace {

using model::Exemption;

const model::Policy& sample() {
    static const Loaded loaded = load_policy_directory(SLUICE_SAMPLE_DIR, *parse_day("2026-11-21"));
    EXPECT_EQ(loaded.diagnostics, std::vector<Diagnostic>{});
    return loaded.policy;
}

const model::Organisation& organisation(std::string_view id) {
    const auto& all = sample().organisations;
    return *std::find_if(all.begin(), all.end(), [&](const auto& o) { return o.id == id; });
}

std::set<std::string> categories_of(std::string_view name) {
    std::set<std::string> found;
    for (const model::NameEntry& entry : sample().names)
        if (entry.name == name) found.insert(sample().categories[entry.category_index].id);
    return found;
}

bool opens(std::string_view organisation_id, std::string_view category) {
    const auto& ids = organisation(organisation_id).access->categories;
    return std::find(ids.begin(), ids.end(), category) != ids.end();
}

TEST(Sample, HasTheOperatorsAndWiresOfTheLab) {
    const auto& operators = sample().operators;
    ASSERT_EQ(operators.size(), 2u);
    EXPECT_EQ(operators[0].id, "telco-a");
    ASSERT_EQ(operators[0].wires.size(), 2u);
    EXPECT_EQ(operators[0].wires[0].id, "telco-a-main");
    EXPECT_EQ(operators[0].wires[1].id, "telco-a-reserve");
    EXPECT_EQ(operators[0].wires[1].role, model::ChannelRole::reserve);
    EXPECT_EQ(operators[1].id, "telco-b");
    ASSERT_EQ(operators[1].wires.size(), 1u);
    EXPECT_EQ(operators[1].wires[0].id, "telco-b-main");
    EXPECT_EQ(sample().resolvers,
              (std::vector{*parse_ip("10.99.0.53"), *parse_ip("2001:db8:99::53")}));
}

TEST(Sample, CataloguesTheSameAddressesBehindTwoOperators) {
    std::set<std::string> rows;
    for (const model::CatalogEntry& row : sample().catalog)
        rows.insert(sample().operators[row.operator_index].id + " " + to_text(row.prefix) + " " +
                    sample().organisations[row.organisation_index].id);
    EXPECT_EQ(rows, (std::set<std::string>{
                        "telco-a 10.10.0.0/16 ministry", "telco-a 2001:db8:a10::/48 ministry",
                        "telco-a 10.20.0.0/16 hospital", "telco-a 2001:db8:a20::/48 hospital",
                        "telco-b 10.10.0.0/16 quasi"}));
}

TEST(Sample, NamesOfTheLabAreInTheirCategories) {
    using Set = std::set<std::string>;
    EXPECT_EQ(categories_of("news.example"), Set{"news"});
    EXPECT_EQ(categories_of("bank.example"), Set{"banking"});
    EXPECT_EQ(categories_of("gov.example"), Set{"government"});
    EXPECT_EQ(categories_of("clinic.example"), Set{"health"});
    EXPECT_EQ(categories_of("casino.example"), Set{"casino"});
    EXPECT_EQ(categories_of("social.example"), Set{"social"});
    EXPECT_EQ(categories_of("updates.example"), Set{"os_updates"});
    EXPECT_EQ(categories_of("unknown.example"), Set{});
}

TEST(Sample, OpensAndClosesWhatTheLabShows) {
    for (const char* closed : {"casino", "social", "uncategorised"})
        EXPECT_FALSE(opens("ministry", closed)) << closed;
    for (const char* open : {"news", "banking", "government", "health", "os_updates"})
        EXPECT_TRUE(opens("ministry", open)) << open;
    EXPECT_TRUE(opens("hospital", "uncategorised"));
    EXPECT_FALSE(opens("hospital", "casino"));
    EXPECT_FALSE(organisation("ministry").pilot) << "under inspection";
    EXPECT_TRUE(organisation("hospital").pilot);
}

TEST(Sample, MarksAllSevenExemptions) {
    std::set<Exemption> seen;
    for (const model::Category& category : sample().categories)
        if (category.exempt) seen.insert(*category.exempt);
    EXPECT_EQ(seen.size(), model::kExemptionCount);
}

// Names of the exempt categories are in the categories or in the feeds that ship with them.
TEST(Sample, EveryExemptionNamesSomething) {
    std::set<std::size_t> named;
    for (const model::NameEntry& entry : sample().names)
        named.insert(entry.category_index);
    bool ranges = false;
    for (const auto& content : sample().feed_content) {
        EXPECT_EQ(content->counts.skipped, 0u) << content->last_skipped;
        ranges = ranges || !content->addresses.empty();
        for (const auto& row : content->rows)
            named.insert(row.category);
    }
    EXPECT_TRUE(ranges) << "conferencing has address ranges";
    for (std::size_t i = 0; i < sample().categories.size(); ++i)
        EXPECT_TRUE(named.contains(i) || !sample().categories[i].exempt)
            << sample().categories[i].id;
}

// The mapping of public lists is a feeds.yaml that loads over the sample's categories.
TEST(Sample, TheMappingOfPublicListsFitsItsCategories) {
    std::vector<Diagnostic> diagnostics;
    FileSet files = read_policy_files(SLUICE_SAMPLE_DIR, diagnostics);
    std::ifstream in(SLUICE_DATA_DIR "/feed_mappings.yaml");
    std::stringstream mapping;
    mapping << in.rdbuf();
    std::erase_if(files, [](const auto& file) { return file.first.starts_with("feeds/"); });
    files["feeds.yaml"] = mapping.str();
    std::string line;
    bool folder = false;  // the feed at hand is one
    while (std::getline(mapping, line)) {
        if (line.starts_with("    format: ")) folder = line.ends_with("ut1");
        if (line.starts_with("    path: ") && !folder) files[line.substr(10)] = "# empty\n";
    }
    files["feeds/ut1/bank/domains"] = "bank.example\n";
    files["feeds/ut1/unheard_of/domains"] = "other.example\n";
    const Loaded loaded = load_policy(files, *parse_day("2026-11-21"));
    ASSERT_TRUE(loaded.ok()) << to_text(loaded.diagnostics[0]);
    ASSERT_GE(loaded.policy.feeds.size(), 8u);
    EXPECT_EQ(loaded.policy.feed_content[0]->counts.names, 1u);
    EXPECT_EQ(loaded.policy.feed_content[0]->counts.unmapped, 1u);
}

TEST(Sample, HasOneOfEverything) {
    EXPECT_FALSE(sample().bypass.empty());
    EXPECT_FALSE(sample().services.empty());
    EXPECT_FALSE(sample().services[0].admitted.empty());
    EXPECT_FALSE(sample().mail.empty());
    EXPECT_FALSE(sample().waf.empty());
    EXPECT_FALSE(sample().overrides.empty());
    EXPECT_FALSE(sample().unknown_source.overdue.empty());
    ASSERT_EQ(sample().grants.size(), 1u);
    EXPECT_EQ(sample().grants[0].protocol, model::Protocol::wireguard);
    EXPECT_EQ(sample().grants[0].organisation_id, "hospital");
}

}  // namespace
}  // namespace sluice::load
