// Mailbox: a job is with one side at a time, and an answer is complete when it is seen.
#include "dataplane/io/mailbox.h"

#include <gtest/gtest.h>

#include <memory>
#include <thread>

namespace sluice::io {
namespace {

TEST(Mailboxes, AJobGoesThereAndBack) {
    const auto mailbox = std::make_unique<Mailbox>();
    EXPECT_EQ(mailbox->pending(), nullptr);
    FlowJob* job = mailbox->begin();
    ASSERT_NE(job, nullptr);
    EXPECT_EQ(mailbox->pending(), nullptr);  // not posted yet
    mailbox->post();
    EXPECT_FALSE(mailbox->done());
    EXPECT_EQ(mailbox->pending(), job);
    EXPECT_EQ(mailbox->pending(), job);  // a piece a turn
    mailbox->finish();
    EXPECT_EQ(mailbox->pending(), nullptr);
    EXPECT_TRUE(mailbox->done());
    EXPECT_NE(mailbox->begin(), nullptr);
    EXPECT_FALSE(mailbox->done());
}

TEST(Mailboxes, AJobGivenUpStaysWithTheWorker) {
    const auto mailbox = std::make_unique<Mailbox>();
    mailbox->begin();
    mailbox->post();
    EXPECT_EQ(mailbox->begin(), nullptr);
    mailbox->finish();
    EXPECT_NE(mailbox->begin(), nullptr);
}

TEST(Mailboxes, AnswersAreWholeAcrossThreads) {
    constexpr std::uint64_t kRounds = 2'000;
    const auto mailbox = std::make_unique<Mailbox>();
    std::jthread worker([&](const std::stop_token& stop) {
        while (!stop.stop_requested())
            if (FlowJob* job = mailbox->pending()) {
                for (auto& record : job->records)
                    record.id = job->cursor;
                job->count = ipc::kFlowsPerReply;
                mailbox->finish();
            } else {
                std::this_thread::yield();
            }
    });
    for (std::uint64_t round = 1; round <= kRounds; ++round) {
        FlowJob* job = mailbox->begin();
        ASSERT_NE(job, nullptr);
        job->cursor = round;
        mailbox->post();
        while (!mailbox->done())
            std::this_thread::yield();
        ASSERT_EQ(job->records.front().id, round);
        ASSERT_EQ(job->records.back().id, round);
    }
}

}  // namespace
}  // namespace sluice::io
