#include "dataplane/inspect/tls_contexts.h"

#include <openssl/err.h>
#include <openssl/sha.h>

#include "rules/base/assert.h"

namespace sluice::inspect {
namespace {

constexpr const char* kGroups = "X25519:P-256:P-384";
// No SHA-1, no DSA (RFC 9155).
constexpr const char* kSignatures =
    "ECDSA+SHA256:RSA-PSS+SHA256:RSA+SHA256:ECDSA+SHA384:RSA-PSS+SHA384:RSA+SHA384:"
    "ECDSA+SHA512:RSA-PSS+SHA512:RSA+SHA512:ed25519";
// TLS 1.2: forward secrecy always. Of servers also CBC, which many still have and browsers take.
constexpr const char* kCiphersOfServers = "ECDHE+AESGCM:ECDHE+CHACHA20:ECDHE+AES";
constexpr const char* kCiphersOfClients = "ECDHE+AESGCM:ECDHE+CHACHA20";
constexpr long kUpstreamSessionSeconds = 7'200;

int version_number(TlsVersion version) {
    return version == TlsVersion::tls13 ? TLS1_3_VERSION : TLS1_2_VERSION;
}

TlsNotes& notes_of(const SSL* ssl) { return *static_cast<TlsNotes*>(SSL_get_app_data(ssl)); }

int on_new_session(SSL* ssl, SSL_SESSION* session) {
    TlsNotes& notes = notes_of(ssl);
    if (notes.sessions == nullptr) return 0;
    // A copy: OpenSSL spoils the connection's own when the server hangs up without close_notify, as
    // many do.
    if (SessionPtr copy{SSL_SESSION_dup(session)})
        notes.sessions->put(notes.session_key, std::move(copy));
    return 0;
}

// Called when the server has asked: -1 stops the handshake there, 0 goes on with none.
int on_certificate_asked(SSL* ssl, X509** /*certificate*/, EVP_PKEY** /*key*/) {
    TlsNotes& notes = notes_of(ssl);
    notes.certificate_asked = true;
    return notes.go_without ? 0 : -1;
}

int on_alpn(SSL* ssl, const unsigned char** out, unsigned char* out_size, const unsigned char* in,
            unsigned int in_size, void* /*unused*/) {
    const std::string& wanted = notes_of(ssl).alpn;
    if (wanted.empty()) return SSL_TLSEXT_ERR_NOACK;
    ByteReader reader(Bytes{in, in_size});
    Bytes offered;
    while (reader.block8(offered)) {
        if (as_text(offered) != wanted) continue;
        *out = offered.data();
        *out_size = static_cast<unsigned char>(offered.size());
        return SSL_TLSEXT_ERR_OK;
    }
    return SSL_TLSEXT_ERR_NOACK;
}

void on_info(const SSL* ssl, int where, int value) {
    constexpr int kFatal = 2;
    if ((where & SSL_CB_READ_ALERT) == SSL_CB_READ_ALERT && value >> 8 == kFatal)
        notes_of(ssl).alert_received = value & 0xff;
}

void set_common(SSL_CTX* context) {
    SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION);
    // A flow that rests holds no record buffers; what does not fit the socket may be retried from
    // another place.
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_info_callback(context, on_info);
    SLUICE_ASSERT(SSL_CTX_set1_groups_list(context, kGroups) == 1);
    SLUICE_ASSERT(SSL_CTX_set1_sigalgs_list(context, kSignatures) == 1);
}

SslContextPtr make_to_servers(TlsVersion least) {
    SslContextPtr context(SSL_CTX_new(TLS_client_method()));
    SLUICE_ASSERT(context);
    set_common(context.get());
    SSL_CTX_set_min_proto_version(context.get(), version_number(least));
    SLUICE_ASSERT(SSL_CTX_set_cipher_list(context.get(), kCiphersOfServers) == 1);
    // The chain is judged by certs/verify once the handshake is done, before the client gets a
    // byte.
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
    SSL_CTX_set_session_cache_mode(context.get(),
                                   SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_set_timeout(context.get(), kUpstreamSessionSeconds);
    SSL_CTX_sess_set_new_cb(context.get(), on_new_session);
    SSL_CTX_set_client_cert_cb(context.get(), on_certificate_asked);
    SSL_CTX_set_tlsext_status_type(context.get(), TLSEXT_STATUSTYPE_ocsp);
    return context;
}

SslContextPtr make_to_clients(TlsVersion least, TicketKeys& tickets) {
    SslContextPtr context(SSL_CTX_new(TLS_server_method()));
    SLUICE_ASSERT(context);
    set_common(context.get());
    SSL_CTX_set_min_proto_version(context.get(), version_number(least));
    SLUICE_ASSERT(SSL_CTX_set_cipher_list(context.get(), kCiphersOfClients) == 1);
    SSL_CTX_set_options(context.get(), SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);  // tickets only
    SSL_CTX_set_num_tickets(context.get(), 1);
    SSL_CTX_set_max_early_data(context.get(), 0);  // 0-RTT can be replayed: refused
    SSL_CTX_set_alpn_select_cb(context.get(), on_alpn, nullptr);
    tickets.serve(context.get());
    return context;
}

}  // namespace

TlsContexts::TlsContexts(const Settings& settings, TicketKeys& tickets)
    : to_servers_(make_to_servers(settings.server_least)),
      to_clients_(make_to_clients(settings.client_least, tickets)) {}

bool TlsContexts::prepare_client(SSL* ssl, TlsNotes& notes, const std::string& name, Bytes alpn) {
    SSL_set_app_data(ssl, &notes);
    SSL_set_connect_state(ssl);
    if (!name.empty() && SSL_set_tlsext_host_name(ssl, name.c_str()) != 1) return false;
    if (!alpn.empty() &&
        SSL_set_alpn_protos(ssl, alpn.data(), static_cast<unsigned>(alpn.size())) != 0)
        return false;
    if (notes.sessions == nullptr) return true;
    if (const SessionPtr session = notes.sessions->take(notes.session_key))
        SSL_set_session(ssl, session.get());
    return true;
}

bool TlsContexts::prepare_server(SSL* ssl, TlsNotes& notes, std::string_view scope) {
    SSL_set_app_data(ssl, &notes);
    SSL_set_accept_state(ssl);
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256(as_bytes(scope).data(), scope.size(), digest);
    static_assert(SHA256_DIGEST_LENGTH <= SSL_MAX_SSL_SESSION_ID_LENGTH);
    return SSL_set_session_id_context(ssl, digest, sizeof digest) == 1;
}

std::string tls_error() {
    std::string text;
    for (unsigned long code = ERR_get_error(); code != 0; code = ERR_get_error()) {
        const char* reason = ERR_reason_error_string(code);
        if (!text.empty()) text += "; ";
        text += reason != nullptr ? reason : "error " + std::to_string(code);
    }
    return text;
}

}  // namespace sluice::inspect
