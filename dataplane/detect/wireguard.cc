// WireGuard: its three handshake messages, on any port. Data messages are not judged: four fixed
// bytes and a counter are too little to call something a VPN.
//   source  Donenfeld, "WireGuard: Next Generation Kernel Network Tunnel", 5.4.2 to 5.4.7
#include <algorithm>

#include "dataplane/detect/recognisers.h"

namespace sluice::detect {
namespace {

bool all_zero(Bytes bytes) {
    return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t b) { return b == 0; });
}

}  // namespace

Answer wireguard_over_udp(const FirstBytesView& view) noexcept {
    constexpr std::size_t kInitiationSize = 148, kResponseSize = 92, kCookieReplySize = 64;
    constexpr std::size_t kKeySize = 32, kMacSize = 16;
    const Bytes bytes = view.bytes;
    if (bytes.size() < kCookieReplySize || !all_zero(bytes.subspan(1, 3))) return Answer::no;
    const std::size_t size = bytes[0] == 1   ? kInitiationSize
                             : bytes[0] == 2 ? kResponseSize
                             : bytes[0] == 3 ? kCookieReplySize
                                             : 0;
    if (bytes.size() != size) return Answer::no;
    // Where a key or nonce starts, and mac1 (a keyed hash) of the two messages that carry one: none
    // of these is ever zero, while padded binary protocols are full of zeros.
    const std::size_t random_at = bytes[0] == 2 ? 12 : 8;
    if (all_zero(bytes.subspan(random_at, kKeySize / 2)) ||
        all_zero(bytes.subspan(random_at + kKeySize / 2, kKeySize / 2)))
        return Answer::no;
    const bool has_mac1 = bytes[0] != 3;
    if (has_mac1 && all_zero(bytes.subspan(size - 2 * kMacSize, kMacSize))) return Answer::no;
    return Answer::yes;
}

}  // namespace sluice::detect
