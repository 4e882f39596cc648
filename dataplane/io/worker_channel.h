// What the control thread and one worker share. Everything else a worker has is its own.
#pragma once
#include <sys/types.h>

#include <atomic>
#include <cstdint>

#include "dataplane/io/bundle.h"
#include "dataplane/io/mailbox.h"

namespace sluice::io {

struct WorkerChannel {
    // Written by the loader: the bundle to judge by from the next burst on; nullptr = none yet.
    alignas(64) std::atomic<const ActiveBundle*> wanted{nullptr};
    // Written by the worker once it judges by it. An older bundle may be freed when no worker's
    // `active` and no worker's `wanted` names it.
    alignas(64) std::atomic<const ActiveBundle*> active{nullptr};
    // Written by the worker: turns of its loop, a sign of life.
    std::atomic<std::uint64_t> turns{0};
    std::atomic<std::uint64_t> judged{0};  // packets
    std::atomic<pid_t> thread{0};          // 0 until it runs
    // Written by the watchdog, read by the other workers.
    alignas(64) std::atomic<bool> stalled{false};
    alignas(64) std::atomic<bool> stop{false};
    Mailbox mailbox;
};

}  // namespace sluice::io
