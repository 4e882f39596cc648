// Addresses that stay on their wire or name no host at all: nobody's user, nobody's service.
#pragma once
#include "rules/base/ip.h"

namespace sluice::lookup {

// Link-local, unspecified, loopback, multicast of any scope, limited broadcast
// (RFC 3927, 4291, 1122, 5771, 919).
constexpr bool is_local_use(const IpAddress& address) {
    if (address.is_v4()) {
        const std::uint32_t a = address.as_v4();
        return a == 0 || a == 0xffffffff || a >> 24 == 127 || a >> 16 == 0xa9fe || a >> 28 == 0xe;
    }
    const auto& b = address.bytes;
    if (b[0] == 0xff || (b[0] == 0xfe && (b[1] & 0xc0) == 0x80)) return true;
    for (unsigned i = 0; i < 15; ++i)
        if (b[i] != 0) return false;
    return b[15] <= 1;  // :: and ::1
}

}  // namespace sluice::lookup
