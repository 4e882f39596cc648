// The two ways Sluice speaks TLS: as a client of servers and as a server of clients. Everything
// that is the same for all connections is set here, once a worker.
#pragma once
#include <openssl/ssl.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "dataplane/inspect/ticket_keys.h"
#include "dataplane/inspect/upstream_sessions.h"
#include "rules/base/bytes.h"

namespace sluice::inspect {

struct SslContextFree {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using SslContextPtr = std::unique_ptr<SSL_CTX, SslContextFree>;

// What callbacks of one connection need and leave; outlives its SSL.
struct TlsNotes {
    // towards the server
    UpstreamSessions* sessions = nullptr;
    std::string session_key;
    bool certificate_asked = false;  // the server asked for a client certificate
    bool go_without = false;         // answer with none (else the handshake stops there)
    // towards the client
    std::string alpn;         // what the server chose; empty: none
    int alert_received = -1;  // fatal alert of the peer (RFC 8446 6)
    bool sent_certificate = false;
};

enum class TlsVersion : std::uint8_t { tls12, tls13 };

class TlsContexts {
  public:
    // `tickets` outlives it. The least version is for each side.
    struct Settings {
        TlsVersion server_least = TlsVersion::tls12;
        TlsVersion client_least = TlsVersion::tls12;
    };
    TlsContexts(const Settings& settings, TicketKeys& tickets);

    SSL_CTX* to_servers() const { return to_servers_.get(); }
    SSL_CTX* to_clients() const { return to_clients_.get(); }

    // Our own hello (RFC 8446 9.3): nothing of the client's is copied but the name and the list of
    // application protocols.
    //   name  empty: no SNI (the server is known by address).
    //   alpn  as in a hello: each name behind its length; empty: none.
    static bool prepare_client(SSL* ssl, TlsNotes& notes, const std::string& name, Bytes alpn);
    //   scope  of resumption: a ticket of another scope is not accepted.
    static bool prepare_server(SSL* ssl, TlsNotes& notes, std::string_view scope);

  private:
    SslContextPtr to_servers_, to_clients_;
};

// The error queue as text for the log; empties it.
std::string tls_error();

}  // namespace sluice::inspect
