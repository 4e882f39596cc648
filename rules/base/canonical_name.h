// canonical_name: the one spelling in which host names are stored, compared and looked up. SNI,
// HTTP Host and DNS names pass through it in the fast path, lists and policies when they load.
#pragma once
#include <cstddef>
#include <string_view>

namespace sluice {

inline constexpr std::size_t kNameBytesMax = 253;  // RFC 1035 2.3.4 without the final dot
inline constexpr std::size_t kLabelBytesMax = 63;  // RFC 1035 2.3.4
inline constexpr std::size_t kNameBufferBytes = 254;

// Lower-cases ASCII letters and strips one final dot. True: the name is out[0, size), 1..253 bytes,
// and out[size] is 0. False: `in` is no host name, `size` is untouched and `out` is unspecified.
// Refused: an empty name or label, a label over 63 bytes, a name over 253, any byte other than
// letters, digits, '-' and '_' (which real SNI and service names carry), and a last label of digits
// only: that is an IPv4 address (RFC 3696 2), never a name. Hyphens at the ends of a label are let
// through, since names in use have them. A name in Unicode must be turned into A-labels before.
// `in` may not overlap `out`. One pass, no allocation.
bool canonical_name(std::string_view in, char (&out)[kNameBufferBytes], std::size_t& size) noexcept;

}  // namespace sluice
