// words: modbus
// looks at: the header's protocol 0 and length, a public function, and a length the function's
//   request or answer has
// limits: answered as likely: the header has no magic
// source: Modbus Application Protocol 1.1b3, 6; Modbus Messaging on TCP/IP 1.0b 3.1.3
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

Answer modbus_over_tcp(const FirstBytesView& view) noexcept {
    std::uint16_t size = 0;
    std::uint8_t function = 0;
    Probe probe(view.bytes);  // number, protocol 0, length | unit, function, ...
    probe.skip(2).zeros(2).u16(size).fail_unless(size >= 2 && size <= 254).skip(1).u8(function);
    if (!probe.ok()) return probe.answer();
    if (function > 0x80)
        return probe.fail_unless(size == 3 && function <= 0xab).between(1, 11).answer();
    switch (function) {
        case 1:
        case 2:
        case 3:
        case 4: {  // address and count, or a count of bytes and those
            if (size == 6) return probe.skip(2).u16_in(1, 2000).answer();
            std::uint8_t count = 0;
            return probe.u8(count).fail_unless(count + 3u == size).answer();
        }
        case 5:
            return probe.fail_unless(size == 6).skip(2).any_of({0x00, 0xff}).zeros(1).answer();
        case 6:
            return probe.fail_unless(size == 6).skip(4).answer();
        case 8:
            return probe.fail_unless(size >= 6).u16_in(0, 21).answer();
        case 15:
        case 16: {
            if (size == 6) return probe.skip(2).u16_in(1, 1968).answer();
            std::uint8_t count = 0;
            return probe.skip(2).u16_in(1, 1968).u8(count).fail_unless(count + 7u == size).answer();
        }
        case 22:
            return probe.fail_unless(size == 8).skip(6).answer();
        case 23:
            return probe.fail_unless(size >= 4).skip(4).answer();
        case 43:
            return probe.any_of({13, 14}).answer();
        case 7:
        case 11:
        case 12:
        case 17:
            return probe.fail_unless(size == 2).answer();
        default:
            return Answer::no;
    }
}

}  // namespace sluice::detect
