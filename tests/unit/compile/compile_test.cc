// What compile() refuses, reports and uses again.
#include "rules/compile/compile.h"

#include <gtest/gtest.h>

#include <functional>

#include "tests/unit/lookup/small_policy.h"

namespace sluice::compile {
namespace {

using test::prefix;

struct Refused {
    const char* what;
    Code code;
    std::function<void(model::Policy&)> spoil;
};

TEST(Compile, RefusesContradictions) {
    const Refused cases[] = {
        {"operator twice", Code::duplicate,
         [](auto& p) { p.operators[1].id = std::string("north"); }},
        {"category built in", Code::duplicate,
         [](auto& p) { p.categories[0].id = std::string("uncategorised"); }},
        {"organisation's operator", Code::unknown_operator,
         [](auto& p) { p.organisations[0].operator_id = std::string("east"); }},
        {"list's category", Code::unknown_category,
         [](auto& p) { p.organisations[0].access->categories.push_back("x"); }},
        {"prefix twice", Code::duplicate, [](auto& p) { p.catalog.push_back(p.catalog[0]); }},
        {"catalog index", Code::bad_index, [](auto& p) { p.catalog[0].organisation_index = 99; }},
        {"host bits", Code::bad_prefix, [](auto& p) { p.catalog[0].prefix.length = 97; }},
        {"name's category", Code::bad_index, [](auto& p) { p.names[0].category_index = 99; }},
        {"upper case", Code::bad_name,
         [](auto& p) { p.names[0].name = std::string("News.example"); }},
        {"final dot", Code::bad_name, [](auto& p) { p.overrides[0].name += '.'; }},
        {"override twice", Code::duplicate,
         [](auto& p) { p.overrides[1].name = p.overrides[0].name; }},
        {"bypass operator", Code::unknown_operator,
         [](auto& p) { p.bypass[0].operator_id = std::string("x"); }},
        {"bypass twice", Code::duplicate, [](auto& p) { p.bypass.push_back(p.bypass[0]); }},
        {"admission", Code::unknown_organisation,
         [](auto& p) { p.services[0].admitted[0].organisation_id = std::string("x"); }},
        {"service name twice", Code::duplicate,
         [](auto& p) { p.services[1].names = p.services[0].names; }},
        {"mail owner", Code::unknown_organisation,
         [](auto& p) { p.mail[0].organisation_id = std::string("x"); }},
        {"grant of web", Code::bad_grant,
         [](auto& p) { p.grants[0].protocol = model::Protocol::tls; }},
        {"grant backwards", Code::bad_validity,
         [](auto& p) { std::swap(p.grants[0].valid.from, p.grants[0].valid.until); }},
        {"grant of year 10000", Code::bad_validity,
         [](auto& p) { p.grants[0].valid.until = test::day(10'000, 1, 1); }},
        {"pilot before 1900", Code::bad_validity,
         [](auto& p) { p.organisations[1].pilot->until = test::day(1899, 12, 31); }},
        {"wire twice", Code::duplicate,
         [](auto& p) { p.operators[0].wires[1].id = std::string("north-main"); }},
    };
    for (const Refused& c : cases) {
        auto policy = test::small_policy();
        c.spoil(policy);
        const auto result = compile(policy);
        ASSERT_FALSE(result.ok()) << c.what;
        EXPECT_EQ(result.error().front().code, c.code)
            << c.what << ": " << result.error()[0].message;
    }
}

TEST(Compile, ReportsWhatCanNeverMatter) {
    auto policy = test::small_policy();
    policy.organisations.push_back({"ghost", "", "north", "", "", {}, {}, {}});
    const auto result = compile(policy);
    ASSERT_TRUE(result.ok());
    ASSERT_EQ(result->reports.size(), 2u);
    EXPECT_EQ(result->reports[0].code, Code::category_nobody_opens);  // casino
    EXPECT_EQ(result->reports[1].code, Code::organisation_without_prefix);
}

TEST(Compile, UsesUnchangedSectionsAgain) {
    auto policy = test::small_policy();
    const auto first = compile(policy);
    CompileOptions options;
    options.previous = &first->bundle;
    policy.overrides[0].ground = "another";
    const auto second = compile(policy, options);
    EXPECT_EQ(second->bundle.catalog.bytes, first->bundle.catalog.bytes);
    EXPECT_EQ(second->bundle.names.bytes, first->bundle.names.bytes);
    EXPECT_NE(second->bundle.hash(), first->bundle.hash());
    policy.names[0].name = std::string("other.example");
    const auto third = compile(policy, options);
    EXPECT_EQ(third->bundle.catalog.bytes, first->bundle.catalog.bytes);
    EXPECT_NE(third->bundle.names.sha256, first->bundle.names.sha256);
    policy.catalog.pop_back();
    EXPECT_NE(compile(policy, options)->bundle.catalog.sha256, first->bundle.catalog.sha256);
    ASSERT_TRUE(ipc::load_compiled(third->bundle).ok());
}

}  // namespace
}  // namespace sluice::compile
