// What the control thread and one worker share. Everything else a worker has is its own.
#pragma once
#include <atomic>

#include "dataplane/io/bundle.h"
#include "dataplane/io/mailbox.h"

namespace sluice::io {

struct WorkerChannel {
    // Written by the loader: the bundle to judge by from the next burst on; nullptr = none yet.
    alignas(64) std::atomic<const ActiveBundle*> wanted{nullptr};
    // Written by the worker once it judges by it. An older bundle may be freed when no worker's
    // `active` and no worker's `wanted` names it.
    alignas(64) std::atomic<const ActiveBundle*> active{nullptr};
    alignas(64) std::atomic<bool> stop{false};
    Mailbox mailbox;
};

}  // namespace sluice::io
