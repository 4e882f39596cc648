// Whether a request's certificate is to be believed, and whose it is.
#pragma once
#include "control/requests/envelope.h"
#include "control/requests/request_config.h"

namespace sluice::control::requests {

// The chain to an anchor of `config.trust` as it was when the request was signed; key usage;
// revocation as it is known at `now`. Anchors and lists are read anew: a list that was just put
// there counts for the next request.
Result<Done, Refusal> check_signer(const Envelope& envelope, const RequestConfig& config,
                                   UtcTime now);

// The one value of the configured attribute in the certificate's subject, without the prefix;
// nothing when there is none, or more than one.
std::optional<std::string> identifier_of(const X509* certificate, const RequestConfig& config);

}  // namespace sluice::control::requests
