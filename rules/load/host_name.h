// Host names as people write them, made canonical: IDNA to A-labels (RFC 5891, non-transitional
// UTS 46 mapping by libidn2), then rules/base/canonical_name.
#pragma once
#include <string>
#include <string_view>

namespace sluice::load {

// False when `text` is no host name; `out` is then untouched. Cost: ASCII names take one pass.
bool host_name(std::string_view text, std::string& out);

// What to do about a name that host_name() refused.
std::string host_name_hint(std::string_view text);

}  // namespace sluice::load
