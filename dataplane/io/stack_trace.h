// The stack of another thread of ours, written to the log by that thread itself when it is told to:
// for a worker that does not turn any more.
#pragma once
#include <sys/types.h>

namespace sluice::io {

// Once, before any thread may be asked: loads what the handler needs, so that it takes no memory
// and no lock.
void prepare_stack_traces();

// Asks thread `tid` of this process to write its stack to stderr. It does so when it runs; a thread
// that hangs in the kernel never does.
void ask_for_stack(pid_t tid);

}  // namespace sluice::io
