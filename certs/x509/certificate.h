// Certificates and public keys: bytes to objects and back, and what is asked of them.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "certs/x509/handles.h"
#include "rules/base/bytes.h"
#include "rules/base/ip.h"
#include "rules/base/time.h"
#include "rules/ipc/sha256.h"

namespace sluice::certs {

using Der = std::vector<std::uint8_t>;

// One whole DER certificate with nothing behind it; null for anything else. Cost: about 10 us.
X509Ptr parse_certificate(Bytes der);
Der der_of(const X509* certificate);
// PEM text; the first certificate in it.
X509Ptr certificate_from_pem(std::string_view pem);
std::string pem_of(const X509* certificate);

// SubjectPublicKeyInfo, DER.
KeyPtr parse_public_key(Bytes spki);
Der spki_of(const EVP_PKEY* key);

// SHA-256 of the DER: what people compare over the phone.
ipc::Sha256 fingerprint(Bytes der);
// "AB:CD:...", as browsers and openssl print it.
std::string fingerprint_text(const ipc::Sha256& fingerprint);

struct Validity {
    UtcTime not_before, not_after;  // both inclusive (RFC 5280 4.1.2.5)
    bool contains(UtcTime t) const { return not_before <= t && t <= not_after; }
};
// Nothing when a time of the certificate cannot be read.
std::optional<Validity> validity_of(const X509* certificate);

// Whether its basic constraints say that it is a CA's, whatever else it says.
bool says_ca(X509* certificate);

// What a leaf is for: one host name or one address.
struct Subject {
    std::string name;                  // canonical host name; empty when `address` is set
    std::optional<IpAddress> address;  // exactly one of the two
    friend bool operator==(const Subject&, const Subject&) = default;
};
std::string to_text(const Subject& subject);

// Is the certificate for that subject? Subject alternative names only, never the common name; a
// wildcard stands for one whole left-most label (RFC 6125 6.4.3, 6.4.4).
bool covers(X509* certificate, const Subject& subject);
// The one subject of a certificate with exactly one alternative name, of a kind we make.
std::optional<Subject> only_subject(const X509* certificate);

}  // namespace sluice::certs
