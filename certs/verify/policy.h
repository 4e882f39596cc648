// What verification accepts. The defaults are the web's: as strict as a browser, or stricter.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace sluice::certs::verify {

// What the leaf is to be used for.
enum class Purpose : std::uint8_t {
    server,  // TLS server: id-kp-serverAuth, a name is asked for
    client,  // TLS client certificate: id-kp-clientAuth
    signer,  // signs documents (CMS): id-kp-emailProtection or no extended key usage
};

// Which rules beyond RFC 5280 section 6 apply.
enum class Profile : std::uint8_t {
    web,      // CA/Browser Forum baseline requirements, RFC 5280 section 4 in full
    rfc5280,  // path validation only: other PKIs, which may omit key identifiers, EKU, SAN
};

// Sets of signature algorithms.
enum SignatureAlgorithms : std::uint16_t {
    kRsaPkcs1Sha2 = 1 << 0,  // SHA-256, -384, -512
    kRsaPssSha2 = 1 << 1,
    kEcdsaSha2 = 1 << 2,
    kEd25519 = 1 << 3,  // no browser takes it; a PKI of our own may
    kForeign = 1 << 4,  // key kinds only a configured provider of OpenSSL knows (GOST)
};

enum class OnUnknown : std::uint8_t { accept, refuse };

// What certificates the revocation must be known of, where it can be.
enum class CrlScope : std::uint8_t { none, leaf, chain };

struct VerifyPolicy {
    Profile profile = Profile::web;
    std::uint16_t signature_algorithms = kRsaPkcs1Sha2 | kRsaPssSha2 | kEcdsaSha2;
    unsigned rsa_bits_min = 2048;   // CA/B BR 6.1.5
    unsigned rsa_bits_max = 16384;  // bounds the cost of one signature
    bool name_required = true;      // Purpose::server: refuse a request without name and address
    // Whether a name is a public suffix (rules/load/public_suffix.h): a wildcard directly below one
    // is refused (CA/B BR 3.2.2.6). Empty: only top-level names count as public suffixes.
    std::function<bool(const std::string&)> is_public_suffix;
    bool require_staple = true;            // honour RFC 7633 (TLS feature status_request)
    CrlScope crl_scope = CrlScope::chain;  // consult the local CRL files
    OnUnknown revocation_unknown = OnUnknown::accept;  // neither staple nor CRL says anything
    std::int64_t clock_skew_s = 300;          // how far in the future a staple or CRL may begin
    std::int64_t staple_age_max_s = 864'000;  // CA/B BR 4.9.10: at most ten days
    // Bounds on work. Exceeding one refuses the chain (too_large, too_much_work).
    std::size_t certificate_bytes_max = 64 * 1024;
    std::size_t certificates_max = 32;           // presented, leaf included
    std::size_t intermediates_max = 8;           // in one path, self-issued ones not counted
    std::size_t issuers_tried_max = 100;         // steps of the search, each at most one signature
    std::size_t name_comparisons_max = 250'000;  // names x constraints over a path
};

}  // namespace sluice::certs::verify
