// IKE: version 1 or 2, on port 500, or on 4500 behind the non-ESP marker (RFC 2408 3.1, RFC 7296
// 3.1, RFC 3948 2.2). ESP in UDP has no mark of its own, so a port-4500 flow is told by its IKE.
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {
namespace {

bool is_exchange(unsigned major, std::uint8_t exchange) {
    if (major == 1) return (exchange >= 1 && exchange <= 6) || (exchange >= 32 && exchange <= 33);
    return exchange >= 34 && exchange <= 43;  // IANA IKEv2 Exchange Types
}

Answer ike_header(Bytes bytes) {
    constexpr std::size_t kHeaderSize = 28;
    if (bytes.size() < kHeaderSize) return Answer::no;
    const unsigned major = bytes[17] >> 4;
    const bool has_initiator = be32(bytes, 0) != 0 || be32(bytes, 4) != 0;
    const bool plausible = has_initiator && (major == 1 || major == 2) && (bytes[17] & 15) == 0 &&
                           is_exchange(major, bytes[18]) && be32(bytes, 24) == bytes.size();
    return plausible ? Answer::yes : Answer::no;
}

}  // namespace

Answer ike_over_udp(const FirstBytesView& view) noexcept {
    constexpr std::size_t kMarkerSize = 4;
    if (view.has_port(500) && ike_header(view.bytes) == Answer::yes) return Answer::yes;
    if (!view.has_port(4500) || view.bytes.size() < kMarkerSize || be32(view.bytes, 0) != 0)
        return Answer::no;
    return ike_header(view.bytes.subspan(kMarkerSize));
}

}  // namespace sluice::detect
