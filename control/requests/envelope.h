// The signature around a request: CMS SignedData (RFC 5652), opened and checked in itself. Whether
// its certificate is to be believed is asked elsewhere (signer_check.h).
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "certs/verify/handles.h"
#include "control/requests/request_fault.h"
#include "rules/base/result.h"
#include "rules/base/time.h"

namespace sluice::control::requests {

inline constexpr std::size_t kRequestBytesMax = 1u << 20;  // of the message, and of the content

struct Envelope {
    std::string content;  // what was signed, byte for byte
    certs::verify::CertificateHandle signer;
    std::vector<certs::verify::CertificateHandle> others;  // certificates that came along
    UtcTime signed_at;  // signed attribute signingTime: the signer's word
};

// `message`: DER or PEM. `content`: what a detached signature signs; nothing: it is in the message.
// `foreign`: other algorithms than RSA, ECDSA and Ed25519 with SHA-2 are left to OpenSSL's
// providers.
Result<Envelope, Refusal> open_envelope(const std::string& message,
                                        const std::optional<std::string>& content, bool foreign);

}  // namespace sluice::control::requests
