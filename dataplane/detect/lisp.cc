// words: lisp
// looks at: an encapsulated control message (type 8, then IPv4 or IPv6 with UDP inside), and
//   registers and notifications with their key and records
// limits: data packets have no mark of their own and are not told
// source: RFC 9301 5.1, 5.6 to 5.8
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

}  // namespace sluice::detect
