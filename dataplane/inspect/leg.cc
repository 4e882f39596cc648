#include "dataplane/inspect/leg.h"

#include <openssl/err.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace sluice::inspect {

bool Leg::take(int fd) {
    close();
    ssl_.reset();
    broken_ = false;
    clean_end_ = true;
    end_ = End::open;
    waiting_ = {};
    done_ = 0;
    fd_ = fd;
    readable_ = true;  // what came before the watch is not told
    if (loop_.watch(fd, *this)) return true;
    ::close(std::exchange(fd_, -1));
    return false;
}

SSL* Leg::start_tls(SSL_CTX* context) {
    ssl_.reset(SSL_new(context));
    if (ssl_ && SSL_set_fd(ssl_.get(), fd_) != 1) ssl_.reset();
    return ssl_.get();
}

void Leg::on_events(std::uint32_t events) {
    if (fd_ < 0) return;
    if ((events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) readable_ = true;
    owner_.on_leg(*this);
}

Leg::Shake Leg::handshake() {
    ERR_clear_error();
    const int result = SSL_do_handshake(ssl_.get());
    if (result == 1) return Shake::done;
    switch (SSL_get_error(ssl_.get(), result)) {
        case SSL_ERROR_WANT_READ:
        case SSL_ERROR_WANT_WRITE:
            return Shake::again;
        case SSL_ERROR_WANT_X509_LOOKUP:
            return Shake::certificate_wanted;
        default:
            return Shake::failed;
    }
}

Leg::Read Leg::read(std::span<std::uint8_t> into, std::size_t& size) {
    size = 0;
    if (fd_ < 0 || broken_) return Read::broken;
    if (!ssl_) {
        const ssize_t got = ::recv(fd_, into.data(), into.size(), 0);
        if (got > 0) {
            size = static_cast<std::size_t>(got);
            return Read::bytes;
        }
        return ended_how(static_cast<int>(got));
    }
    ERR_clear_error();
    const int result = SSL_read_ex(ssl_.get(), into.data(), into.size(), &size);
    return result == 1 ? Read::bytes : ended_how(result);
}

Leg::Read Leg::peek(std::span<std::uint8_t> into, std::size_t& size) {
    const ssize_t got = ::recv(fd_, into.data(), into.size(), MSG_PEEK);
    size = got > 0 ? static_cast<std::size_t>(got) : 0;
    return got > 0 ? Read::bytes : ended_how(static_cast<int>(got));
}

Leg::Read Leg::ended_how(int result) {
    if (!ssl_) {
        if (result == 0) {
            readable_ = false;
            return Read::ended;
        }
        if (errno == EAGAIN || errno == EINTR) {
            readable_ = errno == EINTR;
            return Read::again;
        }
        broken_ = true;
        return Read::broken;
    }
    switch (SSL_get_error(ssl_.get(), result)) {
        case SSL_ERROR_WANT_READ:
            readable_ = false;
            return Read::again;
        case SSL_ERROR_WANT_WRITE:  // an answer to KeyUpdate that does not fit the socket now
            readable_ = false;
            return Read::again;
        case SSL_ERROR_ZERO_RETURN:
            readable_ = false;
            return Read::ended;
        default:
            break;
    }
    if (ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
        readable_ = false;
        return Read::truncated;
    }
    broken_ = true;
    return Read::broken;
}

// How many bytes the socket (or OpenSSL) took; less than all: no room, or broken_.
std::size_t Leg::write_some(Bytes bytes) {
    std::size_t total = 0;
    while (total < bytes.size()) {
        std::size_t written = 0;
        const Bytes rest = bytes.subspan(total);
        if (ssl_) {
            ERR_clear_error();
            const int result = SSL_write_ex(ssl_.get(), rest.data(), rest.size(), &written);
            if (result != 1) {
                const int error = SSL_get_error(ssl_.get(), result);
                broken_ = error != SSL_ERROR_WANT_WRITE && error != SSL_ERROR_WANT_READ;
                return total;
            }
        } else {
            const ssize_t sent = ::send(fd_, rest.data(), rest.size(), MSG_NOSIGNAL);
            if (sent < 0) {
                broken_ = errno != EAGAIN && errno != EINTR;
                return total;
            }
            written = static_cast<std::size_t>(sent);
        }
        total += written;
    }
    return total;
}

bool Leg::write(Bytes bytes) {
    if (fd_ < 0 || broken_ || end_ != End::open) return false;
    const std::size_t taken = backlog() == 0 ? write_some(bytes) : 0;
    // OpenSSL wants to see the bytes of a write that did not fit again: they stay in front.
    waiting_.append(as_text(bytes.subspan(taken)));
    return !broken_;
}

bool Leg::flush() {
    if (fd_ < 0 || broken_) return false;
    if (backlog() != 0) {
        done_ += write_some(as_bytes(std::string_view(waiting_).substr(done_)));
        if (done_ == waiting_.size()) {
            waiting_ = {};  // an idle flow holds no memory for it
            done_ = 0;
        } else if (done_ > waiting_.size() / 2) {
            waiting_.erase(0, std::exchange(done_, 0));
        }
    }
    if (end_ == End::wanted && backlog() == 0) send_end();
    return !broken_;
}

void Leg::end_writing(bool clean) {
    if (fd_ < 0 || end_ != End::open) return;
    clean_end_ = clean;
    end_ = End::wanted;
    flush();
}

void Leg::send_end() {
    end_ = End::sent;
    ERR_clear_error();
    if (ssl_ && clean_end_ && SSL_is_init_finished(ssl_.get())) SSL_shutdown(ssl_.get());
    ::shutdown(fd_, SHUT_WR);
}

void Leg::abort() {
    if (fd_ < 0) return;
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close();
}

void Leg::close() {
    if (fd_ < 0) return;
    // OpenSSL would take a session whose connection was not shut down for a bad one; it can be
    // resumed all the same.
    if (ssl_ && SSL_is_init_finished(ssl_.get()))
        SSL_set_shutdown(ssl_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    loop_.forget(fd_);
    ::close(std::exchange(fd_, -1));
}

}  // namespace sluice::inspect
