// words: teredo ayiya
// looks at: an IPv6 packet of exactly the datagram's size: for Teredo with an address of 2001::/32
//   or between link-local ones, behind its own indications; for AYIYA behind its header
// limits: none known
// source: RFC 4380 5.1.1, 2.6; draft-massar-v6ops-ayiya-02 3
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

namespace {

constexpr std::size_t kIpv6Size = 40, kSourceAt = 8, kTargetAt = 24;

bool is_ipv6(Bytes packet) {
    return packet.size() >= kIpv6Size && packet[0] >> 4 == 6 &&
           be16(packet, 4) + kIpv6Size == packet.size();
}
bool has_teredo_end(Bytes packet) {
    constexpr std::uint32_t kPrefix = 0x20010000, kLinkLocal = 0xfe800000;
    const std::uint32_t source = be32(packet, kSourceAt), target = be32(packet, kTargetAt);
    return source == kPrefix || target == kPrefix ||
           (source == kLinkLocal && (target == kLinkLocal || target == 0xff020000));
}

}  // namespace

Answer teredo_over_udp(const FirstBytesView& view) noexcept {
    constexpr std::size_t kOriginSize = 8, kAuthenticationFixed = 13;
    Bytes rest = view.bytes;
    if (rest.size() >= kAuthenticationFixed && rest[0] == 0 && rest[1] == 1) {
        const std::size_t size = kAuthenticationFixed + rest[2] + rest[3];
        if (size > rest.size()) return Answer::no;
        rest = rest.subspan(size);
    }
    if (rest.size() >= kOriginSize && rest[0] == 0 && rest[1] == 0)
        rest = rest.subspan(kOriginSize);
    return yes_if(is_ipv6(rest) && has_teredo_end(rest));
}

Answer ayiya_over_udp(const FirstBytesView& view) noexcept {
    constexpr std::uint8_t kIpv6InIp = 41;
    const Bytes bytes = view.bytes;  // sizes as powers of two and in words, then next header, time
    if (bytes.size() < 8 || bytes[3] != kIpv6InIp) return Answer::no;
    const std::size_t identity = std::size_t{1} << (bytes[0] >> 4),
                      signature = (bytes[1] >> 4) * 4u;
    const std::size_t size = 8 + identity + signature;
    return yes_if(size < bytes.size() && is_ipv6(bytes.subspan(size)));
}

}  // namespace sluice::detect
