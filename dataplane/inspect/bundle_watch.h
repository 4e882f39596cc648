// The policy bundle a worker judges by: loaded when it appears, on a thread of its own, and swapped
// between rounds of the loop. What cannot be loaded leaves the one in force where it is.
#pragma once
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "dataplane/inspect/loop.h"
#include "rules/ipc/bundle.h"

namespace sluice::inspect {

class BundleWatch final : public Watcher {
  public:
    using Changed = std::function<void()>;
    using Complain = std::function<void(const std::string&)>;
    // Watches <directory>/current. `changed` is called by the loop's thread after each swap.
    BundleWatch(Loop& loop, std::string directory, Changed changed, Complain complain);
    ~BundleWatch();
    BundleWatch(const BundleWatch&) = delete;
    BundleWatch& operator=(const BundleWatch&) = delete;

    // nullptr before the first.
    const ipc::LoadedBundle* bundle() const { return in_force_.get(); }
    std::shared_ptr<const ipc::LoadedBundle> share() const { return in_force_; }

    void on_events(std::uint32_t events) override;

  private:
    void run(const std::stop_token& stop);
    void load_if_new();

    Loop& loop_;
    std::string directory_;
    Changed changed_;
    Complain complain_;
    int wake_fd_;
    std::shared_ptr<const ipc::LoadedBundle> in_force_;  // of the loop's thread

    std::mutex mutex_;  // guards the two below
    std::shared_ptr<const ipc::LoadedBundle> loaded_;
    std::string trouble_;

    // Of the loading thread.
    std::shared_ptr<const ipc::LoadedBundle> last_;
    std::string seen_;
    std::condition_variable_any tick_;
    std::mutex tick_mutex_;
    std::jthread thread_;
};

}  // namespace sluice::inspect
