// words: coap someip
// looks at: CoAP's version, code and options, which must run to the marker or the end and name a
//   path, a host or a format; SOME/IP's length, version and kind
// limits: a CoAP message without options says too little and is not told
// source: RFC 7252 3, 3.1; AUTOSAR SOME/IP protocol 4.1
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

Answer coap_over_udp(const FirstBytesView& view) noexcept {
    const Bytes bytes = view.bytes;
    if (bytes.size() < 6 || bytes[0] >> 6 != 1 || (bytes[0] & 15) > 8) return Answer::no;
    const unsigned klass = bytes[1] >> 5, detail = bytes[1] & 31u;
    const bool known = (klass == 0 && detail >= 1 && detail <= 7) || (klass == 2 && detail <= 5) ||
                       ((klass == 4 || klass == 5) && detail <= 15);
    if (!known) return Answer::no;
    std::size_t at = 4 + (bytes[0] & 15u);
    unsigned option = 0;
    bool named = false;
    while (at < bytes.size() && bytes[at] != 0xff) {
        unsigned parts[2] = {unsigned{bytes[at]} >> 4, bytes[at] & 15u};
        ++at;
        for (unsigned& part : parts) {
            if (part == 15) return Answer::no;
            if (part == 13 && at < bytes.size())
                part = bytes[at++] + 13u;
            else if (part == 14 && at + 1 < bytes.size())
                part = be16(bytes, at) + 269u, at += 2;
            else if (part >= 13)
                return Answer::no;
        }
        option += parts[0];
        if (option == 0 || option > 300 || at + parts[1] > bytes.size()) return Answer::no;
        const bool text = option == 3 || option == 8 || option == 11 || option == 15;
        if (text && !all_printable(bytes.subspan(at, parts[1]))) return Answer::no;
        named = named || (text && parts[1] != 0) || (option == 12 && parts[1] <= 2) || option == 6;
        at += parts[1];
    }
    return yes_if(named && at <= bytes.size());
}

namespace {
Answer someip(Bytes bytes, std::size_t& size) {
    std::uint32_t length = 0;
    std::uint8_t kind = 0;
    Probe probe(bytes);  // service and method, length from here, client and session, version 1 ...
    probe.skip(4).u32(length).fail_unless(length >= 8 && length <= 64 * 1024).skip(4).is(0x01);
    probe.skip(1).u8(kind).fail_unless((kind & 0x1f) <= 2 && (kind & 0x20) <= 0x20 &&
                                       ((kind & 0xc0) != 0xc0));
    size = length + 8u;
    return probe.between(0, 0x10).answer();
}
}  // namespace

Answer someip_over_udp(const FirstBytesView& view) noexcept {
    std::size_t size = 0;
    return yes_if(someip(view.bytes, size) == Answer::yes && size == view.bytes.size() &&
                  be32(view.bytes, 0) != 0);
}

}  // namespace sluice::detect
