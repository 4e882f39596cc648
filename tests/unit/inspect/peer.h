// One end of a TLS (or plain) connection in a test: non-blocking, driven step by step.
#pragma once
#include <openssl/ssl.h>

#include <functional>
#include <string>

#include "dataplane/inspect/leg.h"
#include "dataplane/inspect/tls_contexts.h"

namespace sluice::inspect::test {

// Two connected TCP sockets on the loopback, non-blocking.
struct Pair {
    int ours = -1, theirs = -1;
};
Pair tcp_pair();

class Peer {
  public:
    explicit Peer(int fd) : fd_(fd) {}
    ~Peer();
    Peer(const Peer&) = delete;
    Peer& operator=(const Peer&) = delete;

    // Speaks TLS from now on; as a client with `name` in its hello, or as a server.
    void connect_tls(SSL_CTX* context, const std::string& name);
    void accept_tls(SSL_CTX* context);
    SSL* ssl() const { return ssl_.get(); }

    void send(std::string_view bytes) { to_send_.append(bytes); }
    void send_end() { end_ = true; }  // behind what is to be sent
    // Everything that can be done now.
    void step();

    std::string received;
    bool shaken = false;     // the handshake is done
    bool failed = false;     // of the handshake, or a reset
    bool ended = false;      // close_notify or, plain, FIN
    bool truncated = false;  // FIN without close_notify
    bool reading = true;     // false: lets the other side feel a full window
    bool closed() const { return failed || ended || truncated; }

  private:
    bool shake();
    void read_all();
    void write_all();

    int fd_;
    SslPtr ssl_;
    std::string to_send_;
    bool end_ = false;
};

}  // namespace sluice::inspect::test
