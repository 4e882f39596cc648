// The rows of a catalog against a plain map of the same rows, over seeded random changes.
#include "control/catalog/row_table.h"

#include <gtest/gtest.h>

#include <random>

#include "control/catalog/plain_record.h"
#include "tests/unit/control_catalog/publisher.h"

namespace sluice::control::catalog {
namespace {

using testing::row;
using testing::table;
using Oracle = std::map<Prefix, std::string>;

std::vector<Row> rows_of(const RowTable& table) {
    std::vector<Row> out;
    for (const RowTable::Entry& entry : table.rows())
        out.push_back(table.row(entry));
    return out;
}
std::vector<Row> rows_of(const Oracle& oracle) {
    std::vector<Row> out;
    for (const auto& [prefix, organisation] : oracle)
        out.push_back({prefix, organisation});
    return out;
}
std::vector<Row> missing(const Oracle& from, const Oracle& in) {
    std::vector<Row> out;
    for (const auto& [prefix, organisation] : from)
        if (const auto at = in.find(prefix); at == in.end() || at->second != organisation)
            out.push_back({prefix, organisation});
    return out;
}

TEST(RowTable, IsTheMapAfterEveryChange) {
    std::mt19937 random(20'261'127);
    RowTable rows;
    Oracle oracle;
    for (int turn = 0; turn < 400; ++turn) {
        const RowTable before = rows;
        const Oracle oracle_before = oracle;
        RowTable::Changes changes;
        for (unsigned i = random() % 8; i > 0; --i) {
            const Row one = row("10." + std::to_string(random() % 40) + ".0.0/16",
                                std::string(1, static_cast<char>('a' + random() % 4)));
            const bool goes = random() % 3 == 0;
            changes[one.prefix] = goes ? std::nullopt : std::optional(one.organisation);
        }
        for (const auto& [prefix, organisation] : changes) {
            if (organisation)
                oracle[prefix] = *organisation;
            else
                oracle.erase(prefix);
        }
        rows = rows.with(changes);
        ASSERT_EQ(rows_of(rows), rows_of(oracle)) << turn;
        ASSERT_EQ(rows, table(rows_of(oracle))) << "however its organisations are numbered";
        const Difference change = difference(before, rows);
        ASSERT_EQ(change.added, missing(oracle, oracle_before));
        ASSERT_EQ(change.removed, missing(oracle_before, oracle));
        for (const auto& [prefix, organisation] : oracle_before)
            ASSERT_EQ(rows.find(prefix) == nullptr, !oracle.contains(prefix));
        ASSERT_EQ(rows_of(before), rows_of(oracle_before)) << "what was shared did not change";
    }
}

TEST(RowTable, SortsAndRefusesWhatIsTwice) {
    const RowTable sorted = table({row("10.2.0.0/16", "b"), row("10.1.0.0/16", "a")});
    EXPECT_EQ(sorted.row(sorted.rows()[0]).organisation, "a");
    const auto twice = RowTable::of(std::vector<Row>{
        row("10.2.0.0/16", "b"), row("10.1.0.0/16", "a"), row("10.2.0.0/16", "a")});
    ASSERT_FALSE(twice.ok());
    EXPECT_EQ(to_text(twice.error()), "10.2.0.0/16");
}

TEST(RowTable, CountsPrefixesThatAreGone) {
    const RowTable before = table({row("10.1.0.0/16", "a"), row("10.2.0.0/16", "a")});
    EXPECT_EQ(count_gone(before, table({row("10.2.0.0/16", "b"), row("10.3.0.0/16", "b")})), 1u)
        << "one that changed hands is not gone";
}

TEST(PlainRecord, TakesOnlyWhatIsPlain) {
    const auto plain = read_plain_record("{\"organisation\":\"a b\",\"prefix\":\"10.0.0.0/8\"}\n");
    ASSERT_TRUE(plain.has_value());
    EXPECT_EQ(plain->find("organisation"), "a b");
    EXPECT_EQ(plain->find("prefix"), "10.0.0.0/8");
    EXPECT_FALSE(plain->find("action").has_value());
    for (const char* other :
         {"", "{", "{}", "{\"a\":\"b\"", "{\"a\":\"b\"}x", "{\"a\":1}", "{\"a\":\"\\u0041\"}",
          "{\"a\":\"b\",\"a\":\"c\"}", "{\"a\":\"\xd0\x90\"}", "{\"a\":\"b\",}", "{ \"a\":\"b\"}",
          "{\"a\":\"b\",\"c\":\"d\",\"e\":\"f\",\"g\":\"h\"}"})
        EXPECT_FALSE(read_plain_record(other).has_value()) << other;
}

}  // namespace
}  // namespace sluice::control::catalog
