#include "dataplane/handover/broker/domain.h"

#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>

#include "dataplane/handover/broker/namespace_setup.h"
#include "rules/sandbox/sandbox.h"

namespace sluice::broker {
namespace {

constexpr auto kSocketDeadline = std::chrono::milliseconds(200);

std::string failed(const std::string& what) { return what + ": " + std::strerror(errno); }

// A file that keeps this thread's namespace alive.
Result<Done, std::string> pin_namespace(const std::string& file) {
    const int fd = open(file.c_str(), O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
    if (fd < 0) return Err{failed(file)};
    close(fd);
    if (mount("/proc/thread-self/ns/net", file.c_str(), nullptr, MS_BIND, nullptr) == 0)
        return Done{};
    const std::string why = failed("mount " + file);
    unlink(file.c_str());
    return Err{why};
}

// Into the namespace that the file keeps. False: it keeps none (any more).
bool enter_namespace(const std::string& file) {
    const int fd = open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return false;
    const bool entered = setns(fd, CLONE_NEWNET) == 0;
    close(fd);
    if (!entered) unlink(file.c_str());
    return entered;
}

}  // namespace

Result<std::unique_ptr<Domain>, std::string> Domain::open(const std::string& directory,
                                                          OperatorId operator_id, unsigned mtu) {
    std::error_code error;
    std::filesystem::create_directories(directory, error);
    if (error) return Err{directory + ": " + error.message()};
    std::unique_ptr<Domain> domain(new Domain(directory, operator_id, mtu));
    std::unique_lock lock(domain->mutex_);
    domain->ready_.wait(lock, [&] { return domain->entered_ || domain->stopped_; });
    if (domain->stopped_) return Err{domain->why_not_};
    lock.unlock();
    return domain;
}

Domain::Domain(std::string directory, OperatorId operator_id, unsigned mtu)
    : file_(std::move(directory) + "/operator-" + std::to_string(operator_id.raw())),
      operator_id_(operator_id),
      mtu_(mtu),
      thread_([this](std::stop_token stop) { serve(std::move(stop)); }) {}

Domain::~Domain() {
    thread_.request_stop();
    thread_.join();
    for (const auto& sockets : stock_)
        for (const int fd : sockets)
            close(fd);
}

Result<Done, std::string> Domain::enter() {
    const bool found = enter_namespace(file_);
    if (!found) {
        if (unshare(CLONE_NEWNET) != 0) return Err{failed("a network namespace")};
        SLUICE_TRY(pinned, pin_namespace(file_));
        static_cast<void>(pinned);
    }
    return set_up_namespace(mtu_);
}

void Domain::serve(std::stop_token stop) {
    const auto entered = enter();
    sandbox::keep_capabilities(kKeptCapabilities);
    std::unique_lock lock(mutex_);
    entered_ = entered.ok();
    stopped_ = !entered.ok();
    if (!entered) why_not_ = entered.error();
    ready_.notify_all();
    while (!stopped_ && !stop.stop_requested()) {
        if (order_.queue && !order_.done) {
            order_.fd = open_tun_queue();
            order_.error = errno;
            order_.done = true;
            ready_.notify_all();
        }
        fill(lock);
        wake_.wait(lock, stop, [&] {
            return (order_.queue && !order_.done) || (!stocked() && !out_of_descriptors_);
        });
    }
}

void Domain::fill(std::unique_lock<std::mutex>& lock) {
    for (const int family : {AF_INET, AF_INET6}) {
        std::vector<int>& sockets = stock_[family == AF_INET ? 0 : 1];
        while (sockets.size() < kStock) {
            lock.unlock();
            const int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
            lock.lock();
            out_of_descriptors_ = fd < 0;
            if (fd < 0) return;
            sockets.push_back(fd);
            ready_.notify_all();
        }
    }
}

int Domain::take_socket(bool v4) {
    std::unique_lock lock(mutex_);
    std::vector<int>& sockets = stock_[v4 ? 0 : 1];
    out_of_descriptors_ = false;
    if (sockets.size() <= kStock / 2) wake_.notify_all();
    if (!ready_.wait_for(lock, kSocketDeadline, [&] { return !sockets.empty(); })) return -1;
    const int fd = sockets.back();
    sockets.pop_back();
    return fd;
}

int Domain::open_queue() {
    std::unique_lock lock(mutex_);
    order_ = {.queue = true};
    wake_.notify_all();
    ready_.wait(lock, [&] { return order_.done; });
    order_.queue = false;
    errno = order_.error;
    return order_.fd;
}

}  // namespace sluice::broker
