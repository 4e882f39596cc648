// Domain: a routing domain, one a telecom operator: a network namespace of its own, so that equal
// addresses of two operators never meet, with a tun device by which all of it reaches the data
// plane. It outlives the broker (a file in <runtime>/netns), so that a new one finds the sockets'
// device.
//
// Entering a namespace takes CAP_SYS_ADMIN, which the broker gives up after start: so a thread of
// its own was put into each, makes that namespace's sockets ahead of their use, and opens its
// queues.
#pragma once
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "rules/base/result.h"
#include "rules/base/strong.h"

namespace sluice::broker {

// All that the broker's threads keep: CAP_NET_ADMIN.
inline constexpr std::uint64_t kKeptCapabilities = std::uint64_t{1} << 12;

class Domain {
  public:
    static constexpr std::size_t kStock = 64;  // sockets of each family that wait to be used

    // Makes or finds the namespace and its device. Needs CAP_SYS_ADMIN and CAP_NET_ADMIN; the
    // thread keeps only the latter. `mtu`: of the device [bytes].
    //   returns  an error in words.
    static Result<std::unique_ptr<Domain>, std::string> open(const std::string& directory,
                                                             OperatorId operator_id, unsigned mtu);
    ~Domain();
    Domain(const Domain&) = delete;

    OperatorId operator_id() const { return operator_id_; }
    // A fresh TCP socket in the namespace, non-blocking; -1: no descriptors left, or none made in
    // time.
    int take_socket(bool v4);
    // One more queue of the device, with virtio headers, checksums and TCP segmentation (tun, not
    // tap: nothing here needs Ethernet addresses). -1 with errno.
    int open_queue();

  private:
    struct Order {
        bool queue = false, done = false;
        int fd = -1, error = 0;
    };
    Domain(std::string directory, OperatorId operator_id, unsigned mtu);
    void serve(std::stop_token stop);
    Result<Done, std::string> enter();
    bool stocked() const { return stock_[0].size() >= kStock && stock_[1].size() >= kStock; }
    void fill(std::unique_lock<std::mutex>& lock);

    std::string file_;
    OperatorId operator_id_;
    unsigned mtu_;
    std::mutex mutex_;
    std::condition_variable_any wake_, ready_;
    std::vector<int> stock_[2];  // IPv4, IPv6
    Order order_;
    bool entered_ = false, stopped_ = false;
    bool out_of_descriptors_ = false;
    std::string why_not_;
    std::jthread thread_;
};

}  // namespace sluice::broker
