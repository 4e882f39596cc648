// words: rdp
// looks at: the X.224 connection request with a cookie, a negotiation or nothing, or its
//   confirmation; over UDP the SYN with its padding
// limits: RDP inside TLS is told as tls
// source: MS-RDPBCGR 2.2.1.1, 2.2.1.2; MS-RDPEUDP 2.2.2, 3.1.5.1.1
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

namespace {

constexpr std::uint8_t kRequest = 0xe0, kConfirm = 0xd0;
constexpr std::size_t kFixed = 11;  // TPKT 4, X.224 7

}  // namespace

Answer rdp_over_tcp(const FirstBytesView& view) noexcept {
    constexpr std::uint16_t kLargest = 512;
    std::uint16_t size = 0;
    std::uint8_t header = 0, code = 0;
    Probe probe(view.bytes);  // version 3, 0, length | length, code, references, class 0
    probe.is(0x03).zeros(1).u16(size).fail_unless(size >= kFixed && size <= kLargest);
    probe.u8(header).fail_unless(header + 5u == size).u8(code);
    probe.fail_unless(code == kRequest || code == kConfirm);
    if (code == kRequest)
        probe.zeros(2);
    else
        probe.skip(2);
    probe.skip(2).zeros(1);
    if (!probe.ok()) return probe.answer();
    if (size == kFixed) return yes_if(code == kRequest && be16(view.bytes, 8) == 0);
    if (code == kConfirm) return probe.between(2, 3).skip(1).is(0x08).is(std::uint8_t{0}).answer();
    const Answer negotiation =
        Probe(view.bytes).skip(kFixed).is(0x01).skip(1).is(0x08).zeros(1).answer();
    if (negotiation != Answer::no) return negotiation;
    return Probe(view.bytes).skip(kFixed).is("Cookie: ").answer();
}

Answer rdp_over_udp(const FirstBytesView& view) noexcept {
    constexpr std::size_t kSmallest = 1132, kLargest = 1232;  // padded, to measure the path
    constexpr std::uint16_t kSyn = 0x0001;
    const Bytes bytes = view.bytes;
    return yes_if(bytes.size() >= kSmallest && bytes.size() <= kLargest &&
                  be32(bytes, 0) == 0xffffffff && (be16(bytes, 6) & kSyn) != 0 &&
                  (be16(bytes, 6) & 0xe000) == 0 && all_zero(bytes.last(64)));
}

}  // namespace sluice::detect
