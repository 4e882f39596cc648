// words: lisp
// looks at: an encapsulated control message (type 8, then IPv4 or IPv6 with UDP inside), and
//   registers and notifications with their key and records; over TCP a message of the reliable
//   transport with its end marker
// limits: data packets have no mark of their own and are not told
// source: RFC 9301 5.1, 5.6 to 5.8; draft-kouvelas-lisp-map-server-reliable-transport 5
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

Answer lisp_over_udp(const FirstBytesView& view) noexcept {
    const Bytes bytes = view.bytes;
    if (bytes.size() < 16) return Answer::no;
    const unsigned type = bytes[0] >> 4;
    constexpr std::uint8_t kUdp = 17;
    if (type == 8) {
        const Bytes inner = bytes.subspan(4);
        if (!all_zero(bytes.subspan(1, 3)) || inner.size() < 28) return Answer::no;
        if (inner[0] == 0x45) return yes_if(inner[9] == kUdp && be16(inner, 2) <= inner.size());
        return yes_if(inner[0] >> 4 == 6 && inner.size() >= 48 && inner[6] == kUdp &&
                      be16(inner, 4) + 40u <= inner.size());
    }
    if (type != 3 && type != 4) return Answer::no;  // register, notify
    constexpr std::size_t kFixed = 16, kRecordFixed = 12;
    const std::size_t records = bytes[3], key = be16(bytes, 12), size = be16(bytes, 14);
    return yes_if(
        records >= 1 && records <= 64 && (key & 0xff) <= 3 && (size == 20 || size == 32) &&
        bytes.size() >= kFixed + size + records * kRecordFixed && !all_zero(bytes.subspan(4, 8)));
}

// type, length of it all, number, body, marker. What has no marker where it says that it ends is
// something else.
Answer lisp_over_tcp(const FirstBytesView& view) noexcept {
    constexpr std::size_t kFixed = 2 + 2 + 4 + 4, kLargest = 1024, kMarkerSize = 4;
    constexpr std::uint32_t kMarker = 0x9facade9;
    std::uint16_t size = 0;
    Probe probe(view.bytes);
    probe.u16_in(16, 31).u16(size).fail_unless(size >= kFixed && size <= kLargest);
    if (!probe.ok()) return probe.answer();
    probe.skip(size - kMarkerSize - 4u).u32_in(kMarker, kMarker);
    return probe.answer();
}

}  // namespace sluice::detect
