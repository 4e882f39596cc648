// Stacks by signal.
#include "dataplane/io/stack_trace.h"

#include <execinfo.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

namespace sluice::io {
namespace {

constexpr int kFramesMax = 64;

int stack_signal() { return SIGRTMIN + 3; }

// Async-signal-safe: write() and, once libgcc is loaded, backtrace() with backtrace_symbols_fd().
void write_stack(int) {
    const int error = errno;
    constexpr char kTitle[] = "stack of a worker that does not turn, innermost call first:\n";
    static_cast<void>(!write(STDERR_FILENO, kTitle, sizeof kTitle - 1));
    std::array<void*, kFramesMax> frames;
    const int count = backtrace(frames.data(), kFramesMax);
    backtrace_symbols_fd(frames.data(), count, STDERR_FILENO);
    errno = error;
}

}  // namespace

void prepare_stack_traces() {
    std::array<void*, 2> frames;
    backtrace(frames.data(), static_cast<int>(frames.size()));  // the first call loads libgcc
    struct sigaction action {};
    action.sa_handler = write_stack;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    sigaction(stack_signal(), &action, nullptr);
}

void ask_for_stack(pid_t tid) { syscall(SYS_tgkill, getpid(), tid, stack_signal()); }

}  // namespace sluice::io
