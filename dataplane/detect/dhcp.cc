// words: dhcp
// looks at: a BOOTP message with DHCP's cookie; a DHCPv6 message whose options fill it and name a
//   client, a server or a relayed message
// limits: BOOTP without the cookie is told by port only
// source: RFC 2131 2; RFC 8415 8, 9, 21.1
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

namespace {

bool is_v4(Bytes bytes) {
    constexpr std::size_t kCookieAt = 236, kHardwareSizeMax = 16;
    constexpr std::uint32_t kCookie = 0x63825363;
    if (bytes.size() < kCookieAt + 4) return false;
    const bool op = bytes[0] == 1 || bytes[0] == 2;
    return op && bytes[2] <= kHardwareSizeMax && be32(bytes, kCookieAt) == kCookie;
}

bool is_v6(Bytes bytes) {
    constexpr std::uint8_t kTypeMax = 36, kRelayForward = 12, kRelayReply = 13;  // IANA
    constexpr std::size_t kHeaderSize = 4, kRelayHeaderSize = 34;
    constexpr std::uint16_t kClient = 1, kServer = 2, kWanted = 6, kElapsed = 8, kRelayed = 9;
    constexpr std::uint16_t kCodeMax = 160;
    if (bytes.empty() || bytes[0] == 0 || bytes[0] > kTypeMax) return false;
    const bool relay = bytes[0] == kRelayForward || bytes[0] == kRelayReply;
    ByteReader reader(bytes);
    if (!reader.skip(relay ? kRelayHeaderSize : kHeaderSize) || reader.left() == 0) return false;
    bool usual = false;
    while (reader.left() != 0) {
        std::uint16_t code = 0;
        Bytes content;
        if (!reader.u16(code) || code == 0 || code > kCodeMax || !reader.block16(content))
            return false;
        usual = usual || (code == kClient && content.size() >= 4) ||
                (code == kServer && content.size() >= 4) ||
                (code == kWanted && !content.empty() && content.size() % 2 == 0) ||
                (code == kElapsed && content.size() == 2) || code == kRelayed;
    }
    return usual;
}

}  // namespace

Answer dhcp_over_udp(const FirstBytesView& view) noexcept {
    return yes_if(is_v4(view.bytes) || is_v6(view.bytes));
}

}  // namespace sluice::detect
