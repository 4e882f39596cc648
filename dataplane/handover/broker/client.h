// Client: one connection to the broker: a worker of the data plane, or a process of sluice-inspect.
#pragma once
#include <cstdint>
#include <deque>
#include <span>
#include <string>

#include "rules/ipc/handover_socket.h"

namespace sluice::broker {

class Client {
  public:
    // Owns `fd`.
    explicit Client(int fd) : fd_(fd) {}
    ~Client();
    Client(const Client&) = delete;

    int fd() const { return fd_; }
    bool is_worker() const { return role == ipc::HandoverRole::worker; }
    bool is_inspect() const { return role == ipc::HandoverRole::inspect; }
    std::uint32_t room() const { return flows_max > flows ? flows_max - flows : 0; }

    // Sent now or, where the other end reads slowly, later and in order. False: so much waits that
    // the other end must have stopped; cut it.
    bool say(const ipc::HandoverMessage& message);
    // The same with descriptors, but only now: false when it cannot be. They stay the caller's.
    bool say_now(const ipc::HandoverMessage& message, std::span<const int> descriptors);
    // The socket takes more. False: it has gone.
    bool send_waiting();
    bool has_waiting() const { return !waiting_.empty(); }

    ipc::HandoverRole role = ipc::HandoverRole::nobody;
    std::uint8_t worker = 0;
    std::uint64_t process = 0;
    std::uint32_t flows_max = 0;  // inspect: what it takes
    std::uint32_t flows = 0;      // inspect: what it has
    bool gone = false;
    bool watched_for_room = false;  // epoll tells when the socket takes more

  private:
    static constexpr std::size_t kWaitingMax = 200'000;  // a list of all flows to a new worker
    int fd_;
    std::deque<ipc::HandoverMessage> waiting_;
};

}  // namespace sluice::broker
