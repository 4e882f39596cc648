// The commit pipeline against a fake compiler and data plane: order, failures, recovery, confirm.
#include <gtest/gtest.h>

#include "fakes.h"

namespace sluice::control {
namespace {

class PipelineTest : public testing::Test {
  protected:
    PipelineTest() { start(); }
    // Also a restart after a crash: everything in memory is new, store and bundle are as they were.
    void start() {
        pipeline_.reset();
        store_.reset();
        store_ = SqliteStore::open(dir_ / "store.sqlite").value();
        pipeline_ = std::make_unique<CommitPipeline>(
            CommitPipeline::Parts{*store_, engine_, dataplane_, "bundle"});
    }
    std::string title() { return pipeline_->current()->policy->title; }
    static MonoTime at_second(std::int64_t s) { return MonoTime{s * kNsPerSecond}; }

    TempDir dir_;
    FakeEngine engine_;
    FakeDataPlane dataplane_{engine_};
    std::unique_ptr<SqliteStore> store_;
    std::unique_ptr<CommitPipeline> pipeline_;
};

TEST_F(PipelineTest, ACommitIsStoredPublishedAndActive) {
    const auto done = pipeline_->commit(request_of("one"));
    ASSERT_TRUE(done.ok());
    EXPECT_EQ(done->activation, Activation::active);
    EXPECT_EQ(done->commit.bundle, engine_.published);
    EXPECT_EQ(dataplane_.active, engine_.published);
    EXPECT_EQ(done->audit_seq, 1u);
}

TEST_F(PipelineTest, ABadCandidateChangesNothing) {
    ASSERT_TRUE(pipeline_->commit(request_of("one")).ok());
    const auto bad = pipeline_->commit(request_of("error here"));
    ASSERT_FALSE(bad.ok());
    EXPECT_EQ(bad.error().failure, CommitFailure::invalid);
    ASSERT_EQ(bad.error().diagnostics.size(), 1u);
    EXPECT_EQ(title(), "one");
    EXPECT_EQ(engine_.publishes, 1);
    EXPECT_EQ(store_->audit(10)->size(), 1u);
}

TEST_F(PipelineTest, CommittingHeadAgainIsIdempotent) {
    const auto first = pipeline_->commit(request_of("one"));
    const auto again = pipeline_->commit(request_of("one"));
    ASSERT_TRUE(again.ok());
    EXPECT_TRUE(again->unchanged);
    EXPECT_EQ(again->commit.serial, first->commit.serial);
    EXPECT_EQ(store_->history(10)->size(), 1u);
}

TEST_F(PipelineTest, StaleBaseIsAConflict) {
    ASSERT_TRUE(pipeline_->commit(request_of("one")).ok());
    CommitRequest r = request_of("two");
    r.base = std::string(64, '0');
    const auto stale = pipeline_->commit(r);
    ASSERT_FALSE(stale.ok());
    EXPECT_EQ(stale.error().failure, CommitFailure::conflict);
    EXPECT_EQ(title(), "one");
}

TEST_F(PipelineTest, WithoutADataPlaneTheCommitStandsAndIsFedLater) {
    dataplane_.present = false;
    const auto done = pipeline_->commit(request_of("one"));
    ASSERT_TRUE(done.ok());
    EXPECT_EQ(done->activation, Activation::absent);
    EXPECT_EQ(pipeline_->tick(UtcTime{1001}, at_second(1)), "");
    dataplane_.present = true;
    EXPECT_NE(pipeline_->tick(UtcTime{1002}, at_second(2)), "");
    EXPECT_EQ(dataplane_.active, done->commit.bundle);
    EXPECT_EQ(pipeline_->tick(UtcTime{1003}, at_second(3)), "") << "once is enough";
}

TEST_F(PipelineTest, ARestartedDataPlaneIsFedAgain) {
    ASSERT_TRUE(pipeline_->commit(request_of("one")).ok());
    dataplane_.active.clear();
    EXPECT_NE(pipeline_->tick(UtcTime{1001}, at_second(1)), "");
    EXPECT_EQ(dataplane_.active, engine_.published);
}

TEST_F(PipelineTest, ARefusedBundleIsNotFedEverySecond) {
    dataplane_.refuse = true;
    EXPECT_EQ(pipeline_->commit(request_of("one"))->activation, Activation::refused);
    const int loads = dataplane_.loads;
    pipeline_->tick(UtcTime{1001}, at_second(1));
    EXPECT_EQ(dataplane_.loads, loads);
}

TEST_F(PipelineTest, AFullDiskLeavesTheOldBundleAndIsMendedByItself) {
    ASSERT_TRUE(pipeline_->commit(request_of("one")).ok());
    engine_.disk_full = true;
    EXPECT_EQ(pipeline_->commit(request_of("two"))->activation, Activation::unpublished);
    EXPECT_EQ(dataplane_.active, store_->find_commit("r1")->bundle);
    engine_.disk_full = false;
    pipeline_->tick(UtcTime{1001}, at_second(1));
    EXPECT_EQ(dataplane_.active, store_->find_commit("r2")->bundle);
}

TEST_F(PipelineTest, KilledBetweenStoreAndPublishTheStartPublishes) {
    ASSERT_TRUE(pipeline_->commit(request_of("one")).ok());
    engine_.disk_full = true;  // as if killed before publishing
    ASSERT_TRUE(pipeline_->commit(request_of("two")).ok());
    engine_.disk_full = false;
    start();
    ASSERT_TRUE(pipeline_->recover(UtcTime{2000}).ok());
    EXPECT_EQ(engine_.published, store_->head().value()->bundle);
    EXPECT_EQ(dataplane_.active, engine_.published);
}

TEST_F(PipelineTest, AnEmptyStoreRecoversToNothing) {
    ASSERT_TRUE(pipeline_->recover(UtcTime{1}).ok());
    EXPECT_EQ(pipeline_->current(), nullptr);
    EXPECT_EQ(pipeline_->tick(UtcTime{1}, at_second(1)), "");
}

TEST_F(PipelineTest, UndoGoesBackAsANewCommit) {
    ASSERT_FALSE(pipeline_->undo(person(1)).ok());
    ASSERT_TRUE(pipeline_->commit(request_of("one")).ok());
    ASSERT_FALSE(pipeline_->undo(person(2)).ok());
    ASSERT_TRUE(pipeline_->commit(request_of("two")).ok());
    const auto back = pipeline_->undo(person(3));
    ASSERT_TRUE(back.ok());
    EXPECT_EQ(back->commit.serial, 3u);
    EXPECT_EQ(back->commit.id, store_->find_commit("r1")->id);
    EXPECT_EQ(title(), "one");
    EXPECT_EQ(store_->audit(1)->front().action, "policy.undo");
    EXPECT_EQ(store_->audit(1)->front().actor.person, "bob");
}

class ConfirmTest : public PipelineTest {
  protected:
    ConfirmTest() {
        EXPECT_TRUE(pipeline_->commit(request_of("one", 1000)).ok());
        CommitRequest r = request_of("two", 1000);
        r.confirm_seconds = 60;
        EXPECT_TRUE(pipeline_->commit(r).ok());
        pipeline_->tick(UtcTime{1000}, at_second(500));  // the timer starts here
    }
};

TEST_F(ConfirmTest, RevertsWhenNobodyConfirms) {
    pipeline_->tick(UtcTime{1059}, at_second(559));
    EXPECT_EQ(title(), "two");
    EXPECT_NE(pipeline_->tick(UtcTime{1060}, at_second(560)), "");
    EXPECT_EQ(title(), "one");
    EXPECT_EQ(dataplane_.active, store_->find_commit("r1")->bundle);
    EXPECT_FALSE(store_->pending_confirm().value());
    EXPECT_EQ(store_->audit(1)->front().action, "policy.revert");
}

TEST_F(ConfirmTest, ConfirmKeeps) {
    ASSERT_TRUE(pipeline_->confirm(person(1010)).ok());
    pipeline_->tick(UtcTime{9999}, at_second(9999));
    EXPECT_EQ(title(), "two");
    EXPECT_FALSE(pipeline_->confirm(person(1011)).ok()) << "there is nothing left to confirm";
}

TEST_F(ConfirmTest, OtherCommitsAreRefusedMeanwhile) {
    const auto other = pipeline_->commit(request_of("three"));
    ASSERT_FALSE(other.ok());
    EXPECT_EQ(other.error().failure, CommitFailure::conflict);
    ASSERT_TRUE(pipeline_->undo(person(1010)).ok());
    EXPECT_EQ(title(), "one");
    EXPECT_TRUE(pipeline_->commit(request_of("three")).ok());
}

TEST_F(ConfirmTest, AClockSteppedForwardDoesNotRevertEarly) {
    pipeline_->tick(UtcTime{99'999}, at_second(510));
    EXPECT_EQ(title(), "two");
}

TEST_F(ConfirmTest, AfterACrashAnExpiredTimerIsSettledFirst) {
    start();
    ASSERT_TRUE(pipeline_->recover(UtcTime{1061}).ok());
    EXPECT_EQ(title(), "one");
    EXPECT_EQ(dataplane_.active, store_->find_commit("r1")->bundle);
}

TEST_F(ConfirmTest, AfterACrashARunningTimerGoesOn) {
    start();
    ASSERT_TRUE(pipeline_->recover(UtcTime{1030}).ok());
    EXPECT_EQ(title(), "two");
    EXPECT_NE(pipeline_->tick(UtcTime{1060}, at_second(3)), "");
    EXPECT_EQ(title(), "one");
}

}  // namespace
}  // namespace sluice::control
