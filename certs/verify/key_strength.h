// Which keys and signatures are strong enough.
#pragma once
#include "certs/verify/parsed.h"
#include "certs/verify/policy.h"

namespace sluice::certs::verify {

// CA/B BR 6.1.5, 6.1.6: RSA of enough bits, a multiple of 8, with an odd exponent of 3 or more;
// P-256, P-384 or P-521 by name; Ed25519 where the policy takes it.
Check check_key(const Parsed& p, const VerifyPolicy& policy);

// CA/B BR 7.1.3.2: the certificate's own signature uses an algorithm of the policy.
Check check_signature_algorithm(const X509* certificate, const VerifyPolicy& policy);

// The same for any AlgorithmIdentifier (OCSP).
Check check_algorithm(const X509_ALGOR* algorithm, const VerifyPolicy& policy);

}  // namespace sluice::certs::verify
