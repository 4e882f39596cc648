// DHCP: a BOOTP message with DHCP's cookie (RFC 2131 2), or a DHCPv6 message whose options fill it
// (RFC 8415 8, 9, 21.1), on their ports.
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {
namespace {

Answer dhcp_v4(Bytes bytes) {
    constexpr std::size_t kCookieAt = 236, kHardwareSizeMax = 16;
    constexpr std::uint32_t kCookie = 0x63825363;
    if (bytes.size() < kCookieAt + 4) return Answer::no;
    const bool op = bytes[0] == 1 || bytes[0] == 2;
    return op && bytes[2] <= kHardwareSizeMax && be32(bytes, kCookieAt) == kCookie ? Answer::yes
                                                                                   : Answer::no;
}

Answer dhcp_v6(Bytes bytes) {
    constexpr std::uint8_t kTypeMax = 36, kRelayForward = 12, kRelayReply = 13;  // IANA
    constexpr std::size_t kHeaderSize = 4, kRelayHeaderSize = 34;
    if (bytes.empty() || bytes[0] == 0 || bytes[0] > kTypeMax) return Answer::no;
    const bool relay = bytes[0] == kRelayForward || bytes[0] == kRelayReply;
    ByteReader reader(bytes);
    if (!reader.skip(relay ? kRelayHeaderSize : kHeaderSize) || reader.left() == 0)
        return Answer::no;
    while (reader.left() != 0) {
        std::uint16_t code = 0;
        Bytes content;
        if (!reader.u16(code) || code == 0 || !reader.block16(content)) return Answer::no;
    }
    return Answer::yes;
}

}  // namespace

Answer dhcp_over_udp(const FirstBytesView& view) noexcept {
    if (view.has_port(67) || view.has_port(68)) return dhcp_v4(view.bytes);
    if (view.has_port(546) || view.has_port(547)) return dhcp_v6(view.bytes);
    return Answer::no;
}

}  // namespace sluice::detect
