#include "control/api/peer_server.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>

namespace sluice::control {
namespace {

constexpr int kReadTimeoutMs = 10'000;  // within a request
constexpr int kWriteTimeoutMs = 10'000;
constexpr int kIdleTimeoutMs = 5'000;  // between two requests of one connection
constexpr int kRequestsPerConnection = 1000;

bool ready(int socket, short events, int timeout_ms) {
    pollfd p{socket, events, 0};
    int n;
    do
        n = poll(&p, 1, timeout_ms);
    while (n < 0 && errno == EINTR);
    return n > 0;
}

class PeerStream : public httplib::Stream {
  public:
    PeerStream(socket_t socket, unsigned uid) : socket_(socket), uid_(uid) {}
    bool is_readable() const override { return ready(socket_, POLLIN, kReadTimeoutMs); }
    bool is_writable() const override { return ready(socket_, POLLOUT, kWriteTimeoutMs); }
    ssize_t read(char* data, std::size_t size) override {
        return is_readable() ? ::recv(socket_, data, size, 0) : -1;
    }
    ssize_t write(const char* data, std::size_t size) override {
        return is_writable() ? ::send(socket_, data, size, MSG_NOSIGNAL) : -1;
    }
    void get_remote_ip_and_port(std::string& ip, int& port) const override {
        ip = std::to_string(uid_);
        port = 0;
    }
    void get_local_ip_and_port(std::string& ip, int& port) const override {
        ip.clear();
        port = 0;
    }
    socket_t socket() const override { return socket_; }

  private:
    socket_t socket_;
    unsigned uid_;
};

}  // namespace

unsigned PeerServer::uid_of(const httplib::Request& request) {
    unsigned uid = ~0u;  // nobody
    const std::string& text = request.remote_addr;
    std::from_chars(text.data(), text.data() + text.size(), uid);
    return uid;
}

bool PeerServer::process_and_close_socket(socket_t sock) {
    ucred peer{};
    socklen_t size = sizeof peer;
    bool good = getsockopt(sock, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0;
    if (good) {
        PeerStream stream(sock, peer.uid);
        const std::string uid = std::to_string(peer.uid);
        for (int n = 1; good && n <= kRequestsPerConnection && svr_sock_ != INVALID_SOCKET; ++n) {
            if (!ready(sock, POLLIN, kIdleTimeoutMs)) break;
            bool closed = false;
            // Set again after the headers were read, so that nothing in them can change it.
            good = process_request(stream, n == kRequestsPerConnection, closed,
                                   [&](httplib::Request& r) { r.remote_addr = uid; });
            if (closed) break;
        }
    }
    ::shutdown(sock, SHUT_RDWR);
    ::close(sock);
    return good;
}

}  // namespace sluice::control
