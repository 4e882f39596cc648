// words: ipmi zabbix collectd munin checkmk capwap openflow
// looks at: magics and headers: RMCP's class, ZBXD, collectd's first two parts, greetings, CAPWAP's
//   discovery, OpenFlow's hello
// limits: CAPWAP behind DTLS is told by its preamble
// source: IPMI 2.0 13.1, ASF 2.0 3.2.2; Zabbix protocol; collectd binary protocol; RFC 5415 4.2,
//   4.3; OpenFlow 1.5 7.1
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

Answer ipmi_over_udp(const FirstBytesView& view) noexcept {
    constexpr std::uint8_t kAsf = 6, kIpmi = 7, kAuthMax = 6;
    Probe probe(view.bytes);
    probe.is(0x06).zeros(1).skip(1);
    std::uint8_t kind = 0;
    probe.u8(kind).fail_unless((kind & 0x1f) == kAsf || (kind & 0x1f) == kIpmi);
    if (!whole(probe)) return Answer::no;
    if ((kind & 0x80) != 0) return yes_if(probe.left() == 0);  // an acknowledgement
    if ((kind & 0x1f) == kAsf) return yes_if(whole(probe.u32_in(0x11be, 0x11be)));
    return yes_if(whole(probe.between(0, kAuthMax).skip(8)));
}
Answer zabbix_over_tcp(const FirstBytesView& view) noexcept {
    return Probe(view.bytes).is("ZBXD").between(1, 7).answer();
}
Answer collectd_over_udp(const FirstBytesView& view) noexcept {
    std::uint16_t size = 0, next = 0;
    Probe probe(view.bytes);  // part: type, size; the first is the host's name, the second a time
    probe.u16_in(0, 0).u16(size).fail_unless(size >= 6 && size <= 260);
    if (!whole(probe)) return Answer::no;
    probe.printable(size - 5u).zeros(1).u16(next).fail_unless(next == 1 || next == 8);
    return yes_if(whole(probe.u16_in(12, 12)));
}
Answer munin_over_tcp(const FirstBytesView& view) noexcept {
    return starts_with(view.bytes, "# munin node at ");
}
Answer checkmk_over_tcp(const FirstBytesView& view) noexcept {
    return starts_with(view.bytes, "<<<check_mk>>>");
}
Answer capwap_over_udp(const FirstBytesView& view) noexcept {
    const Bytes bytes = view.bytes;
    if (bytes.size() < 16) return Answer::no;
    if (bytes[0] == 0x01)  // then DTLS
        return yes_if(all_zero(bytes.subspan(1, 3)) && bytes[4] >= 20 && bytes[4] <= 23 &&
                      bytes[5] == 0xfe);
    const std::size_t header = (bytes[1] >> 3) * 4u;
    if (bytes[0] != 0 || header < 8 || header + 8 > bytes.size()) return Answer::no;
    const Bytes message = bytes.subspan(header);  // type, sequence, length from there, flags 0
    return yes_if(be32(message, 0) >= 1 && be32(message, 0) <= 26 && message[7] == 0 &&
                  be16(message, 5) + 5u == message.size());
}
Answer openflow_over_tcp(const FirstBytesView& view) noexcept {
    std::uint16_t size = 0;
    std::uint32_t transaction = 0;
    Probe probe(view.bytes);
    probe.between(1, 6).zeros(1).u16(size).fail_unless(size == 8 || size == 16).u32(transaction);
    if (size == 16)
        probe.u16_in(1, 1).u16_in(8, 8);  // the versions it speaks, as a bitmap
    else
        probe.fail_unless(transaction != 0);
    return probe.answer();
}

}  // namespace sluice::detect
