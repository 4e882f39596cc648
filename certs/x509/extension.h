// Adds one extension to a certificate that is being made.
#pragma once
#include <cstdint>

#include "certs/x509/handles.h"

namespace sluice::certs {

// `value` is the type OpenSSL has for `nid` (X509V3_ext_i2d). A failure is of memory: it asserts.
void add_extension(X509* certificate, int nid, void* value, bool critical);

// A random serial number of 127 bits: positive, never 0 (RFC 5280 4.1.2.2; CA/B 7.1 asks for 64).
void set_random_serial(X509* certificate);

// SHA-1 of the public key: method 1 of RFC 5280 4.2.1.2. An identifier, not a protection.
void add_subject_key_id(X509* certificate);
// The subject key id of `issuer`.
void add_authority_key_id(X509* certificate, const X509* issuer);
void add_basic_constraints(X509* certificate, bool ca, int path_length);
// Bits of KU_... (x509v3.h).
void add_key_usage(X509* certificate, unsigned bits);

void set_validity(X509* certificate, std::int64_t not_before_utc, std::int64_t not_after_utc);

// Signs with SHA-256 (Ed25519 keys: with what they have). False only when the key cannot sign.
bool sign_certificate(X509* certificate, EVP_PKEY* issuer_key);

}  // namespace sluice::certs
