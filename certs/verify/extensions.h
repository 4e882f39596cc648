// Reads the extensions of a certificate into Parsed, and holds each to its own rules.
#pragma once
#include "certs/verify/parsed.h"

namespace sluice::certs::verify {

// RFC 5280 4.2: none twice, none critical that is not understood, each understood one readable.
Check read_extensions(Parsed& p);

// Which extensions must, and must not, be critical; what they may hold (RFC 5280 4.2.1, 4.2.2).
Check strict_extensions(const Parsed& p);

}  // namespace sluice::certs::verify
