// The issuance log as files: what was answered survives, what was torn is cut off, what was changed
// is found, and without room there is no entry.
#include "certs/log/issuance_log.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>

#include "certs/leaf/mint.h"
#include "certs/log/audit.h"
#include "certs/log/log_files.h"
#include "certs/log/segment.h"
#include "tests/unit/certs/pki.h"

namespace sluice::certs {
namespace {

namespace fs = std::filesystem;
using test::contents;
using test::overwrite;

Der minted(const std::string& name) {
    const Subject subject{name, std::nullopt};
    static const KeyPtr key = make_p256_key();
    const LeafPlan plan{subject, key.get(), {UtcTime{test::kNoon - 60}, UtcTime{test::kNoon + 60}}};
    return der_of(mint_leaf(plan, test::gateway().generation->trusted).get());
}

std::vector<std::uint8_t> entry(int n) {
    LogEntry e;
    e.issued = UtcTime{test::kNoon};
    e.operator_id = "north";
    e.organisation = "ministry";
    e.generation = "g1";
    e.leaf = minted("n" + std::to_string(n) + ".example");
    return bytes_of(e);
}

class Log : public testing::Test {
  protected:
    Result<std::unique_ptr<IssuanceLog>, LogError> open(std::uint64_t segment_bytes = 1u << 20) {
        LogOptions options{directory(), bytes_max_, segment_bytes};
        return IssuanceLog::open(options, verifier_, key_.get());
    }
    // A log of `count` entries, one append each, closed without a last checkpoint unless asked.
    void write(int count, bool checkpoint = true, std::uint64_t segment_bytes = 1u << 20) {
        auto log = open(segment_bytes);
        ASSERT_TRUE(log.ok()) << log.error().message;
        for (int i = 0; i < count; ++i) {
            const std::vector<std::vector<std::uint8_t>> one = {entry(i)};
            ASSERT_EQ((*log)->append(one).value(), static_cast<std::uint64_t>(i));
        }
        if (checkpoint) {
            ASSERT_TRUE((*log)->write_checkpoint().ok());
        }
    }
    fs::path directory() const { return home_.path() / "log"; }
    fs::path first_segment() const { return directory() / segment_name(0); }
    LogFault fault() {
        auto log = open();
        EXPECT_FALSE(log.ok());
        return log.ok() ? LogFault::full : log.error().fault;
    }
    std::vector<std::string> problems(const std::vector<std::string>& earlier = {}) {
        return audit_log(directory(), verifier_, earlier).problems;
    }
    // The records of a one-segment log, as bytes, each.
    std::vector<std::string> records() {
        const std::string all = contents(first_segment());
        const Bytes bytes = as_bytes(all);
        std::vector<std::string> found;
        const std::size_t head = parse_segment_head(bytes)->bytes;
        RecordReader reader(bytes.subspan(head));
        Bytes e;
        Hash h;
        for (std::size_t from = head; reader.next(e, h); from = head + reader.at())
            found.emplace_back(all.substr(from, head + reader.at() - from));
        return found;
    }
    void put_back(const std::vector<std::string>& records) {
        std::string all = contents(first_segment());
        all.resize(parse_segment_head(as_bytes(all))->bytes);
        for (const std::string& record : records)
            all += record;
        overwrite(first_segment(), all);
    }

    test::TemporaryDirectory home_;
    KeyPtr key_ = make_ed25519_key();
    LogVerifier verifier_ = verifier_of(key_.get(), "log.example").value();
    std::uint64_t bytes_max_ = 1u << 30;
};

TEST_F(Log, WhatWasAppendedIsThereAgain) {
    write(5);
    auto log = open();
    ASSERT_TRUE(log.ok());
    EXPECT_EQ((*log)->head().size, 5u);
    EXPECT_EQ((*log)->torn_bytes(), 0u);
    const auto leaves = leaf_hashes(directory());
    ASSERT_TRUE(leaves.ok());
    EXPECT_EQ(root_of(*leaves), (*log)->head().root);
    EXPECT_TRUE(problems().empty());
}

TEST_F(Log, OneWriterOnly) {
    auto log = open();
    ASSERT_TRUE(log.ok());
    EXPECT_EQ(fault(), LogFault::in_use);
}

// Cut at every byte of the last entry: it is gone (nobody was answered), all before it are there.
TEST_F(Log, ATornTailIsCutOffAtEveryByte) {
    write(2);
    const std::string checkpoint = contents(directory() / kCheckpointFile);
    const std::size_t two = contents(first_segment()).size();
    {
        auto log = open();
        const std::vector<std::vector<std::uint8_t>> one = {entry(2)};
        ASSERT_TRUE((*log)->append(one).ok());
    }
    const std::string three = contents(first_segment());
    for (std::size_t size = two; size < three.size(); ++size) {
        overwrite(first_segment(), three.substr(0, size));
        auto log = open();
        ASSERT_TRUE(log.ok()) << log.error().message;
        EXPECT_EQ((*log)->head().size, 2u);
        EXPECT_EQ((*log)->torn_bytes(), size - two);
        EXPECT_EQ(fs::file_size(first_segment()), two);
    }
    overwrite(first_segment(), three);
    EXPECT_EQ((*open())->head().size, 3u);
}

TEST_F(Log, ShorterThanItsCheckpointIsRefused) {
    write(3);
    const std::string all = contents(first_segment());
    overwrite(first_segment(), all.substr(0, all.size() - 1));
    EXPECT_EQ(fault(), LogFault::damaged);
}

TEST_F(Log, MoreBehindTheLastEntryThanACrashLeavesIsRefused) {
    write(3);
    overwrite(first_segment(), contents(first_segment()) + std::string(600'000, 'x'));
    EXPECT_EQ(fault(), LogFault::damaged);
}

TEST_F(Log, ChangedEntriesAreRefusedAtStart) {
    write(3);
    auto kept = records();
    std::swap(kept[0], kept[1]);
    put_back(kept);
    EXPECT_EQ(fault(), LogFault::damaged);
}

TEST_F(Log, ALostOrForeignCheckpointIsRefused) {
    write(1);
    const std::string note = contents(directory() / kCheckpointFile);
    fs::remove(directory() / kCheckpointFile);
    EXPECT_EQ(fault(), LogFault::damaged);
    const KeyPtr other = make_ed25519_key();
    overwrite(
        directory() / kCheckpointFile,
        sign_checkpoint({1, {}}, verifier_of(other.get(), "log.example").value(), other.get()));
    EXPECT_EQ(fault(), LogFault::damaged);
    overwrite(directory() / kCheckpointFile, note);
    EXPECT_TRUE(open().ok());
}

TEST_F(Log, LostSegmentsAreRefused) {
    write(1);
    fs::remove(first_segment());
    EXPECT_EQ(fault(), LogFault::damaged);
}

TEST_F(Log, ManySegmentsAreOneTree) {
    write(20, true, 3'000);
    EXPECT_GT(list_segments(directory())->size(), 4u);
    auto log = open(3'000);
    ASSERT_TRUE(log.ok());
    EXPECT_EQ((*log)->head().size, 20u);
    EXPECT_EQ(root_of(*leaf_hashes(directory())), (*log)->head().root);
    EXPECT_TRUE(problems().empty());
}

TEST_F(Log, ItsLimitIsALimit) {
    bytes_max_ = 2'000;
    auto log = open();
    const std::vector<std::vector<std::uint8_t>> one = {entry(0)};
    std::uint64_t taken = 0;
    auto appended = (*log)->append(one);
    for (; appended.ok(); appended = (*log)->append(one))
        ++taken;
    EXPECT_EQ(appended.error().fault, LogFault::full);
    EXPECT_GT(taken, 0u);
    EXPECT_EQ((*log)->head().size, taken);
    EXPECT_LE((*log)->bytes(), bytes_max_);
}

// The file system ends in the middle of an entry: none of it stays, and with room it goes on.
TEST_F(Log, AFullDiskTakesNothingOfABatch) {
    std::signal(SIGXFSZ, SIG_IGN);
    auto log = open();
    const std::vector<std::vector<std::uint8_t>> two = {entry(0), entry(1)};
    ASSERT_TRUE((*log)->append(two).ok());
    const auto size = fs::file_size(first_segment());
    rlimit before{};
    ::getrlimit(RLIMIT_FSIZE, &before);
    const rlimit tight{size + two[0].size() + 50, before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &tight), 0);
    const auto appended = (*log)->append(two);
    ::setrlimit(RLIMIT_FSIZE, &before);
    ASSERT_FALSE(appended.ok());
    EXPECT_EQ(appended.error().fault, LogFault::full);
    EXPECT_EQ(fs::file_size(first_segment()), size);
    EXPECT_EQ((*log)->head().size, 2u);
    EXPECT_EQ((*log)->append(two).value(), 2u);
}

// ---- what an auditor finds ----

TEST_F(Log, AuditFindsAChangedEntry) {
    write(4);
    auto kept = records();
    // Changed with its hash made right again, as somebody would who knows the format.
    std::vector<std::uint8_t> record;
    const auto other = entry(99);
    add_record(record, other, leaf_hash(other));
    kept[1] = std::string(record.begin(), record.end());
    put_back(kept);
    EXPECT_FALSE(problems().empty());
    kept = records();
    kept[2][10] = static_cast<char>(kept[2][10] ^ 1);  // changed without that
    put_back(kept);
    EXPECT_FALSE(problems().empty());
}

TEST_F(Log, AuditFindsARemovedEntry) {
    write(4);
    for (std::size_t gone = 0; gone < 4; ++gone) {
        auto kept = records();
        const std::string whole = contents(first_segment());
        kept.erase(kept.begin() + static_cast<std::ptrdiff_t>(gone));
        put_back(kept);
        EXPECT_FALSE(problems().empty()) << gone;
        overwrite(first_segment(), whole);
    }
    EXPECT_TRUE(problems().empty());
}

TEST_F(Log, AuditFindsReorderedEntries) {
    write(4);
    auto kept = records();
    std::swap(kept[1], kept[2]);
    put_back(kept);
    EXPECT_FALSE(problems().empty());
}

TEST_F(Log, AuditFindsALostSegment) {
    write(12, true, 3'000);
    const auto segments = list_segments(directory()).value();
    for (const SegmentFile& segment : segments) {
        const std::string whole = contents(segment.path);
        fs::remove(segment.path);
        EXPECT_FALSE(problems().empty()) << segment.path;
        overwrite(segment.path, whole);
    }
    EXPECT_TRUE(problems().empty());
}

// Somebody with the log's key writes another history: only a checkpoint kept elsewhere tells.
TEST_F(Log, AuditAgainstAnEarlierCheckpointFindsAnotherHistory) {
    write(3);
    const std::string kept_elsewhere = contents(directory() / kCheckpointFile);
    EXPECT_TRUE(problems({kept_elsewhere}).empty());
    fs::remove_all(directory());
    auto log = open();
    for (int i = 10; i < 14; ++i) {
        const std::vector<std::vector<std::uint8_t>> one = {entry(i)};
        ASSERT_TRUE((*log)->append(one).ok());
    }
    ASSERT_TRUE((*log)->write_checkpoint().ok());
    EXPECT_TRUE(problems().empty());
    EXPECT_EQ(problems({kept_elsewhere}).size(), 1u);
    EXPECT_EQ(problems({"no note"}).size(), 1u);
}

TEST_F(Log, AuditFindsWhatTheSignerNeverMakes) {
    LogEntry e;
    e.issued = UtcTime{test::kNoon};
    const auto wrong = [&](const Der& leaf) {
        e.leaf = leaf;
        return problem_of(e);
    };
    using test::make_identity;
    EXPECT_EQ(wrong(minted("a.example")), "");
    EXPECT_NE(wrong({1, 2, 3}), "");
    EXPECT_NE(
        wrong(make_identity(
                  {{"a.example", "b.example"}, false, 0, test::kNoon - 1, test::kNoon + 1, "x"})
                  .der()),
        "");
    EXPECT_NE(
        wrong(make_identity({{"a.example"}, true, 0, test::kNoon - 1, test::kNoon + 1, "x"}).der()),
        "");
    EXPECT_NE(
        wrong(make_identity(
                  {{"a.example"}, false, 0, test::kNoon - 1, test::kNoon + 8 * test::kDay, "x"})
                  .der()),
        "");
    EXPECT_NE(
        wrong(
            make_identity({{"a.example"}, false, 0, test::kNoon + 1, test::kNoon + 2, "x"}).der()),
        "");
}

// ---- entries ----

TEST(LogEntryBytes, ComeBackAndNoPrefixOfThemIsAnEntry) {
    const auto bytes = entry(1);
    const auto parsed = parse_entry(bytes);
    ASSERT_TRUE(parsed.has_value());
    EXPECT_EQ(bytes_of(*parsed), bytes);
    EXPECT_EQ(parsed->organisation, "ministry");
    for (std::size_t size = 0; size < bytes.size(); ++size)
        EXPECT_FALSE(parse_entry(Bytes(bytes).first(size)).has_value()) << size;
    auto longer = bytes;
    longer.push_back(0);
    EXPECT_FALSE(parse_entry(longer).has_value());
}

}  // namespace
}  // namespace sluice::certs
