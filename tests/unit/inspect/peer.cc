#include "tests/unit/inspect/peer.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "rules/base/assert.h"

namespace sluice::inspect::test {

Pair tcp_pair() {
    const int listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    SLUICE_ASSERT(bind(listening, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0 &&
                  listen(listening, 1) == 0);
    socklen_t size = sizeof at;
    getsockname(listening, reinterpret_cast<sockaddr*>(&at), &size);
    Pair pair;
    pair.ours = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    SLUICE_ASSERT(connect(pair.ours, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0);
    pair.theirs = accept4(listening, nullptr, nullptr, SOCK_CLOEXEC);
    close(listening);
    for (const int fd : {pair.ours, pair.theirs})
        fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    return pair;
}

Peer::~Peer() {
    if (ssl_ && shaken) SSL_set_shutdown(ssl_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    ssl_.reset();
    close(fd_);
}

void Peer::connect_tls(SSL_CTX* context, const std::string& name) {
    ssl_.reset(SSL_new(context));
    SSL_set_fd(ssl_.get(), fd_);
    if (!name.empty()) {
        SSL_set_tlsext_host_name(ssl_.get(), name.c_str());
        SSL_set1_host(ssl_.get(), name.c_str());
    }
    SSL_set_connect_state(ssl_.get());
}

void Peer::accept_tls(SSL_CTX* context) {
    ssl_.reset(SSL_new(context));
    SSL_set_fd(ssl_.get(), fd_);
    SSL_set_accept_state(ssl_.get());
}

void Peer::step() {
    if (failed || !shake()) return;
    write_all();
    if (reading) read_all();
}

bool Peer::shake() {
    if (!ssl_ || shaken) return true;
    ERR_clear_error();
    const int result = SSL_do_handshake(ssl_.get());
    shaken = result == 1;
    const int error = SSL_get_error(ssl_.get(), result);
    failed = !shaken && error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE;
    return shaken;
}

void Peer::write_all() {
    while (!to_send_.empty()) {
        ERR_clear_error();
        const auto done =
            ssl_ ? SSL_write(ssl_.get(), to_send_.data(), static_cast<int>(to_send_.size()))
                 : static_cast<int>(::send(fd_, to_send_.data(), to_send_.size(), MSG_NOSIGNAL));
        if (done <= 0) return;
        to_send_.erase(0, static_cast<std::size_t>(done));
    }
    if (!end_) return;
    end_ = false;
    if (ssl_) SSL_shutdown(ssl_.get());
    shutdown(fd_, SHUT_WR);
}

void Peer::read_all() {
    std::array<char, 16'384> bytes;
    while (!closed()) {
        ERR_clear_error();
        const int got = ssl_ ? SSL_read(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()))
                             : static_cast<int>(::recv(fd_, bytes.data(), bytes.size(), 0));
        if (got > 0) {
            received.append(bytes.data(), static_cast<std::size_t>(got));
            continue;
        }
        if (!ssl_) {
            ended = got == 0;
            failed = got < 0 && errno != EAGAIN;
            return;
        }
        const int error = SSL_get_error(ssl_.get(), got);
        if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return;
        ended = error == SSL_ERROR_ZERO_RETURN;
        truncated =
            !ended && ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING;
        failed = !ended && !truncated;
    }
}

}  // namespace sluice::inspect::test
