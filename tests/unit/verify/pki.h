// Certificates made at test time: each good by default, changed in one thing by a test.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "certs/verify/trust_store.h"
#include "certs/verify/verify_chain.h"

namespace sluice::certs::verify::test {

inline constexpr std::int64_t kNoon = 1'780'315'200;  // 2026-06-01T12:00:00Z
inline constexpr std::int64_t kDay = 86'400;

using KeyHandle = std::unique_ptr<EVP_PKEY, FreedBy<EVP_PKEY_free>>;
using Der = std::vector<std::uint8_t>;

// What a certificate shall be. Extensions are in the words of openssl x509v3_config; an empty text
// leaves one out, an OID with "DER:.." makes any.
struct Spec {
    std::string common_name;  // empty: an empty subject
    std::vector<std::pair<std::string, std::string>> extensions;
    int version = 3;
    std::string serial = "1001";        // hexadecimal, perhaps with a minus
    std::string not_before, not_after;  // ASN.1 text; empty: ten days around kNoon
    const EVP_MD* digest = EVP_sha256();
    EVP_PKEY* key = nullptr;    // borrowed; null: a P-256 key of its own
    bool by_issuer_key = true;  // false: signed with a stranger's key
    // What is done to it before, and after, it is signed.
    std::function<void(X509*)> change, spoil;
    std::string second_common_name;

    Spec& set(const std::string& extension, const std::string& value);
    Spec& add(const std::string& extension, const std::string& value);
};

struct Made {
    CertificateHandle x509;
    KeyHandle key;
    Der der() const;
};

Spec root_spec(const std::string& name = "root");
Spec authority_spec(const std::string& name = "authority");
Spec leaf_spec(const std::string& name = "host.example.org");

// `issuer` null: self-signed.
Made make(const Spec& spec, const Made* issuer = nullptr);

KeyHandle rsa_key(unsigned bits);
KeyHandle ec_key(const char* curve, bool explicit_parameters = false);
// An RSA public key of such numbers (2,048 bits); good for nothing but to be looked at.
KeyHandle rsa_numbers(std::uint64_t exponent, bool even_modulus);

// A root and an authority, made once.
const Made& root();
const Made& authority();

// A request about host.example.org at kNoon.
VerifyRequest request_for(const Made& leaf, std::span<X509* const> others);
// Root trusted, `others` sent along (the authority when empty).
Verdict verify(const Made& leaf, const std::vector<const Made*>& others = {&authority()},
               const VerifyPolicy& policy = {}, Purpose purpose = Purpose::server);
Fault fault_of(const Spec& leaf);

}  // namespace sluice::certs::verify::test
