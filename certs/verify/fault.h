// Why a certificate chain was refused: a stable word for counters and scripts, a sentence for
// people. Append only: numbers are stored.
#pragma once
#include <array>
#include <cstdint>
#include <string_view>

namespace sluice::certs::verify {

// X(word, sentence)
#define SLUICE_VERIFY_FAULTS(X)                                                                  \
    X(none, "the chain is good")                                                                 \
    X(malformed, "a certificate cannot be read, or breaks the encoding rules")                   \
    X(too_large, "a certificate, or the list of them, is larger than the limit")                 \
    X(bad_version, "a certificate is not of version 3")                                          \
    X(bad_serial, "a serial number is zero, negative or longer than 20 bytes")                   \
    X(bad_validity, "a validity period is encoded in a form that is not allowed")                \
    X(signature_mismatch, "a certificate names two different signature algorithms")              \
    X(duplicate_extension, "a certificate has the same extension twice")                         \
    X(unknown_critical, "a certificate has a critical extension that is not understood")         \
    X(bad_extension, "an extension breaks the profile (missing, malformed or wrongly critical)") \
    X(bad_subject, "a subject or issuer name is empty or contradicts the alternative names")     \
    X(weak_key, "a key is too weak, or of a kind that is not accepted")                          \
    X(weak_signature, "a signature uses an algorithm that is not accepted")                      \
    X(not_yet_valid, "a certificate is not valid yet")                                           \
    X(expired, "a certificate has expired")                                                      \
    X(not_a_ca, "an issuer in the chain is no certificate authority")                            \
    X(key_usage, "a certificate's key may not be used for this")                                 \
    X(wrong_purpose, "a certificate was issued for another purpose")                             \
    X(path_too_long, "the chain is longer than an authority in it, or the policy, allows")       \
    X(name_not_permitted, "a name lies outside of what an authority in the chain may certify")   \
    X(certificate_policies, "the chain has no certificate policy that an authority requires")    \
    X(bad_signature, "a signature in the chain is wrong")                                        \
    X(untrusted, "the chain leads to no authority that is trusted")                              \
    X(too_much_work, "the certificates have more possible paths than the limit")                 \
    X(wrong_name, "the certificate is for another name")                                         \
    X(no_names, "the certificate has no alternative names")                                      \
    X(staple_missing, "the certificate demands a stapled OCSP response and there is none")       \
    X(staple_bad,                                                                                \
      "the stapled OCSP response is malformed, not authentic, or for another certificate")       \
    X(staple_stale, "the stapled OCSP response is too old, or from the future")                  \
    X(revoked, "a certificate in the chain was revoked")                                         \
    X(revocation_unknown, "it cannot be known whether the chain was revoked")

enum class Fault : std::uint8_t {
#define X(word, sentence) word,
    SLUICE_VERIFY_FAULTS(X)
#undef X
};

struct FaultInfo {
    std::string_view word, sentence;
};
inline constexpr std::array kFaults = {
#define X(word, sentence) FaultInfo{#word, sentence},
    SLUICE_VERIFY_FAULTS(X)
#undef X
};
constexpr const FaultInfo& info(Fault fault) { return kFaults[static_cast<std::size_t>(fault)]; }

}  // namespace sluice::certs::verify
