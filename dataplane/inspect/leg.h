// Leg: one side of a flow, a non-blocking socket with TLS on it or without. Reads into the caller's
// bytes, takes every byte that is written and keeps what the socket does not take yet (`backlog`),
// ends each direction for itself. Whoever uses it stops reading the other side while the backlog is
// large: that is all the back pressure there is.
#pragma once
#include <openssl/ssl.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "dataplane/inspect/loop.h"
#include "rules/base/bytes.h"

namespace sluice::inspect {

struct SslFree {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
};
using SslPtr = std::unique_ptr<SSL, SslFree>;

class Leg final : public Watcher {
  public:
    class Owner {
      public:
        virtual void on_leg(Leg& leg) = 0;  // there may be something to read or room to write

      protected:
        ~Owner() = default;
    };
    enum class Read : std::uint8_t {
        bytes,      // some were read
        again,      // nothing more now
        ended,      // the peer said that it sends no more
        truncated,  // TLS: the connection ended without close_notify
        broken,     // reset, or TLS that is none
    };
    enum class Shake : std::uint8_t {
        done,
        again,
        certificate_wanted,  // the server asks for a client certificate
        failed,              // OpenSSL's error queue says why
    };

    Leg(Loop& loop, Owner& owner) : loop_(loop), owner_(owner) {}
    ~Leg() { close(); }
    Leg(const Leg&) = delete;
    Leg& operator=(const Leg&) = delete;

    // Takes the descriptor over and watches it. False: the kernel refused, the descriptor is
    // closed. What was there before is closed and forgotten.
    [[nodiscard]] bool take(int fd);
    // Puts TLS on it; the caller sets what is special about this connection. nullptr: no memory.
    SSL* start_tls(SSL_CTX* context);
    SSL* ssl() const { return ssl_.get(); }
    int fd() const { return fd_; }
    bool open() const { return fd_ >= 0; }
    bool readable() const { return readable_; }

    // One step of the TLS handshake.
    Shake handshake();
    // At most `into.size()` bytes; `size` says how many.
    Read read(std::span<std::uint8_t> into, std::size_t& size);
    // What waits in the socket, without taking it (before start_tls). Same answers as read().
    Read peek(std::span<std::uint8_t> into, std::size_t& size);
    // False: the connection is broken; nothing written from now on arrives.
    bool write(Bytes bytes);
    bool flush();
    std::size_t backlog() const { return waiting_.size() - done_; }

    // No more will be written: after the backlog, close_notify (if `clean` and TLS) and FIN.
    void end_writing(bool clean);
    bool writing_ended() const { return end_ == End::sent; }
    // Ends the connection so that the peer sees it: RST.
    void abort();
    void close();

    void on_events(std::uint32_t events) override;

  private:
    enum class End : std::uint8_t { open, wanted, sent };
    std::size_t write_some(Bytes bytes);
    Read ended_how(int result);
    void send_end();

    Loop& loop_;
    Owner& owner_;
    SslPtr ssl_;
    int fd_ = -1;
    bool readable_ = false;
    bool broken_ = false;
    bool clean_end_ = true;
    End end_ = End::open;
    std::string waiting_;  // from `done_` on: taken, but not by the socket yet
    std::size_t done_ = 0;
};

}  // namespace sluice::inspect
