// Whether a server is who it says: asked once a handshake, before the client gets a certificate.
// certs/verify answers in the product; this is what inspect needs of it.
#pragma once
#include <openssl/ssl.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "rules/base/bytes.h"
#include "rules/base/ip.h"
#include "rules/base/time.h"

namespace sluice::inspect {

// X(word, sentence). What is wrong with a server. Append only: counters are in this order.
#define SLUICE_ORIGIN_FAULTS(X)                                                                 \
    X(expired, "a certificate of the server has expired or is not valid yet")                   \
    X(untrusted_issuer, "the server's certificate leads to no authority we trust")              \
    X(wrong_name, "the server's certificate is for another name")                               \
    X(revoked, "the server's certificate was withdrawn by its issuer")                          \
    X(weak, "the server's certificate has a weak key or signature")                             \
    X(staple_missing, "the certificate demands proof that it was not withdrawn; there is none") \
    X(malformed, "the server's certificates break the rules for certificates")                  \
    X(handshake, "the server speaks no TLS that the policy accepts")

enum class OriginFault : std::uint8_t {
#define X(word, text) word,
    SLUICE_ORIGIN_FAULTS(X)
#undef X
};
struct OriginFaultInfo {
    std::string_view word, text;
};
inline constexpr std::array kOriginFaults = {
#define X(word, text) OriginFaultInfo{#word, text},
    SLUICE_ORIGIN_FAULTS(X)
#undef X
};
constexpr const OriginFaultInfo& info(OriginFault f) {
    return kOriginFaults[static_cast<std::size_t>(f)];
}

struct ChainQuestion {
    STACK_OF(X509) * chain = nullptr;  // as sent, the server's own first; never empty
    std::string_view name;             // canonical; empty: by address
    IpAddress address;
    Bytes staple;          // OCSP response as it came; empty: none
    bool resumed = false;  // a session of a handshake that was judged: servers staple only then
    UtcTime now;
};

// Certificates as DER, the server's own first.
using OriginPath = std::vector<std::vector<std::uint8_t>>;

struct ChainVerdict {
    bool trusted = false;
    // When trusted: each signed by the next, the trust anchor last. The signer wants to see it.
    std::shared_ptr<const OriginPath> path = {};
    OriginFault fault = OriginFault::untrusted_issuer;  // when not trusted
    std::string detail = {};                            // for the log
};

class ChainVerifier {
  public:
    virtual ~ChainVerifier() = default;
    // Never waits for the network.
    virtual ChainVerdict verify(const ChainQuestion& question) = 0;
};

}  // namespace sluice::inspect
