// What a certificate must look like in its place: leaf, intermediate or anchor.
#pragma once
#include "certs/verify/parsed.h"
#include "certs/verify/policy.h"
#include "certs/verify/trust_store.h"

namespace sluice::certs::verify {

// Rules of the leaf that do not depend on a path: encoding, key, purpose, profile.
Check check_leaf(const Parsed& leaf, Purpose purpose, const VerifyPolicy& policy);

// Rules of an authority between leaf and anchor.
Check check_intermediate(const Parsed& authority, Purpose purpose, const VerifyPolicy& policy);

// Rules of an anchor. Its self-signature is not checked, so its algorithm says nothing.
Check check_anchor(const Parsed& anchor, Purpose purpose, Vetting vetting,
                   const VerifyPolicy& policy);

// not_yet_valid, expired: both ends of a validity period belong to it (RFC 5280 4.1.2.5).
Check check_time(const Parsed& p, UtcTime now);

}  // namespace sluice::certs::verify
