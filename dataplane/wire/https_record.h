// HTTPS records of DNS: which name the encrypted ClientHellos of a site bear in the open.
#pragma once
#include <string_view>

#include "rules/base/bytes.h"

namespace sluice::wire {

// The public name in the first ECHConfig of a version we know, as sent.
//   data     RDATA of an HTTPS or SVCB record
//   returns  empty for an alias, a record without `ech`, and whatever is cut or malformed: then
//            nothing is known
//   cost     O(bytes), no allocation; views into `data`
//   source   RFC 9460 2.2 (record), RFC 9849 4 (ECHConfigList, version 0xfe0d)
std::string_view ech_public_name(Bytes data) noexcept;

}  // namespace sluice::wire
