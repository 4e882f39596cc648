// Sockets of the query server. No client is trusted, and none may slow the others down.
#include "dataplane/io/query_server.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "rules/ipc/query_check.h"

namespace sluice::io {
namespace {

// True when a process listens at `address`.
bool somebody_listens(const sockaddr_un& address) {
    const int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (fd < 0) return false;
    const bool answered =
        connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
    close(fd);
    return answered;
}

}  // namespace

Result<QueryServer, std::string> QueryServer::listen(const std::string& path,
                                                     QueryHandler& handler) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof(address.sun_path))
        return Err{path + ": longer than a socket's path may be (107 bytes)"};
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    if (somebody_listens(address))
        return Err{path + ": another sluice-dataplane is running; stop it first"};
    unlink(path.c_str());
    const int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const bool listens =
        fd >= 0 && bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0 &&
        chmod(path.c_str(), 0660) == 0 && ::listen(fd, kClientsMax) == 0;
    if (listens) return QueryServer(fd, path, handler);
    const std::string why = std::strerror(errno);
    if (fd >= 0) close(fd);
    return Err{path + ": cannot listen: " + why};
}

QueryServer::QueryServer(int listening, std::string path, QueryHandler& handler)
    : listening_(listening), path_(std::move(path)), handler_(&handler) {
    clients_.reserve(kClientsMax + 1);
}

QueryServer::QueryServer(QueryServer&& from) noexcept
    : listening_(std::exchange(from.listening_, -1)),
      path_(std::move(from.path_)),
      handler_(from.handler_),
      clients_(std::move(from.clients_)) {}

QueryServer::~QueryServer() {
    if (listening_ < 0) return;
    close(listening_);
    if (!path_.empty()) unlink(path_.c_str());
    for (const Client& client : clients_)
        close(client.fd);
}

void QueryServer::poll_once(std::span<pollfd> others, int timeout_ms) {
    polled_.assign(others.begin(), others.end());
    polled_.push_back({.fd = listening_, .events = POLLIN, .revents = 0});
    for (const Client& client : clients_) {
        const short events = client.waiting ? 0 : POLLIN;
        polled_.push_back({.fd = client.fd, .events = events, .revents = 0});
    }
    if (poll(polled_.data(), polled_.size(), timeout_ms) <= 0) {
        for (pollfd& other : others)
            other.revents = 0;
        return;
    }
    for (std::size_t i = 0; i < others.size(); ++i)
        others[i].revents = polled_[i].revents;
    const std::size_t first_client = others.size() + 1;
    std::vector<Client> silent, spoke;
    for (std::size_t i = 0; i < clients_.size(); ++i) {
        const short happened = polled_[first_client + i].revents;
        Client client = clients_[i];
        if ((happened & POLLIN) != 0)
            serve(client);
        else if (happened != 0)
            client.gone = true;
        (happened != 0 ? spoke : silent).push_back(client);
    }
    clients_ = std::move(silent);
    clients_.insert(clients_.end(), spoke.begin(), spoke.end());
    sweep_gone();
    if (polled_[others.size()].revents != 0) accept_clients();
}

void QueryServer::accept_clients() {
    for (;;) {
        const int fd = accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd < 0) return;
        clients_.push_back({.fd = fd});
        if (clients_.size() > kClientsMax) {
            clients_.front().gone = true;
            sweep_gone();
        }
    }
}

void QueryServer::serve(Client& client) {
    std::array<std::uint8_t, sizeof(ipc::Request) + 1> message;  // one more shows what is too long
    const ssize_t size = recv(client.fd, message.data(), message.size(), MSG_DONTWAIT);
    if (size <= 0) {
        client.gone = size == 0 || (errno != EAGAIN && errno != EINTR);
        return;
    }
    const auto request = ipc::check_request(Bytes(message).first(static_cast<std::size_t>(size)));
    if (!request) {
        send_answer(client, Answer::refusal(ipc::ReplyStatus::bad_request,
                                            std::string(ipc::text_of(request.error()))));
        return;
    }
    const std::optional<Answer> answer = handler_->answer(*request);
    if (answer)
        send_answer(client, *answer);
    else
        client.waiting = true;
}

// A client that does not take its answers is let go: its next one would have to wait.
void QueryServer::send_answer(Client& client, const Answer& answer) {
    ipc::Reply reply;
    reply.status = answer.status;
    reply.count = answer.count;
    reply.record_size = answer.record_size;
    reply.cursor = answer.cursor;
    const std::size_t text = std::min(answer.message.size(), sizeof(reply.message) - 1);
    std::memcpy(reply.message, answer.message.data(), text);
    std::vector<std::uint8_t> bytes(sizeof(reply) + answer.records.size());
    std::memcpy(bytes.data(), &reply, sizeof(reply));
    std::ranges::copy(answer.records, bytes.begin() + sizeof(reply));
    const ssize_t sent = send(client.fd, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    client.gone = sent != static_cast<ssize_t>(bytes.size());
}

void QueryServer::answer_waiting(const Answer& answer) {
    for (Client& client : clients_)
        if (std::exchange(client.waiting, false)) send_answer(client, answer);
    sweep_gone();
}

void QueryServer::sweep_gone() {
    std::erase_if(clients_, [](const Client& client) {
        if (client.gone) close(client.fd);
        return client.gone;
    });
}

}  // namespace sluice::io
