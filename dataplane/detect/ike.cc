// words: ipsec
// looks at: the header of IKE 1 or 2: an initiator's cookie, a version, an exchange and a payload
//   of it, and its own length; behind four zeros too (NAT traversal), and "IKETCP" over TCP
// limits: none known
// source: RFC 2408 3.1, RFC 7296 3.1, RFC 3948 2.2, RFC 8229 4; IANA IKEv2 parameters
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

namespace {

constexpr std::size_t kHeaderSize = 28;

bool is_exchange(unsigned major, std::uint8_t exchange) {
    if (major == 1) return (exchange >= 1 && exchange <= 6) || (exchange >= 32 && exchange <= 33);
    return exchange >= 34 && exchange <= 44;
}
bool is_payload(unsigned major, std::uint8_t next) {
    if (major == 1) return next <= 23 || (next >= 128 && next <= 132);
    return next == 0 || (next >= 33 && next <= 54) || next == 132;
}
bool is_flags(unsigned major, std::uint8_t flags) {
    return major == 1 ? (flags & 0xf8) == 0 : (flags & 0xc7) == 0;
}

// A datagram that came in IP fragments is shown by its first part only.
bool is_ike(Bytes bytes, bool may_be_cut) {
    constexpr std::size_t kFragmentSizeMin = 1024, kMessageMax = 64 * 1024;
    if (bytes.size() < kHeaderSize) return false;
    const unsigned major = bytes[17] >> 4;
    const std::size_t size = be32(bytes, 24);
    const bool fits = size == bytes.size() || (may_be_cut && bytes.size() >= kFragmentSizeMin &&
                                               size > bytes.size() && size <= kMessageMax);
    return fits && !all_zero(bytes.first(8)) && (major == 1 || major == 2) &&
           (bytes[17] & 15) == 0 && is_payload(major, bytes[16]) && is_exchange(major, bytes[18]) &&
           is_flags(major, bytes[19]);
}

}  // namespace

Answer ike_over_udp(const FirstBytesView& view) noexcept {
    constexpr std::size_t kMarkerSize = 4;  // zeros where ESP has its index
    if (is_ike(view.bytes, true)) return Answer::yes;
    return yes_if(view.bytes.size() > kMarkerSize && be32(view.bytes, 0) == 0 &&
                  is_ike(view.bytes.subspan(kMarkerSize), true));
}

Answer ike_over_tcp(const FirstBytesView& view) noexcept {
    return starts_with(view.bytes, "IKETCP");
}

}  // namespace sluice::detect
