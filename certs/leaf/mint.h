// Leaf certificates: exactly one name, for a key that the asker holds, signed by one of our CAs.
#pragma once
#include <optional>

#include "certs/ca/generation.h"
#include "certs/x509/certificate.h"

namespace sluice::certs {

inline constexpr std::int64_t kLeafSecondsMax = 7 * 86'400;
// How far before now a leaf may begin: clients whose clocks are behind.
inline constexpr std::int64_t kBackdateSecondsMax = 86'400;

// May a leaf be for this key? P-256 on its named curve, or RSA of 2048 to 4096 bits whose numbers
// are sound. Cost: 20 us (P-256), some ms (RSA): ask once for each key.
bool is_leaf_key(const EVP_PKEY* key);

// What is left of `wanted` within the issuer's validity, the origin's where there is one, and seven
// days (the last of them); nothing when that does not hold `now`.
std::optional<Validity> clip_validity(const Validity& wanted, const Issuer& issuer,
                                      const std::optional<Validity>& origin, UtcTime now);

struct LeafPlan {
    const Subject& subject;
    EVP_PKEY* key;  // is_leaf_key()
    Validity validity;
};
// A new leaf: X.509 v3, random serial, empty subject, the one name as critical alternative name
// (RFC 5280 4.1.2.6), AKI, SKI, digitalSignature (RSA: keyEncipherment too), serverAuth. Nothing of
// the origin's: no SCT, no AIA, no CRL. Cost: about 0.1 ms; README.md has figures.
X509Ptr mint_leaf(const LeafPlan& plan, const Issuer& issuer);

// Holds a finished leaf against everything promised above and the issuer's name constraints, by
// OpenSSL's own reading of its bytes. False: the signer must not let it out.
bool is_as_promised(Bytes der, const LeafPlan& plan, const Issuer& issuer);

}  // namespace sluice::certs
