// words: s7comm mms
// looks at: the COTP connection request, by the two-byte addresses a PLC is asked with; data of S7
//   or an ISO session where the request was not seen
// limits: a request alone is answered as likely
// source: RFC 1006 6, RFC 905 13; Siemens S7 addresses: observed; ISO 9506, ISO 8327
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

namespace {

// TPKT, then a connection request with its parameters. Answers with the called address.
Answer called_address(Bytes bytes, std::uint16_t& called) {
    std::uint16_t size = 0;
    std::uint8_t header = 0;
    Probe probe(bytes);
    probe.is(0x03).zeros(1).u16(size).fail_unless(size >= 18 && size <= 128).u8(header);
    probe.fail_unless(header + 5u == size).is(0xe0).zeros(2).skip(2).between(0, 0x10);
    bool found = false;
    while (probe.ok() && probe.at() < size) {
        std::uint8_t kind = 0, length = 0;
        probe.u8(kind).u8(length).fail_unless(kind >= 0xc0 && kind <= 0xc8);
        if (!probe.ok()) break;
        probe.fail_unless(kind == 0xc0 ? length == 1 : length == 2);
        if (kind == 0xc2) {
            probe.u16(called);
            found = probe.ok();
        } else {
            probe.skip(length);
        }
    }
    return probe.ok() ? yes_if(found) : probe.answer();
}

Answer data_begins(Bytes bytes, std::initializer_list<std::uint8_t> first) {
    Probe probe(bytes);
    probe.is(0x03).zeros(1).u16_in(8, 4096).is(0x02).is(0xf0).is(0x80).any_of(first);
    return probe.answer();
}

}  // namespace

Answer s7comm_over_tcp(const FirstBytesView& view) noexcept {
    const Answer data = data_begins(view.bytes, {0x32, 0x72});
    if (data != Answer::no) return data;
    std::uint16_t called = 0;
    const Answer request = called_address(view.bytes, called);
    if (request != Answer::yes) return request;
    return yes_if(called >> 8 >= 1 && called >> 8 <= 3);  // programmer, panel, basic; rack and slot
}
Answer mms_over_tcp(const FirstBytesView& view) noexcept {
    const Answer data = data_begins(view.bytes, {0x0d, 0x0e, 0x01});
    if (data != Answer::no) return data;
    std::uint16_t called = 0;
    const Answer request = called_address(view.bytes, called);
    return request == Answer::yes ? yes_if(called >> 8 == 0) : request;
}

}  // namespace sluice::detect
