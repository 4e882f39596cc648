// The store: commits whole or not at all, bases, revisions, migrations, audit chain, retention.
#include <gtest/gtest.h>

#include "control/store/audit_chain.h"
#include "control/store/schema.h"
#include "fakes.h"

namespace sluice::control {
namespace {

class StoreTest : public testing::Test {
  protected:
    StoreTest() { open(); }
    void open() {
        store_.reset();
        auto opened = SqliteStore::open(dir_ / "store.sqlite");
        ASSERT_TRUE(opened.ok()) << opened.error().message;
        store_ = std::move(opened).value();
    }
    Result<Committed, StoreError> add(const std::string& text,
                                      std::optional<std::string> base = {}) {
        NewCommit n;
        n.files = {{"a.yaml", text}, {"lists/b.txt", "same\n"}};
        n.bundle = sha256_hex(text);
        n.author = {"alice", 1000};
        n.at = UtcTime{5};
        n.reason = "why";
        n.base = std::move(base);
        return store_->add_commit(n);
    }
    TempDir dir_;
    std::unique_ptr<SqliteStore> store_;
};

TEST_F(StoreTest, CommitsSurviveReopening) {
    const auto first = add("one");
    ASSERT_TRUE(first.ok());
    EXPECT_EQ(first->commit.serial, 1u);
    EXPECT_EQ(first->audit_seq, 1u);
    ASSERT_TRUE(add("two").ok());
    open();
    const auto head = store_->head();
    ASSERT_TRUE(head.ok() && *head);
    EXPECT_EQ((*head)->serial, 2u);
    EXPECT_EQ((*head)->parent, first->commit.id);
    EXPECT_EQ((*head)->author.person, "alice");
    const auto files = store_->files_of(2);
    ASSERT_TRUE(files.ok());
    EXPECT_EQ(*files, (FileSet{{"a.yaml", "two"}, {"lists/b.txt", "same\n"}}));
    EXPECT_EQ(store_->verify_audit().value(), std::nullopt);
}

TEST_F(StoreTest, TellsWhichCommitsChangedAFile) {
    for (const char* text : {"one", "two", "two", "three"})
        ASSERT_TRUE(add(text).ok());
    const auto changes = store_->file_changes("a.yaml").value();
    ASSERT_EQ(changes.size(), 3u);
    EXPECT_EQ(changes[1].commit.serial, 2u);
    EXPECT_EQ(changes[2].commit.serial, 4u);
    EXPECT_EQ(changes[2].content, "three");
    const auto latest = store_->file_changes("").value();
    ASSERT_EQ(latest.size(), 2u);
    EXPECT_EQ(latest[0].commit.serial, 4u);
    EXPECT_EQ(latest[1].path, "lists/b.txt");
    EXPECT_EQ(latest[1].commit.serial, 1u);
    EXPECT_TRUE(store_->file_changes("nowhere").value().empty());
}

TEST_F(StoreTest, ASecretIsDrawnOnceAndKept) {
    const std::string key = store_->secret("one").value();
    EXPECT_EQ(key.size(), 32u);
    EXPECT_EQ(key.find_first_not_of("0123456789abcdef"), std::string::npos);
    EXPECT_NE(store_->secret("two").value(), key);
    open();
    EXPECT_EQ(store_->secret("one").value(), key);
}

TEST_F(StoreTest, StaleBaseIsRefusedAndChangesNothing) {
    ASSERT_TRUE(add("one", "").ok());
    const auto stale = add("two", "");
    ASSERT_FALSE(stale.ok());
    EXPECT_EQ(stale.error().code, StoreErrorCode::stale_base);
    EXPECT_EQ(store_->history(10)->size(), 1u);
    EXPECT_EQ(store_->audit(10)->size(), 1u);
    EXPECT_TRUE(add("two", store_->head().value()->id).ok());
}

TEST_F(StoreTest, EqualContentHasAnEqualId) {
    const auto a = add("one");
    ASSERT_TRUE(add("two").ok());
    const auto again = add("one");
    EXPECT_EQ(a->commit.id, again->commit.id);
    EXPECT_NE(a->commit.serial, again->commit.serial);
}

TEST_F(StoreTest, RevisionsAsPeopleWriteThem) {
    for (const char* text : {"one", "two", "three"})
        ASSERT_TRUE(add(text).ok());
    const auto serial = [&](const std::string& revision) {
        const auto c = store_->find_commit(revision);
        return c ? c->serial : 0;
    };
    EXPECT_EQ(serial("HEAD"), 3u);
    EXPECT_EQ(serial("HEAD~1"), 2u);
    EXPECT_EQ(serial("HEAD~2"), 1u);
    EXPECT_EQ(serial("r2"), 2u);
    const std::string id = store_->find_commit("r1")->id;
    EXPECT_EQ(serial(id), 1u);
    EXPECT_EQ(serial(id.substr(0, 8)), 1u);
    for (const std::string bad : {"", "HEAD~3", "HEAD~", "HEADx", "r0", "r4", "r", "abc", "zzzz",
                                  "' OR 1=1 --", "HEAD~99999999999999999999"})
        EXPECT_EQ(serial(bad), 0u) << bad;
}

TEST_F(StoreTest, AuditChainNoticesAChange) {
    for (int i = 0; i < 5; ++i)
        ASSERT_TRUE(store_->add_audit({0, UtcTime{i}, {"a", 1}, "act", "s", "r", "", ""}).ok());
    EXPECT_EQ(store_->verify_audit().value(), std::nullopt);
    {
        Database db(dir_ / "store.sqlite");
        db.run("UPDATE audit SET reason = 'other' WHERE seq = 3");
    }
    EXPECT_EQ(store_->verify_audit().value(), 3u);
    {
        Database db(dir_ / "store.sqlite");
        db.run("UPDATE audit SET reason = 'r' WHERE seq = 3; DELETE FROM audit WHERE seq = 2");
    }
    EXPECT_EQ(store_->verify_audit().value(), 2u);
}

TEST_F(StoreTest, DamagedFileIsNotHandedOut) {
    ASSERT_TRUE(add("one").ok());
    {
        Database db(dir_ / "store.sqlite");
        db.run("UPDATE blobs SET data = 'else' WHERE hash = '" + sha256_hex("one") + "'");
    }
    const auto files = store_->files_of(1);
    ASSERT_FALSE(files.ok());
    EXPECT_EQ(files.error().code, StoreErrorCode::unavailable);
}

TEST_F(StoreTest, UnknownSourcesAreAggregated) {
    const UnknownSource once{"telco", "192.0.2.1", UtcTime{10}, UtcTime{20}, 3};
    ASSERT_TRUE(store_->add_unknown_sources({once}).ok());
    ASSERT_TRUE(store_
                    ->add_unknown_sources({{"telco", "192.0.2.1", UtcTime{15}, UtcTime{30}, 4},
                                           {"other", "192.0.2.1", UtcTime{1}, UtcTime{2}, 1}})
                    .ok());
    const auto all = store_->unknown_sources("telco", 10);
    ASSERT_EQ(all->size(), 1u);
    EXPECT_EQ(all->front().first_seen, UtcTime{10});
    EXPECT_EQ(all->front().last_seen, UtcTime{30});
    EXPECT_EQ(all->front().packets, 7u);
    EXPECT_EQ(store_->unknown_sources("", 10)->size(), 2u);
}

TEST_F(StoreTest, ReferencesAreKeptByCountAndAge) {
    std::vector<Reference> many;
    for (int i = 0; i < 10; ++i)
        many.push_back({"R" + std::to_string(i), UtcTime{100 + i}, "{}"});
    ASSERT_TRUE(store_->add_references(many, {.count_max = 4, .age_max_seconds = 1000}).ok());
    EXPECT_FALSE(store_->find_reference("R5").value());
    EXPECT_TRUE(store_->find_reference("R6").value());
    ASSERT_TRUE(
        store_->add_references({{"late", UtcTime{2000}, "{}"}}, {.age_max_seconds = 1000}).ok());
    EXPECT_FALSE(store_->find_reference("R9").value());
    EXPECT_TRUE(store_->find_reference("late").value());
}

TEST(StoreSchema, EachOlderVersionIsMigratedWithItsContent) {
    for (int version = 0; version < kSchemaVersion; ++version) {
        TempDir dir;
        {
            Database db(dir / "s");
            migrate_to(db, version);
            if (version >= 1) db.run("INSERT INTO commits VALUES (1,'id','','p',1,2,'r','b')");
        }
        auto store = SqliteStore::open(dir / "s");
        ASSERT_TRUE(store.ok()) << store.error().message;
        EXPECT_EQ((*store)->history(10)->size(), version >= 1 ? 1u : 0u);
        EXPECT_FALSE((*store)->pending_confirm().value());
    }
}

TEST(StoreSchema, ANewerStoreIsRefused) {
    TempDir dir;
    {
        Database db(dir / "s");
        migrate(db);
        db.run("UPDATE meta SET value = '99' WHERE key = 'schema_version'");
    }
    EXPECT_FALSE(SqliteStore::open(dir / "s").ok());
}

TEST(StoreFiles, HashKeepsBoundariesApart) {
    EXPECT_NE(hash_of({{"a", "b"}}), hash_of({{"ab", ""}}));
    EXPECT_NE(hash_of({{"a", "x"}, {"b", "y"}}), hash_of({{"a", "y"}, {"b", "x"}}));
}

// What an export can be checked for without the store.
TEST_F(StoreTest, AChangedRemovedOrReorderedRecordIsFound) {
    for (int i = 0; i < 4; ++i)
        ASSERT_TRUE(add("text " + std::to_string(i)).ok());
    const auto good = *store_->audit_after(0, 100);
    ASSERT_EQ(good.size(), 4u);
    EXPECT_EQ(store_->audit_after(2, 1)->front().seq, 3u);
    const auto first_trouble = [](const std::vector<AuditRecord>& records) {
        AuditChain chain;
        for (const AuditRecord& r : records)
            if (!chain.add(r).empty()) return chain.head().seq + 1;
        return std::uint64_t{0};
    };
    EXPECT_EQ(first_trouble(good), 0u);
    for (std::size_t i = 0; i < good.size(); ++i) {
        auto changed = good;
        changed[i].reason += ".";
        EXPECT_EQ(first_trouble(changed), i + 1);
        changed = good;
        changed[i].at = UtcTime{6};
        EXPECT_EQ(first_trouble(changed), i + 1);
        changed[i].hash = audit_hash(changed[i]);  // made to fit in itself
        EXPECT_EQ(first_trouble(changed), i + 1 < good.size() ? i + 2 : 0u) << "the next one tells";
        if (i + 1 == good.size()) continue;
        auto fewer = good;
        fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
        EXPECT_EQ(first_trouble(fewer), i + 1);
        auto swapped = good;
        std::swap(swapped[i], swapped[i + 1]);
        EXPECT_EQ(first_trouble(swapped), i + 1);
    }
}

}  // namespace
}  // namespace sluice::control
