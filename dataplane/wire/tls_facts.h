// What a ClientHello tells of its client besides the name: ALPN, version and the JA4 fingerprint.
#pragma once
#include "dataplane/wire/tls_client_hello.h"
#include "rules/model/tls_facts.h"

namespace sluice::wire {

enum class HelloOver : char { tls = 't', quic = 'q', dtls = 'd' };

// Facts of `hello`, whose message is still there. Cost: two SHA-256 over at most a few hundred
// bytes (about 0.7 us), no allocation. Lists longer than kHashedMax are fingerprinted as far as
// that. ALPN is told as far as whole words fit.
//   source  github.com/FoxIO-LLC/ja4, technical_details/JA4.md (the BSD-licensed TLS client part)
inline constexpr std::size_t kHashedMax = 128;  // cipher suites, extensions, signature algorithms
model::TlsFacts tls_facts(const ClientHello& hello, HelloOver over) noexcept;

}  // namespace sluice::wire
