// Mailbox: one question at a time from the control thread to a worker, without a lock. The worker
// answers a bounded piece each turn of its loop; a control thread that gives up waiting leaves the
// job where it is, so nothing the worker writes to ever goes away under it.
//
//   control:  begin() ─► fill ─► post() ................ done()? ─► read ─► begin() ...
//   worker:                        pending() ─► answer ─► finish()
#pragma once
#include <array>
#include <atomic>
#include <cstdint>

#include "rules/ipc/query.h"

namespace sluice::io {

struct FlowJob {
    enum class Kind : std::uint8_t { scan, find } kind = Kind::scan;
    ipc::FlowFilter filter;
    std::uint64_t cursor = 0;       // scan: where to go on; afterwards 0 at the table's end
    std::uint32_t groups_left = 0;  // scan: at most so many more groups before the page ends
    std::uint32_t count = 0;        // records filled
    std::array<ipc::FlowRecord, ipc::kFlowsPerReply> records;
};

class Mailbox {
  public:
    // The control thread's side. nullptr while the worker still has an earlier job.
    FlowJob* begin() {
        if (state_.load(std::memory_order_acquire) == State::posted) return nullptr;
        state_.store(State::empty, std::memory_order_relaxed);
        return &job_;
    }
    void post() { state_.store(State::posted, std::memory_order_release); }
    bool done() const { return state_.load(std::memory_order_acquire) == State::done; }

    // The worker's side. nullptr when there is nothing to do; one load.
    FlowJob* pending() noexcept {
        return state_.load(std::memory_order_acquire) == State::posted ? &job_ : nullptr;
    }
    void finish() noexcept { state_.store(State::done, std::memory_order_release); }

  private:
    enum class State : std::uint32_t { empty, posted, done };
    alignas(64) std::atomic<State> state_{State::empty};
    FlowJob job_;
};

}  // namespace sluice::io
