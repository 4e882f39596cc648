// A replica's files: changes are appended and put together again, and a crash between any two
// writes of a save leaves what was in force before it.
#include "control/catalog/replica_files.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <random>

#include "tests/unit/control_catalog/publisher.h"

namespace sluice::control::catalog {
namespace {

namespace fs = std::filesystem;
using testing::row;
using testing::table;

constexpr UtcTime kNow{1'795'000'000};

class ReplicaFilesTest : public ::testing::Test {
  protected:
    void SetUp() override {
        std::string name = fs::temp_directory_path() / "sluice-replica-XXXXXX";
        ASSERT_NE(mkdtemp(name.data()), nullptr);
        dir = name;
        for (unsigned i = 0; i < 100; ++i)
            hundred.push_back(row("10." + std::to_string(i) + ".0.0/16", "a"));
    }
    void TearDown() override { fs::remove_all(dir); }
    // The next version, with these rows.
    void save(const std::vector<Row>& rows) {
        Replica next = replica;
        ++next.version;
        next.rows = table(rows);
        ASSERT_TRUE(files().save(next, difference(replica.rows, next.rows), kNow).ok());
        replica = std::move(next);
    }
    ReplicaFiles files() { return ReplicaFiles(dir); }
    fs::path file(const char* name) { return dir / "telco-a" / name; }
    std::string text(const char* name) {
        std::ifstream in(file(name), std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    void put(const char* name, const std::string& text) {
        std::ofstream(file(name), std::ios::binary) << text;
    }
    void expect_there() {
        const auto read = files().replica("telco-a");
        ASSERT_TRUE(read.ok()) << read.error();
        EXPECT_EQ(read->version, replica.version);
        EXPECT_EQ(read->rows, replica.rows);
    }

    fs::path dir;
    std::vector<Row> hundred;
    Replica replica{"telco-a", "session", 0, kNow, {}, {}};
};

TEST_F(ReplicaFilesTest, ChangesAreAppendedAndPutTogetherAgain) {
    save(hundred);
    const std::string whole = text("replica");
    std::mt19937 random(7);
    std::vector<Row> rows = hundred;
    unsigned appended = 0;
    for (int version = 0; version < 30; ++version) {
        const std::string before = text("replica");
        rows[random() % rows.size()].organisation = std::string(1, 'b' + version % 20);
        if (version % 5 == 4) rows.erase(rows.begin() + static_cast<int>(random() % rows.size()));
        save(rows);
        appended += text("replica") == before ? 1 : 0;
        expect_there();
    }
    EXPECT_GT(appended, 20u) << "most saves write only what changed";
    EXPECT_NE(text("replica"), whole) << "many changes are written whole";
}

TEST_F(ReplicaFilesTest, AVersionWithoutAChangeIsKept) {
    save(hundred);
    save(hundred);
    expect_there();
}

TEST_F(ReplicaFilesTest, ACrashBeforeTheHeadLeavesWhatWas) {
    save(hundred);
    const Replica before = replica;
    const std::string head = text("head");
    auto rows = hundred;
    rows[3].organisation = "never";
    save(rows);
    put("head", head);  // appended to history only
    replica = before;
    expect_there();
    rows[3].organisation = "then";
    save(rows);  // made again, with another outcome
    expect_there();
    const auto owned = files().owner_at("telco-a", *parse_ip("10.3.0.1"), kNow);
    ASSERT_TRUE(owned.ok() && owned->has_value());
    EXPECT_EQ((*owned)->row.organisation, "then");
}

TEST_F(ReplicaFilesTest, RowsWrittenWholeBeforeTheHeadCount) {
    save(hundred);
    const std::string head = text("head");
    save({row("192.0.2.0/24", "b")});
    put("head", head);
    expect_there();
}

TEST_F(ReplicaFilesTest, EveryCutOfAHeadAndEachMissingFileIsSaid) {
    save(hundred);
    auto rows = hundred;
    rows[5].organisation = "b";
    save(rows);
    const std::string head = text("head"), history = text("history.jsonl");
    for (std::size_t size = 0; size + 1 < head.size(); ++size) {
        put("head", head.substr(0, size));
        const auto read = files().replica("telco-a");
        ASSERT_FALSE(read.ok()) << size;
        EXPECT_NE(read.error().find("the feed is taken anew"), std::string::npos);
    }
    put("head", head);
    put("history.jsonl", history.substr(0, history.size() / 2));
    EXPECT_FALSE(files().replica("telco-a").ok()) << "the change after the whole rows is gone";
    put("history.jsonl", history);
    expect_there();
    fs::remove(file("replica"));
    EXPECT_FALSE(files().replica("telco-a").ok());
    fs::remove(file("head"));
    const auto none = files().replica("telco-a");
    ASSERT_TRUE(none.ok());
    EXPECT_TRUE(none->session.empty()) << "as it was before the first look";
}

TEST_F(ReplicaFilesTest, OrganisationsOfAnySpelling) {
    save({row("10.0.0.0/8", "a \"quoted\\name")});
    auto rows = hundred;
    rows.push_back(row("10.0.0.0/8", "a \"quoted\\name"));
    save(rows);
    rows.push_back(row("192.0.2.0/24", "it\"s"));
    save(rows);
    expect_there();
}

}  // namespace
}  // namespace sluice::control::catalog
