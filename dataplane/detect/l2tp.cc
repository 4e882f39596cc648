// words: l2tp
// looks at: a control message: flags, version 2 or 3, its own length, and a Message Type AVP in
//   front; IP protocol 115
// limits: data messages without a control message are not told
// source: RFC 2661 3.1, 4.1; RFC 3931 3.2, 4.1.2.1
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

Answer l2tp_over_udp(const FirstBytesView& view) noexcept {
    constexpr std::size_t kHeaderSize = 12, kAvpSize = 8;
    constexpr std::uint8_t kTypeMax = 29;  // IANA, L2TP Message Types
    std::uint16_t size = 0, avp = 0;
    Probe probe(view.bytes);
    probe.is(0xc8).between(2, 3).u16(size).fail_unless(size == view.bytes.size());
    probe.fail_unless(size >= kHeaderSize + kAvpSize).skip(8);
    probe.u16(avp).fail_unless((avp & 0x7fff) == kAvpSize).zeros(5).between(1, kTypeMax);
    return yes_if(whole(probe));
}

}  // namespace sluice::detect
