// Backup and restore: whole or not at all, at every step; each kind of bad file is refused; every
// earlier version of the store migrates with what is in it.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "control/store/backup.h"
#include "control/store/schema.h"
#include "fakes.h"

namespace sluice::control {
namespace {

namespace fs = std::filesystem;

class Backup : public testing::Test {
  protected:
    std::unique_ptr<SqliteStore> open() {
        auto opened = SqliteStore::open(store_);
        EXPECT_TRUE(opened.ok()) << opened.error().message;
        return std::move(opened).value();
    }
    void commit(SqliteStore& store, const std::string& text) {
        NewCommit n;
        n.files = {{"a.yaml", text}};
        n.bundle = sha256_hex(text);
        n.author = {"alice", 1000};
        n.at = UtcTime{5};
        ASSERT_TRUE(store.add_commit(n).ok());
    }
    std::string newest() { return open()->files_of(open()->head().value()->serial)->at("a.yaml"); }
    std::string error_of(const std::string& file) {
        const auto done = Restore(file, store_, dir_ / "kept").all();
        return done ? "" : done.error();
    }
    static void change(const std::string& file, std::streamoff at, char to) {
        std::fstream f(file, std::ios::in | std::ios::out | std::ios::binary);
        f.seekp(at);
        f.put(to);
    }

    TempDir dir_;
    std::string store_ = dir_ / "store.sqlite", file_ = dir_ / "backup";
};

TEST_F(Backup, OfALivingStoreAndBack) {
    auto living = open();
    commit(*living, "one");
    const auto made = back_up(store_, file_);
    ASSERT_TRUE(made.ok()) << made.error();
    EXPECT_EQ(made->schema, kSchemaVersion);
    EXPECT_FALSE(back_up(store_, file_).ok()) << "an older backup is not overwritten";
    commit(*living, "two");
    living.reset();
    EXPECT_EQ(newest(), "two");
    EXPECT_EQ(error_of(file_), "");
    EXPECT_EQ(newest(), "one");
    EXPECT_EQ(open()->verify_audit().value(), std::nullopt);
    auto kept = SqliteStore::open(dir_ / "kept");
    ASSERT_TRUE(kept.ok());
    EXPECT_EQ((*kept)->head().value()->serial, 2u) << "the old store lies beside";
}

TEST_F(Backup, EachBadFileIsRefusedAndTheStoreStays) {
    commit(*open(), "one");
    ASSERT_TRUE(back_up(store_, file_).ok());
    commit(*open(), "two");
    const auto size = static_cast<std::streamoff>(fs::file_size(file_));
    const std::string bad = dir_ / "bad";
    const auto copy = [&] { fs::copy_file(file_, bad, fs::copy_options::overwrite_existing); };
    EXPECT_NE(error_of(dir_ / "nothing").find("No such file"), std::string::npos);
    copy();
    change(bad, size / 2, '\x5a');
    EXPECT_NE(error_of(bad).find("damaged"), std::string::npos);
    for (const std::streamoff cut : {std::streamoff{1}, size / 2, size}) {
        copy();
        fs::resize_file(bad, static_cast<std::uintmax_t>(size - cut));
        EXPECT_NE(error_of(bad).find("no whole backup"), std::string::npos) << cut;
    }
    copy();
    const std::string word = "schema=" + std::to_string(kSchemaVersion);
    std::ifstream in(file_, std::ios::binary);
    const std::string all((std::istreambuf_iterator<char>(in)), {});
    change(bad, static_cast<std::streamoff>(all.rfind(word) + word.size() - 1), '9');
    EXPECT_NE(error_of(bad).find("newer build"), std::string::npos) << error_of(bad);
    EXPECT_EQ(newest(), "two");
}

TEST_F(Backup, ABackupWithABrokenAuditChainIsRefused) {
    {
        commit(*open(), "one");
        Database db(store_);
        db.run("UPDATE audit SET reason = 'other' WHERE seq = 1");
    }
    ASSERT_TRUE(back_up(store_, file_).ok());
    EXPECT_NE(error_of(file_).find("audit chain"), std::string::npos);
}

TEST_F(Backup, EndedAfterAnyStepNothingIsLost) {
    commit(*open(), "one");
    ASSERT_TRUE(back_up(store_, file_).ok());
    for (unsigned last = 0; last <= Restore::kSteps; ++last) {
        const std::string text = "newest " + std::to_string(last);
        commit(*open(), text);
        const std::string kept = dir_ / ("kept-" + std::to_string(last));
        const pid_t child = fork();
        if (child == 0) {
            Restore restore(file_, store_, kept);
            for (unsigned i = 0; i < last; ++i)
                if (!restore.step(i)) _exit(1);
            kill(getpid(), SIGKILL);
        }
        int status = 0;
        waitpid(child, &status, 0);
        ASSERT_TRUE(WIFSIGNALED(status)) << last;
        EXPECT_EQ(newest(), last == Restore::kSteps ? "one" : text) << last;
        // And the next try is not kept from going through.
        EXPECT_TRUE(Restore(file_, store_, kept + "-again").all().ok()) << last;
        EXPECT_EQ(newest(), "one") << last;
    }
}

TEST_F(Backup, ADamagedStoreDoesNotStart) {
    commit(*open(), std::string(200'000, 'x'));
    std::fstream f(store_, std::ios::in | std::ios::out | std::ios::binary);
    for (int page = 1; page < 20; ++page) {
        f.seekp(page * 4096);
        f << std::string(64, '\xff');
    }
    f.close();
    const auto opened = SqliteStore::open(store_);
    ASSERT_FALSE(opened.ok());
    EXPECT_NE(opened.error().message.find("--restore"), std::string::npos)
        << opened.error().message;
}

TEST_F(Backup, EveryEarlierVersionMigratesWithWhatIsInIt) {
    for (int version = 1; version < kSchemaVersion; ++version) {
        const std::string path = dir_ / ("v" + std::to_string(version));
        {
            Database db(path);
            migrate_to(db, version);
            db.run(
                "INSERT INTO commits VALUES (1, 'id', '', 'alice', 1000, 5, 'why', 'b');"
                "INSERT INTO unknown_sources VALUES ('telco', '10.0.0.1', 1, 2, 3);");
            if (version >= 3)
                db.run(
                    "INSERT INTO memory VALUES ('clock_last', '7');"
                    "INSERT INTO case_notices (id, case_id, rule, party, recipient, kk, ru, en, "
                    "at, state) VALUES (1, 'c', 'r', 'user', 'o', 'k', 'r', 'e', 1, 'pending');");
        }
        auto store = SqliteStore::open(path);
        ASSERT_TRUE(store.ok()) << version << ": " << store.error().message;
        EXPECT_EQ((*store)->head().value()->reason, "why") << version;
        EXPECT_EQ((*store)->unknown_sources("", 10)->size(), 1u) << version;
        EXPECT_TRUE((*store)->requests({})->empty()) << version;
        if (version < 3) continue;
        EXPECT_EQ((*store)->remembered("clock_last").value(), "7") << version;
        EXPECT_EQ((*store)->notices("pending", 10)->size(), 1u) << version;
    }
}

}  // namespace
}  // namespace sluice::control
