// Judges a stapled OCSP response (RFC 6960, RFC 5019): is it for that certificate, by one who may
// say so, and of now?
#pragma once
#include "certs/verify/parsed.h"
#include "certs/verify/policy.h"

namespace sluice::certs::verify {

struct StapleAnswer {
    Check check;         // ok: the certificate is good; revoked, staple_bad, staple_stale
    bool known = false;  // good or revoked
    UtcTime good_until;  // when good: nextUpdate, or thisUpdate + the policy's age
};

// `issuer` is the leaf's issuer in the path. Responder: the issuer itself, or a certificate in the
// response that the issuer signed for OCSP (RFC 6960 4.2.2.2). Cost: one or two signatures.
StapleAnswer judge_staple(Bytes staple, const Parsed& leaf, const Parsed& issuer, UtcTime now,
                          const VerifyPolicy& policy);

}  // namespace sluice::certs::verify
