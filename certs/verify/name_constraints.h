// Name constraints of the authorities in a path (RFC 5280 4.2.1.10, 6.1.3 b and c).
#pragma once
#include <cstddef>
#include <span>

#include "certs/verify/parsed.h"

namespace sluice::certs::verify {

// A path: leaf first, anchor last. Constraints of every certificate, the anchor included, bind all
// before it, except self-issued intermediates. name_not_permitted, bad_extension (constraints that
// are malformed, or of a form that is not understood, on a name of that form), too_much_work (more
// than `comparisons_max` names x constraints).
Check check_name_constraints(std::span<const Parsed* const> path, std::size_t comparisons_max);

}  // namespace sluice::certs::verify
