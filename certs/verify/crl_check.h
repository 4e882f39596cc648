// Asks CRLs about each certificate of a path. The processing of RFC 5280 6.3.3 (scopes, reasons,
// deltas, indirect lists, lists under a key of their own) is OpenSSL's; the path is not: it was
// found and judged before, and OpenSSL must come to the same one.
#pragma once
#include <vector>

#include "certs/verify/revocation.h"

namespace sluice::certs::verify {

enum class Standing : std::uint8_t { good, revoked, unknown };

struct CrlAnswer {
    std::vector<Standing> standing;  // one for each certificate of the path but the anchor
    UtcTime good_until{INT64_MAX};   // the earliest end of the lists asked that are current
};

CrlAnswer ask_crls(const Path& path, const RevocationQuestion& question,
                   const VerifyPolicy& policy);

}  // namespace sluice::certs::verify
