// Parsed: one certificate with all that verification asks of it, read once. What is wrong with it
// whatever its place in a chain is found here; its place is judged in profile.h and path.h.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "certs/verify/fault.h"
#include "certs/verify/handles.h"
#include "rules/base/bytes.h"
#include "rules/base/time.h"
#include "rules/ipc/sha256.h"

namespace sluice::certs::verify {

// A rule that is broken, and which: `why` is a literal that cites it.
struct Check {
    Fault fault = Fault::none;
    const char* why = "";
    bool ok() const { return fault == Fault::none; }
};

// Purposes an extended key usage names (RFC 5280 4.2.1.12), as bits.
enum KeyPurpose : std::uint8_t {
    kServerAuth = 1 << 0,
    kClientAuth = 1 << 1,
    kEmail = 1 << 2,
    kOcspSigning = 1 << 3,
    kAnyPurpose = 1 << 4,
};

struct Parsed {
    CertificateHandle x509;
    ipc::Sha256 fingerprint{};      // of the DER
    Check encoding;                 // the first thing wrong with it in any place; else ok
    Check strict;                   // the same for rules that only the web profile knows
    UtcTime not_before, not_after;  // both inclusive (RFC 5280 4.1.2.5)
    bool self_issued = false;       // subject and issuer are the same name
    std::optional<bool> ca;         // basic constraints; nothing: no such extension
    bool ca_critical = false;
    std::optional<std::int64_t> path_length;
    std::optional<std::uint32_t> key_usage;  // KU_... bits
    bool has_extended_usage = false, extended_usage_critical = false;
    std::uint8_t purposes = 0;  // KeyPurpose bits
    NamesHandle names;          // subject alternative names; null: none
    bool names_critical = false;
    ConstraintsHandle constraints;
    KeyIdHandle authority_key;
    const ASN1_OCTET_STRING* subject_key = nullptr;  // in x509
    bool must_staple = false;                        // RFC 7633: status_request
    bool has_policies = false;                       // any extension of certificate policies

    const X509_NAME* subject() const { return X509_get_subject_name(x509.get()); }
    const X509_NAME* issuer() const { return X509_get_issuer_name(x509.get()); }
    EVP_PKEY* key() const { return X509_get0_pubkey(x509.get()); }
};

// Never null. `certificate` is shared. Cost: some 20 us.
std::shared_ptr<const Parsed> parse(X509* certificate);

// One DER certificate and nothing behind it, in strict DER (lengths minimal and definite); null for
// anything else.
CertificateHandle certificate_from_der(Bytes der);

// An ASN.1 time, read strictly: YYMMDDHHMMSSZ or YYYYMMDDHHMMSSZ of a day that exists.
std::optional<UtcTime> instant_of(const ASN1_TIME* time);

// Whether a name's encoding is empty (RFC 5280 4.1.2.6).
bool is_empty(const X509_NAME* name);

// The bytes that two equal names share: lower case, blanks folded (RFC 5280 7.1), for use as a key.
std::string canonical_key(const X509_NAME* name);

std::string text_of(const X509_NAME* name);

}  // namespace sluice::certs::verify
