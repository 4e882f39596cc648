#include "dataplane/inspect/query_socket.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "rules/base/assert.h"

namespace sluice::inspect {

class QuerySocket::Client final : public Mortal, public Watcher {
  public:
    Client(QuerySocket& owner, int fd) : owner_(owner), fd_(fd) {}
    ~Client() override {
        owner_.loop_.forget(fd_);
        close(fd_);
    }
    int fd() const { return fd_; }

    void on_events(std::uint32_t /*events*/) override {
        while (!gone_) {
            std::array<std::uint8_t, sizeof(ipc::InspectRequest) + 1> message;  // 1: too long shows
            const ssize_t got = recv(fd_, message.data(), message.size(), MSG_DONTWAIT);
            if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
            gone_ = got <= 0 || !answer(Bytes(message).first(static_cast<std::size_t>(got)));
        }
        owner_.drop(*this);
    }

  private:
    bool answer(Bytes message) {
        const auto request = ipc::check_inspect_request(message);
        const QueryAnswer answer = request ? owner_.answer_(*request) : QueryAnswer{};
        ipc::InspectReply reply;
        reply.refused = !request;
        reply.count = answer.count;
        reply.record_size = answer.record_size;
        reply.cursor = answer.cursor;
        std::vector<std::uint8_t> bytes(sizeof reply);
        std::memcpy(bytes.data(), &reply, sizeof reply);
        bytes.insert(bytes.end(), answer.bytes.begin(), answer.bytes.end());
        return send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT) ==
               static_cast<ssize_t>(bytes.size());
    }

    QuerySocket& owner_;
    int fd_;
    bool gone_ = false;
};

Result<int, std::string> QuerySocket::listen(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path)
        return Err{path + ": longer than a socket's path may be (107 bytes)"};
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    unlink(path.c_str());
    const int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 && bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
        chmod(path.c_str(), 0660) == 0 && ::listen(fd, kClientsMax) == 0)
        return fd;
    const std::string why = std::strerror(errno);
    if (fd >= 0) close(fd);
    return Err{path + ": cannot listen: " + why};
}

QuerySocket::QuerySocket(Loop& loop, int listening, Answer answer)
    : loop_(loop), listening_(listening), answer_(std::move(answer)) {
    SLUICE_ASSERT(loop_.watch(listening_, *this, EPOLLIN));
}

QuerySocket::~QuerySocket() {
    clients_.clear();
    loop_.forget(listening_);
    close(listening_);
}

void QuerySocket::on_events(std::uint32_t /*events*/) {
    for (;;) {
        const int fd = accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd < 0) return;
        if (clients_.size() == kClientsMax) drop(*clients_.front());
        clients_.push_back(std::make_unique<Client>(*this, fd));
        if (!loop_.watch(fd, *clients_.back(), EPOLLIN | EPOLLRDHUP)) drop(*clients_.back());
    }
}

void QuerySocket::drop(Client& client) {
    const auto found = std::ranges::find(clients_, &client, [](const auto& c) { return c.get(); });
    if (found == clients_.end()) return;
    loop_.bury(std::move(*found));
    clients_.erase(found);
}

}  // namespace sluice::inspect
