// The loader thread: read and verify, publish, wait for the workers, free what is old.
#include "dataplane/io/bundle_loader.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "dataplane/io/generation.h"
#include "rules/sandbox/sandbox.h"

namespace sluice::io {
namespace {

using Clock = std::chrono::steady_clock;

std::int64_t utc_now_ns() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

}  // namespace

BundleLoader::BundleLoader(Wiring wiring)
    : wiring_(std::move(wiring)),
      done_fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {
    SLUICE_ASSERT(done_fd_ >= 0);
}

BundleLoader::~BundleLoader() {
    thread_.request_stop();
    wake_.notify_all();
    thread_.join();
    close(done_fd_);
}

bool BundleLoader::start(const std::string& directory) {
    const std::lock_guard lock(mutex_);
    if (busy_) return false;
    busy_ = true;
    order_ = directory;
    wake_.notify_all();
    return true;
}

std::optional<BundleLoader::Outcome> BundleLoader::take() {
    const std::lock_guard lock(mutex_);
    if (!outcome_) return std::nullopt;
    std::uint64_t ignored = 0;
    static_cast<void>(!read(done_fd_, &ignored, sizeof(ignored)));
    std::optional<Outcome> outcome = std::move(outcome_);
    outcome_.reset();
    busy_ = false;
    return outcome;
}

BundleLoader::InForce BundleLoader::in_force() const {
    const std::lock_guard lock(mutex_);
    return in_force_;
}

void BundleLoader::run(const std::stop_token& stop) {
    sandbox::keep_capabilities(sandbox::kDataplaneCapabilities);
    for (;;) {
        std::string directory;
        {
            std::unique_lock lock(mutex_);
            if (!wake_.wait(lock, stop, [this] { return order_.has_value(); })) return;
            directory = std::move(*order_);
            order_.reset();
        }
        Outcome outcome = load(directory);
        const std::lock_guard lock(mutex_);
        outcome_ = std::move(outcome);
        const std::uint64_t one = 1;
        static_cast<void>(!write(done_fd_, &one, sizeof(one)));
    }
}

BundleLoader::Outcome BundleLoader::load(const std::string& directory) {
    const auto began = Clock::now();
    const ActiveBundle* current = bundles_.empty() ? nullptr : bundles_.back().get();
    auto loaded = wiring_.load(directory, current ? current->bundle : nullptr);
    if (!loaded) return Err{Refusal{ipc::ReplyStatus::bundle_refused, loaded.error()}};
    auto wires = find_wires(**loaded, wiring_.wire_ids);
    if (!wires) return Err{Refusal{ipc::ReplyStatus::bundle_refused, wires.error()}};

    auto next = std::make_unique<ActiveBundle>();
    next->bundle = std::move(loaded).value();
    next->wires = std::move(wires).value();
    next->generation = generation_ = next_generation(generation_);
    next->loaded_utc_ns = utc_now_ns();
    const ActiveBundle* newest = next.get();
    bundles_.push_back(std::move(next));
    for (WorkerChannel& worker : wiring_.workers)
        worker.wanted.store(newest, std::memory_order_release);
    {
        const std::lock_guard lock(mutex_);
        in_force_ = describe(*newest);
    }
    const auto deadline = Clock::now() + std::chrono::nanoseconds(wiring_.swap_deadline_ns);
    while (!all_judge_by(newest) && Clock::now() < deadline)
        std::this_thread::sleep_for(std::chrono::microseconds(50));
    free_old();
    if (!all_judge_by(newest))
        return Err{Refusal{ipc::ReplyStatus::busy,
                           "the bundle is good, but not every worker has taken it in time; they "
                           "take it as soon as they can: ask for the status"}};
    std::this_thread::sleep_until(began + std::chrono::nanoseconds(wiring_.spacing_ns));
    return describe(*newest);
}

bool BundleLoader::all_judge_by(const ActiveBundle* bundle) const {
    return std::ranges::all_of(wiring_.workers, [bundle](const WorkerChannel& worker) {
        return worker.active.load(std::memory_order_acquire) == bundle;
    });
}

// A worker that has not taken the newest yet may still be taking the one it was offered before, so
// nothing between its `active` and the newest goes.
void BundleLoader::free_old() {
    std::size_t oldest_in_use = bundles_.size() - 1;
    for (const WorkerChannel& worker : wiring_.workers) {
        const ActiveBundle* active = worker.active.load(std::memory_order_acquire);
        const auto at = std::ranges::find(bundles_, active, [](const auto& b) { return b.get(); });
        const auto index = at == bundles_.end() ? 0 : at - bundles_.begin();
        oldest_in_use = std::min(oldest_in_use, static_cast<std::size_t>(index));
    }
    bundles_.erase(bundles_.begin(), bundles_.begin() + static_cast<std::ptrdiff_t>(oldest_in_use));
}

BundleLoader::InForce BundleLoader::describe(const ActiveBundle& bundle) {
    return {bundle.generation, bundle.bundle->hash(), bundle.loaded_utc_ns, bundle.wires};
}

}  // namespace sluice::io
