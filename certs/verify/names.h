// Is a certificate for the name that was asked for? RFC 9525; and are its names well formed?
#pragma once
#include <optional>
#include <string_view>

#include "certs/verify/parsed.h"
#include "certs/verify/policy.h"
#include "rules/base/ip.h"

namespace sluice::certs::verify {

// A dNSName as certificates may carry it: preferred name syntax (RFC 1034 3.5, RFC 1123 2.1:
// letters, digits, inner hyphens; no underscore, no final dot), perhaps with `*` as its whole first
// label.
bool is_dns_name(std::string_view text, bool wildcard_allowed);

// Whether `presented` (well formed, any case) stands for `name`: equal, or a wildcard for exactly
// one label (RFC 9525 6.3).
bool stands_for(std::string_view presented, std::string_view name);

// The bytes of an IA5String alternative name.
std::string_view text_of(const ASN1_STRING* string);

// Whether the leaf's alternative names cover the name or address asked for. The common name is not
// looked at (RFC 9525 6.1). wrong_name, no_names.
Check check_name(const Parsed& leaf, std::string_view name, const std::optional<IpAddress>& address,
                 const VerifyPolicy& policy);

// Whether every alternative name of a leaf is well formed (RFC 5280 4.2.1.6, CA/B BR 7.1.2.7.12)
// and the common name, if any, is one of them (BR 7.1.4.3).
Check check_names_form(const Parsed& leaf, const VerifyPolicy& policy);

}  // namespace sluice::certs::verify
