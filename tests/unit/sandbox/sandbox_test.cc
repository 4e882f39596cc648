// In children of this test, since nothing given away comes back.
#include "rules/sandbox/sandbox.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <functional>
#include <thread>

namespace sluice::sandbox {
namespace {

struct Ending {
    int code = -1;    // of _exit, or
    int signal = -1;  // what ended it
    friend bool operator==(const Ending&, const Ending&) = default;
};
Ending in_child(const std::function<int()>& body) {
    const pid_t pid = fork();
    if (pid == 0) _exit(body());
    int status = 0;
    waitpid(pid, &status, 0);
    Ending ending;
    if (WIFEXITED(status)) ending.code = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) ending.signal = WTERMSIG(status);
    return ending;
}

TEST(Account, NamesAndNumbers) {
    EXPECT_EQ(*find_account("root"), (Account{0, 0}));
    EXPECT_EQ(*find_account("64641:64640"), (Account{64641, 64640}));
    EXPECT_EQ(*find_account("64641"), (Account{64641, 64641}));
    for (const char* bad : {"", ":", "1:", ":1", "nobody:1", "1:x", "no such user"})
        EXPECT_FALSE(find_account(bad).ok()) << bad;
    EXPECT_NE(find_account("sluice-x").error().find("useradd"), std::string::npos);
}

TEST(Become, AnotherUserForGoodInEveryThread) {
    if (getuid() != 0) GTEST_SKIP() << "only root may become another user";
    EXPECT_EQ(in_child([] {
                  std::atomic<int> step{0};
                  unsigned seen = 0;
                  std::thread other([&] {
                      while (step != 1)
                          std::this_thread::yield();
                      seen = static_cast<unsigned>(syscall(SYS_geteuid));
                  });
                  if (!become({64641, 64640}).ok()) return 1;
                  step = 1;
                  other.join();
                  if (seen != 64641 || getegid() != 64640 || getgroups(0, nullptr) != 0) return 2;
                  if (setresuid(0, 0, 0) == 0) return 3;
                  if (become({0, 0}).ok()) return 4;
                  return become({64641, 64640}).ok() ? 0 : 5;  // who it is already
              }),
              (Ending{0, -1}));
}

TEST(Capabilities, OnlyThoseOfTheMaskStay) {
    if (getuid() != 0) GTEST_SKIP() << "only root has capabilities to lose";
    EXPECT_EQ(in_child([] {
                  keep_capabilities(0);
                  return setresuid(64641, 64641, 64641) != 0 && errno == EPERM ? 0 : 1;
              }),
              (Ending{0, -1}));
    EXPECT_EQ(in_child([] {
                  keep_capabilities(std::uint64_t{1} << 7);  // CAP_SETUID
                  return setresuid(64641, 64641, 64641) == 0 ? 0 : 1;
              }),
              (Ending{0, -1}));
}

constexpr int kFew[] = {SYS_exit_group, SYS_getpid, SYS_write, SYS_futex, SYS_sched_yield,
                        SYS_openat, SYS_read, SYS_close, SYS_newfstatat, SYS_mmap, SYS_munmap,
                        SYS_brk, SYS_exit, SYS_madvise,
                        // what the sanitizers need
                        SYS_sigaltstack, SYS_readlink, SYS_pipe, SYS_pipe2};
constexpr int kDeadly[] = {SYS_execve};

TEST(Calls, UnlistedOnesFailAndDeadlyOnesEnd) {
    EXPECT_EQ(in_child([] {
                  if (!limit_calls({kFew, kDeadly}).ok()) return 1;
                  if (syscall(SYS_getpid) <= 0) return 2;
                  if (syscall(SYS_socket, AF_INET, SOCK_DGRAM, 0) != -1 || errno != EPERM) return 3;
                  return 0;
              }),
              (Ending{0, -1}));
    EXPECT_EQ(in_child([] {
                  if (!limit_calls({kFew, kDeadly}).ok()) return 1;
                  syscall(SYS_execve, "/bin/true", nullptr, nullptr);
                  return 2;
              }),
              (Ending{-1, SIGSYS}));
}

TEST(Calls, ThreadsThatWereThereAreLimitedToo) {
    EXPECT_EQ(in_child([] {
                  std::atomic<int> step{0};
                  long made = 0;
                  std::thread other([&] {
                      step = 1;
                      while (step != 2)
                          std::this_thread::yield();
                      made = syscall(SYS_socket, AF_INET, SOCK_DGRAM, 0);
                  });
                  while (step != 1)
                      std::this_thread::yield();
                  if (!limit_calls({kFew, kDeadly}).ok()) return 1;
                  step = 2;
                  other.join();
                  return made == -1 ? 0 : 2;
              }),
              (Ending{0, -1}));
}

TEST(Calls, ListsOfTheProcesses) {
    for (const Calls& calls :
         {dataplane_calls(), daemon_calls(), signer_calls(), inspect_calls(), broker_calls()}) {
        for (const int call : {SYS_execve, SYS_ptrace, SYS_bpf, SYS_mount, SYS_setresuid}) {
            EXPECT_EQ(std::count(calls.allowed.begin(), calls.allowed.end(), call), 0);
            EXPECT_EQ(std::count(calls.deadly.begin(), calls.deadly.end(), call), 1);
        }
        for (const int call : calls.deadly)
            EXPECT_EQ(std::count(calls.allowed.begin(), calls.allowed.end(), call), 0) << call;
    }
    const Calls packets = dataplane_calls();
    for (const int call : {SYS_bind, SYS_listen, SYS_rename, SYS_mkdir})
        EXPECT_EQ(std::count(packets.allowed.begin(), packets.allowed.end(), call), 0) << call;
    const Calls keys = signer_calls();
    for (const int call :
         {SYS_socket, SYS_socketpair, SYS_connect, SYS_bind, SYS_clone, SYS_clone3})
        EXPECT_EQ(std::count(keys.deadly.begin(), keys.deadly.end(), call), 1) << call;
}

// The signer's list ends whoever asks for a network.
TEST(Calls, TheSignerHasNoNetwork) {
    EXPECT_EQ(in_child([] {
                  if (!limit_calls(signer_calls()).ok()) return 1;
                  return static_cast<int>(syscall(SYS_socket, AF_INET, SOCK_STREAM, 0));
              }),
              (Ending{-1, SIGSYS}));
}

TEST(Standing, OfAProcess) {
    const auto own = standing_of(static_cast<std::uint32_t>(getpid()));
    ASSERT_TRUE(own.ok());
    EXPECT_EQ(own->uid, getuid());
    EXPECT_EQ(in_child([] {
                  if (!limit_calls({kFew, kDeadly}).ok()) return 1;
                  const auto limited = standing_of(static_cast<std::uint32_t>(getpid()));
                  return limited.ok() && limited->calls_limited ? 0 : 2;
              }),
              (Ending{0, -1}));
    EXPECT_FALSE(standing_of(0).ok());
}

}  // namespace
}  // namespace sluice::sandbox
