#include "dataplane/inspect/bundle_watch.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <iterator>

#include "rules/base/assert.h"
#include "rules/ipc/bundle_file.h"

namespace sluice::inspect {
namespace {

// A flow that became exempt ends within a second (design section 3); half of it is the loader's.
constexpr std::chrono::milliseconds kLookEvery{200};

std::string content_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

BundleWatch::BundleWatch(Loop& loop, std::string directory, Changed changed, Complain complain)
    : loop_(loop),
      directory_(std::move(directory)),
      changed_(std::move(changed)),
      complain_(std::move(complain)),
      wake_fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    SLUICE_ASSERT(wake_fd_ >= 0 && loop_.watch(wake_fd_, *this, EPOLLIN));
    load_if_new();  // the first is there before the first flow
    on_events(EPOLLIN);
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

BundleWatch::~BundleWatch() {
    thread_.request_stop();
    tick_.notify_all();
    thread_.join();
    loop_.forget(wake_fd_);
    close(wake_fd_);
}

void BundleWatch::run(const std::stop_token& stop) {
    std::unique_lock lock(tick_mutex_);
    while (!stop.stop_requested()) {
        tick_.wait_for(lock, stop, kLookEvery, [] { return false; });
        if (!stop.stop_requested()) load_if_new();
    }
}

void BundleWatch::load_if_new() {
    const std::string now = content_of(directory_ + "/current");
    if (now == seen_) return;
    seen_ = now;
    auto loaded = ipc::load_current(directory_, last_.get());
    {
        const std::lock_guard lock(mutex_);
        if (loaded) {
            last_ = std::make_shared<ipc::LoadedBundle>(std::move(loaded).value());
            loaded_ = last_;
        } else {
            trouble_ = loaded.error().message;
        }
    }
    const std::uint64_t one = 1;
    static_cast<void>(!write(wake_fd_, &one, sizeof one));
}

void BundleWatch::on_events(std::uint32_t /*events*/) {
    std::uint64_t ignored = 0;
    static_cast<void>(!read(wake_fd_, &ignored, sizeof ignored));
    std::shared_ptr<const ipc::LoadedBundle> fresh;
    std::string trouble;
    {
        const std::lock_guard lock(mutex_);
        fresh = std::move(loaded_);
        loaded_ = nullptr;
        trouble = std::exchange(trouble_, {});
    }
    if (!trouble.empty()) complain_(trouble);
    if (!fresh) return;
    in_force_ = std::move(fresh);
    changed_();
}

}  // namespace sluice::inspect
