// Whether a path that is good otherwise has been revoked: stapled OCSP response first, CRLs then.
#pragma once
#include "certs/verify/crl_store.h"
#include "certs/verify/path.h"
#include "certs/verify/policy.h"

namespace sluice::certs::verify {

struct RevocationQuestion {
    Bytes staple;
    bool staple_expected = true;
    Purpose purpose;
    UtcTime now;
    const CrlStore* lists;            // null: none
    std::span<const ParsedPtr> pool;  // where certificates of CRL issuers may be
};

struct RevocationAnswer {
    Check check;  // revoked, staple_..., revocation_unknown by policy
    bool leaf_known = false;
    UtcTime good_until{INT64_MAX};  // of what answered
};

RevocationAnswer judge_revocation(const Path& path, const RevocationQuestion& question,
                                  const VerifyPolicy& policy);

}  // namespace sluice::certs::verify
