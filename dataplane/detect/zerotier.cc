// words: zerotier
// looks at: the HELLO: its verb in clear, and the sender's address, which its identity repeats
// limits: other packets are enciphered; a flow is told by its HELLO, which opens and renews it
// source: ZeroTierOne node/Packet.hpp
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

Answer zerotier_over_udp(const FirstBytesView& view) noexcept {
    constexpr std::size_t kSourceAt = 13, kFlagsAt = 18, kVerbAt = 27, kIdentityAt = 41;
    constexpr std::size_t kAddressSize = 5, kSmallest = 111;
    constexpr std::uint8_t kCipherMask = 0x38, kVerbMask = 0x1f, kHello = 1;
    const Bytes bytes = view.bytes;
    if (bytes.size() < kSmallest || (bytes[kFlagsAt] & kCipherMask) != 0 ||
        (bytes[kVerbAt] & kVerbMask) != kHello)
        return Answer::no;
    const Bytes source = bytes.subspan(kSourceAt, kAddressSize);
    return yes_if(!all_zero(source) &&
                  std::equal(source.begin(), source.end(), bytes.begin() + kIdentityAt));
}

}  // namespace sluice::detect
