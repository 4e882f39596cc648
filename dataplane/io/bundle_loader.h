// BundleLoader: loads bundles on a thread of its own and puts them in place for all workers, while
// queries and traffic go on. The old bundle lives until no worker can look at it.
#pragma once
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "dataplane/io/bundle.h"
#include "dataplane/io/worker_channel.h"
#include "rules/ipc/query.h"

namespace sluice::io {

class BundleLoader {
  public:
    struct Wiring {
        LoadBundle load;
        std::vector<std::string> wire_ids;  // in the order of the configuration
        std::span<WorkerChannel> workers;   // outlive it
        std::int64_t spacing_ns = 0;        // see generation.h
        std::int64_t swap_deadline_ns = 5 * kNsPerSecond;
    };
    explicit BundleLoader(Wiring wiring);
    ~BundleLoader();  // the workers have stopped by now

    struct Refusal {
        ipc::ReplyStatus status = ipc::ReplyStatus::bundle_refused;
        std::string message;
    };
    // What the workers judge by, as far as people ask.
    struct InForce {
        std::uint16_t generation = 0;
        std::array<std::uint8_t, 32> hash{};
        std::int64_t loaded_utc_ns = 0;
        std::vector<WireFact> wires;
    };
    using Outcome = Result<InForce, Refusal>;

    // Begins to load <directory>/current. False while another load is under way.
    bool start(const std::string& directory);
    // Readable when an outcome waits.
    int done_fd() const { return done_fd_; }
    // The outcome of the load that was started; nothing when it is not ready.
    std::optional<Outcome> take();
    // The newest bundle that was put in place; generation 0 and no wires before the first.
    InForce in_force() const;

  private:
    void run(const std::stop_token& stop);
    Outcome load(const std::string& directory);
    bool all_judge_by(const ActiveBundle* bundle) const;
    void free_old();
    static InForce describe(const ActiveBundle& bundle);

    Wiring wiring_;
    int done_fd_;
    mutable std::mutex mutex_;  // guards the three below; no worker ever takes it
    std::optional<std::string> order_;
    std::optional<Outcome> outcome_;
    InForce in_force_;
    bool busy_ = false;
    std::condition_variable_any wake_;
    // The loader thread's own.
    std::vector<std::unique_ptr<const ActiveBundle>> bundles_;  // newest last
    std::uint16_t generation_ = 0;
    std::jthread thread_;
};

}  // namespace sluice::io
