// The signer's socket: who is connected, what they may ask, and the loop that serves them. One
// thread; requests that arrive while a batch is made durable are the next batch.
#pragma once
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "certs/signer/office.h"

namespace sluice::certs {

// Users who may ask, by uid (SO_PEERCRED: the kernel's word, not the peer's).
struct Peers {
    std::vector<std::uint32_t> clients, admins;
    std::vector<std::uint32_t> recorders = {};  // may add to the evidence log
};

// A listening socket at `path`; a stale one is replaced, a living one is not. The error is for
// people.
Result<int, std::string> listen_at(const std::string& path);

class SignerServer {
  public:
    // Takes the listening socket. `signals`: a signalfd that reports SIGHUP (reload), SIGTERM and
    // SIGINT (end).
    SignerServer(int listening, int signals, Office& office, Peers peers,
                 std::uint32_t connections_max);
    SignerServer(const SignerServer&) = delete;
    SignerServer& operator=(const SignerServer&) = delete;
    ~SignerServer();

    // Serves until told to end. Answers under way are sent first.
    void run();

  private:
    using Message = std::vector<std::uint8_t>;
    struct Connection {
        int fd = -1;
        bool may_ask = false, may_administer = false, may_record = false;
        bool doomed = false;
        std::uint32_t watched = 0;  // epoll events
        std::deque<Message> replies;
    };
    struct Pending {
        int fd;
        std::uint64_t token;
    };

    void turn();
    void accept_all();
    void read_signals();
    void read_from(Connection& connection);
    void take(Connection& connection, Bytes message);
    void take_leaf(Connection& connection, Bytes message, std::uint64_t token);
    void take_record(Connection& connection, Bytes message, std::uint64_t token);
    void administer(Connection& connection, const ipc::SignerHead& head, std::size_t bytes);
    void refuse(Connection& connection, std::uint64_t token, ipc::SignerRefusal refusal);
    void serve_batch();
    void reload();
    void send_replies(Connection& connection);
    void watch(Connection& connection);
    void close_doomed();

    int listening_, signals_, epoll_;
    Office& office_;
    Peers peers_;
    std::uint32_t connections_max_;
    std::unordered_map<int, Connection> connections_;
    Message buffer_;  // what recv() fills
    // The batch: messages, what they ask for (views into the messages), and who asked.
    std::deque<Message> messages_;
    std::vector<ipc::CheckedLeafRequest> requests_;
    std::vector<Pending> pending_;
    bool ending_ = false;
};

}  // namespace sluice::certs
