// Strict DER, which OpenSSL's reader does not insist on: two readers must not see two certificates
// in the same bytes.
#pragma once
#include "rules/base/bytes.h"

namespace sluice::certs::verify {

// Whether `bytes` is one element with definite, minimal lengths throughout (X.690 10.1), and
// nothing behind it. Walks constructed elements to a depth of 32; cost is linear.
bool is_der(Bytes bytes);

}  // namespace sluice::certs::verify
