// kill -9 at random moments: whatever was acknowledged is there, whole, and the chain holds.
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <random>

#include "fakes.h"

namespace sluice::control {
namespace {

constexpr int kRounds = 30;

// In the child: commits without end, telling each serial once it is durable.
[[noreturn]] void commit_for_ever(const std::string& path, int pipe_end) {
    auto store = SqliteStore::open(path);
    if (!store) _exit(1);
    FakeEngine engine;
    FakeDataPlane dataplane(engine);
    CommitPipeline pipeline({**store, engine, dataplane, ""});
    if (!pipeline.recover(UtcTime{1})) _exit(2);
    for (std::uint64_t n = (*store)->history(1)->empty() ? 0 : (*store)->head().value()->serial;;) {
        const auto done = pipeline.commit(request_of("policy " + std::to_string(++n)));
        if (!done) _exit(3);
        const std::uint64_t serial = done->commit.serial;
        if (write(pipe_end, &serial, sizeof serial) != sizeof serial) _exit(4);
    }
}

TEST(Crash, NothingAcknowledgedIsLost) {
    TempDir dir;
    const std::string path = dir / "store.sqlite";
    const char* given = std::getenv("SLUICE_SEED");
    const auto seed = given ? static_cast<unsigned>(std::atoi(given)) : std::random_device{}();
    SCOPED_TRACE("SLUICE_SEED=" + std::to_string(seed));
    std::mt19937 random(seed);
    std::uint64_t acknowledged = 0;
    for (int round = 0; round < kRounds; ++round) {
        int ends[2];
        ASSERT_EQ(pipe(ends), 0);
        const pid_t child = fork();
        if (child == 0) commit_for_ever(path, ends[1]);
        close(ends[1]);
        // Killed after a random number of acknowledgements and a random part of one more commit.
        const unsigned wanted = random() % 6;
        std::uint64_t serial = 0;
        for (unsigned i = 0; i < wanted && read(ends[0], &serial, sizeof serial) > 0; ++i)
            acknowledged = serial;
        usleep(random() % 3000);
        kill(child, SIGKILL);
        while (read(ends[0], &serial, sizeof serial) == sizeof serial)
            acknowledged = serial;
        close(ends[0]);
        int status = 0;
        waitpid(child, &status, 0);
        ASSERT_TRUE(WIFSIGNALED(status)) << "the child ended by itself: " << WEXITSTATUS(status);

        auto store = SqliteStore::open(path);
        ASSERT_TRUE(store.ok()) << store.error().message;
        const auto history = (*store)->history(100'000);
        ASSERT_TRUE(history.ok());
        ASSERT_GE(history->size(), acknowledged);
        for (std::size_t i = 0; i < history->size(); ++i) {
            const Commit& c = (*history)[i];
            ASSERT_EQ(c.serial, history->size() - i) << "a serial is missing";
            const auto files = (*store)->files_of(c.serial);
            ASSERT_TRUE(files.ok()) << files.error().message;
            ASSERT_EQ(c.id, commit_id(c.bundle, *files));
        }
        ASSERT_EQ((*store)->audit(100'000)->size(), history->size());
        ASSERT_EQ((*store)->verify_audit().value(), std::nullopt);
    }
    EXPECT_GT(acknowledged, 0u);
}

}  // namespace
}  // namespace sluice::control
