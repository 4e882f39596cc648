// JWS in its compact form (RFC 7515) with Ed25519 (RFC 8037): how feeds say who made them.
//
//   base64url({"alg":"EdDSA"}) . base64url(payload) . base64url(signature)
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "certs/x509/handles.h"
#include "rules/base/result.h"

namespace sluice::certs {

inline constexpr std::size_t kJwsBytesMax = 1u << 20;

using Ed25519Public = std::array<std::uint8_t, 32>;

// The raw key in base64url without padding, as the `x` of a JSON Web Key has it: 43 characters.
std::string to_text(const Ed25519Public& key);
std::optional<Ed25519Public> parse_ed25519(std::string_view text);
// Nothing for a key of another kind.
std::optional<Ed25519Public> public_of(const EVP_PKEY* key);

enum class JwsError : std::uint8_t {
    too_large,      // over kJwsBytesMax
    malformed,      // not three parts of base64url, or its header is no JSON object
    algorithm,      // not EdDSA, or the header demands something (crit, b64) that is not known here
    bad_signature,  // of none of the keys
};
std::string_view sentence_of(JwsError error) noexcept;

// The payload, when one of `keys` has signed it.
//   cost  one verification a key, about 60 us each
Result<std::string, JwsError> open_jws(std::string_view token, std::span<const Ed25519Public> keys);

// `key` is an Ed25519 private key.
std::string sign_jws(std::string_view payload, EVP_PKEY* key);

std::string to_base64url(std::string_view bytes);
// Without padding, and without bits left over; nothing for anything else.
std::optional<std::string> from_base64url(std::string_view text);

}  // namespace sluice::certs
