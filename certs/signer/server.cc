#include "certs/signer/server.h"

#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>

#include "rules/base/assert.h"

namespace sluice::certs {
namespace {

using Refusal = ipc::SignerRefusal;

constexpr int kTickMs = 500;              // how often checkpoints are thought of when nothing comes
constexpr std::size_t kReadsAtOnce = 16;  // of one connection, so that none starves the others

template <class T>
std::vector<std::uint8_t> bytes_of_struct(const T& value) {
    std::vector<std::uint8_t> bytes(sizeof value);
    std::memcpy(bytes.data(), &value, sizeof value);
    return bytes;
}

std::vector<std::uint8_t> reply_of(const SignedLeaf& leaf, std::uint64_t token) {
    ipc::LeafReply reply;
    reply.head.token = token;
    reply.log_index = leaf.log_index;
    reply.not_before_utc = leaf.validity.not_before.raw();
    reply.not_after_utc = leaf.validity.not_after.raw();
    reply.issuer = leaf.issuer;
    leaf.generation->id.copy(reply.generation, sizeof reply.generation - 1);
    std::vector<std::uint8_t> chain;
    ipc::add_to_chain(chain, leaf.leaf);
    ipc::add_to_chain(chain, leaf.generation->issuer(leaf.issuer).der);
    reply.chain_certificates = 2;
    reply.chain_bytes = static_cast<std::uint32_t>(chain.size());
    auto message = bytes_of_struct(reply);
    message.insert(message.end(), chain.begin(), chain.end());
    return message;
}

std::vector<std::uint8_t> refusal_of(std::uint64_t token, Refusal refusal) {
    ipc::RefusedReply reply;
    reply.head.kind = ipc::SignerKind::refused;
    reply.head.token = token;
    reply.refusal = refusal;
    return bytes_of_struct(reply);
}

bool has(const std::vector<std::uint32_t>& users, std::uint32_t uid) {
    return std::find(users.begin(), users.end(), uid) != users.end();
}

Now read_clocks() {
    timespec mono{}, utc{};
    ::clock_gettime(CLOCK_MONOTONIC, &mono);
    ::clock_gettime(CLOCK_REALTIME, &utc);
    return {MonoTime{mono.tv_sec * kNsPerSecond + mono.tv_nsec}, UtcTime{utc.tv_sec}};
}

void add_to_epoll(int epoll, int fd) {
    epoll_event event{.events = EPOLLIN, .data = {.fd = fd}};
    SLUICE_ASSERT(::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0);
}

// Does anybody listen there?
bool is_alive(const sockaddr_un& address) {
    const int fd = ::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    const bool alive =
        ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    ::close(fd);
    return alive;
}

}  // namespace

Result<int, std::string> listen_at(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path)
        return Err{path + ": longer than a socket's path may be (107 bytes)"};
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    if (is_alive(address))
        return Err{path + ": another sluice-signer listens there; stop it first"};
    ::unlink(path.c_str());
    const int fd = ::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 && ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
        ::chmod(path.c_str(), 0666) == 0 && ::listen(fd, SOMAXCONN) == 0)
        return fd;
    const std::string why = std::strerror(errno);
    if (fd >= 0) ::close(fd);
    return Err{path + ": " + why + "; check the directory and who may write it"};
}

SignerServer::SignerServer(int listening, int signals, Office& office, Peers peers,
                           std::uint32_t connections_max)
    : listening_(listening),
      signals_(signals),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      office_(office),
      peers_(std::move(peers)),
      connections_max_(connections_max),
      buffer_(ipc::kSignerMessageBytesMax) {
    SLUICE_ASSERT(epoll_ >= 0);
    add_to_epoll(epoll_, listening_);
    add_to_epoll(epoll_, signals_);
}

SignerServer::~SignerServer() {
    for (const auto& [fd, connection] : connections_)
        ::close(fd);
    for (int fd : {listening_, signals_, epoll_})
        ::close(fd);
}

void SignerServer::run() {
    while (!ending_)
        turn();
    office_.checkpoint(read_clocks().utc, true);
}

void SignerServer::turn() {
    std::array<epoll_event, 64> events;
    const int ready = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), kTickMs);
    for (int i = 0; i < ready; ++i) {
        const int fd = events[static_cast<std::size_t>(i)].data.fd;
        if (fd == listening_) {
            accept_all();
        } else if (fd == signals_) {
            read_signals();
        } else if (const auto at = connections_.find(fd); at != connections_.end()) {
            send_replies(at->second);
            read_from(at->second);
        }
    }
    serve_batch();
    close_doomed();
    office_.checkpoint(read_clocks().utc, false);
}

void SignerServer::accept_all() {
    for (;;) {
        const int fd = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd < 0) return;
        ucred peer{};
        socklen_t size = sizeof peer;
        const bool known = ::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0;
        Connection connection{fd,
                              known && has(peers_.clients, peer.uid),
                              known && has(peers_.admins, peer.uid),
                              known && has(peers_.recorders, peer.uid),
                              false,
                              EPOLLIN,
                              {}};
        if ((!connection.may_ask && !connection.may_administer && !connection.may_record) ||
            connections_.size() >= connections_max_) {
            office_.desk().count(Refusal::not_allowed);
            const auto reply = refusal_of(0, Refusal::not_allowed);
            ::send(fd, reply.data(), reply.size(), MSG_NOSIGNAL);
            ::close(fd);
            continue;
        }
        add_to_epoll(epoll_, fd);
        connections_.emplace(fd, std::move(connection));
    }
}

void SignerServer::read_signals() {
    signalfd_siginfo info{};
    while (::read(signals_, &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
        if (info.ssi_signo == SIGHUP)
            reload();
        else
            ending_ = true;
    }
}

void SignerServer::read_from(Connection& connection) {
    for (std::size_t i = 0; i < kReadsAtOnce && !connection.doomed; ++i) {
        if (requests_.size() == kLogBatchMax ||
            connection.replies.size() >= ipc::kSignerOutstandingMax)
            return;  // epoll reports it again
        const ssize_t size = ::recv(connection.fd, buffer_.data(), buffer_.size(), MSG_TRUNC);
        if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) return;
        if (size <= 0) {
            connection.doomed = true;
            return;
        }
        if (static_cast<std::size_t>(size) > buffer_.size())
            refuse(connection, 0, Refusal::bad_request);
        else
            take(connection, {buffer_.data(), static_cast<std::size_t>(size)});
    }
}

void SignerServer::take(Connection& connection, Bytes message) {
    const auto head = ipc::check_signer_head(message);
    if (!head) return refuse(connection, 0, Refusal::bad_request);
    switch (head->kind) {
        case ipc::SignerKind::leaf:
            return take_leaf(connection, message, head->token);
        case ipc::SignerKind::record:
            return take_record(connection, message, head->token);
        case ipc::SignerKind::status:
        case ipc::SignerKind::reload:
            return administer(connection, *head, message.size());
        case ipc::SignerKind::generation:
        case ipc::SignerKind::refused:
            return refuse(connection, head->token, Refusal::bad_request);
    }
}

void SignerServer::take_leaf(Connection& connection, Bytes message, std::uint64_t token) {
    if (!connection.may_ask) return refuse(connection, token, Refusal::not_allowed);
    const Message& kept = messages_.emplace_back(message.begin(), message.end());
    const auto request = ipc::check_leaf_request(kept);
    if (!request) {
        messages_.pop_back();
        return refuse(connection, token, Refusal::bad_request);
    }
    requests_.push_back(*request);
    pending_.push_back({connection.fd, token});
}

// Evidence is durable before it is answered, like leaves.
void SignerServer::take_record(Connection& connection, Bytes message, std::uint64_t token) {
    if (!connection.may_record) return refuse(connection, token, Refusal::not_allowed);
    const auto request = ipc::check_record_request(message);
    if (!request) return refuse(connection, token, Refusal::bad_request);
    const auto first = office_.record(request->all());
    if (!first) return refuse(connection, token, first.error());
    ipc::RecordReply reply;
    reply.head.kind = ipc::SignerKind::record;
    reply.head.token = token;
    reply.first_index = *first;
    connection.replies.push_back(bytes_of_struct(reply));
    send_replies(connection);
}

void SignerServer::administer(Connection& connection, const ipc::SignerHead& head,
                              std::size_t bytes) {
    if (bytes != sizeof(ipc::StatusRequest))
        return refuse(connection, head.token, Refusal::bad_request);
    if (!connection.may_administer) return refuse(connection, head.token, Refusal::not_allowed);
    if (head.kind == ipc::SignerKind::reload) reload();
    ipc::StatusReply reply = office_.status();
    reply.head.token = head.token;
    connection.replies.push_back(bytes_of_struct(reply));
    send_replies(connection);
}

void SignerServer::refuse(Connection& connection, std::uint64_t token, Refusal refusal) {
    office_.desk().count(refusal);
    connection.replies.push_back(refusal_of(token, refusal));
    send_replies(connection);
}

// Requests that came before a reload are answered by the generation they came under.
void SignerServer::reload() {
    serve_batch();
    if (!office_.reload()) return;
    ipc::GenerationNotice notice;
    notice.head.kind = ipc::SignerKind::generation;
    office_.generation().copy(notice.generation, sizeof notice.generation - 1);
    for (auto& [fd, connection] : connections_) {
        if (!connection.may_ask) continue;
        connection.replies.push_back(bytes_of_struct(notice));
        send_replies(connection);
    }
}

void SignerServer::serve_batch() {
    if (requests_.empty()) return;
    office_.refresh_bundle();
    const std::vector<DeskAnswer> answers = office_.desk().serve(requests_, read_clocks());
    for (std::size_t i = 0; i < answers.size(); ++i) {
        const auto at = connections_.find(pending_[i].fd);
        if (at == connections_.end()) continue;
        const auto* leaf = std::get_if<SignedLeaf>(&answers[i]);
        at->second.replies.push_back(
            leaf != nullptr ? reply_of(*leaf, pending_[i].token)
                            : refusal_of(pending_[i].token, std::get<Refusal>(answers[i])));
    }
    requests_.clear();
    messages_.clear();
    for (const Pending& asked : std::exchange(pending_, {}))
        if (const auto at = connections_.find(asked.fd); at != connections_.end())
            send_replies(at->second);
}

void SignerServer::send_replies(Connection& connection) {
    while (!connection.replies.empty() && !connection.doomed) {
        const Message& reply = connection.replies.front();
        const ssize_t sent = ::send(connection.fd, reply.data(), reply.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) break;
        if (sent < 0) connection.doomed = true;
        if (sent >= 0) connection.replies.pop_front();
    }
    watch(connection);
}

// Writable is watched for only while something waits (level-triggered, it would spin else), and who
// does not take answers is not read from either.
void SignerServer::watch(Connection& connection) {
    const std::size_t waiting = connection.replies.size();
    const std::uint32_t wanted =
        (waiting < ipc::kSignerOutstandingMax ? std::uint32_t{EPOLLIN} : 0u) |
        (waiting > 0 ? std::uint32_t{EPOLLOUT} : 0u);
    if (wanted == connection.watched) return;
    connection.watched = wanted;
    epoll_event event{.events = wanted, .data = {.fd = connection.fd}};
    SLUICE_ASSERT(::epoll_ctl(epoll_, EPOLL_CTL_MOD, connection.fd, &event) == 0);
}

void SignerServer::close_doomed() {
    for (auto at = connections_.begin(); at != connections_.end();) {
        if (!at->second.doomed) {
            ++at;
            continue;
        }
        ::close(at->first);
        at = connections_.erase(at);
    }
}

}  // namespace sluice::certs
