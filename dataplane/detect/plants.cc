// words: opcua enip bacnet hart_ip knx fins
// looks at: magics and headers with their own length: OPC UA's hello, the encapsulation of
//   EtherNet/IP, BACnet's link, HART-IP, KNXnet/IP, FINS
// limits: FINS over UDP has no magic and is told by its fixed bytes, as likely
// source: OPC 10000-6 7.1; CIP volume 2, 2-3; ASHRAE 135 annex J; HART-IP (FieldComm TS20085); ISO
//   22510; OMRON W421
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

Answer opcua_over_tcp(const FirstBytesView& view) noexcept {
    Answer best = Answer::no;
    for (const std::string_view word : {"HELF", "ACKF", "RHEF", "OPNF"}) {
        Probe probe(view.bytes);
        probe.is(word).u32_le_in(8, 64 * 1024 * 1024);
        if (probe.answer() == Answer::yes) return Answer::yes;
        if (probe.answer() == Answer::maybe) best = Answer::maybe;
    }
    return best;
}

namespace {
// command, length, session, status 0, context, options 0
Answer encapsulation(Bytes bytes, std::size_t& size) {
    std::uint16_t command = 0, length = 0;
    Probe probe(bytes);
    probe.u16_le(command).fail_unless(command == 0x04 || (command >= 0x63 && command <= 0x66) ||
                                      command == 0x6f || command == 0x70);
    probe.u16_le(length).fail_unless(length <= 4096).skip(4).u32_le_in(0, 0x69).skip(8).zeros(4);
    size = length + 24u;
    if (command == 0x65) probe.fail_unless(length == 4).u16_le_in(1, 1).zeros(2);
    return probe.answer();
}
}  // namespace

Answer enip_over_tcp(const FirstBytesView& view) noexcept {
    std::size_t size = 0;
    return encapsulation(view.bytes, size);
}
Answer enip_over_udp(const FirstBytesView& view) noexcept {
    std::size_t size = 0;
    if (encapsulation(view.bytes, size) == Answer::yes && size == view.bytes.size())
        return Answer::yes;
    Probe probe(view.bytes);  // class 1: two items, a sequenced address, then data
    probe.u16_le_in(2, 2).u16_le_in(0x8002, 0x8002).u16_le_in(8, 8).skip(8).u16_le_in(0xb1, 0xb1);
    return yes_if(whole(probe));
}

Answer bacnet_over_udp(const FirstBytesView& view) noexcept {
    std::uint8_t function = 0;
    std::uint16_t size = 0;
    Probe probe(view.bytes);
    probe.between(0x81, 0x82).u8(function).fail_unless(function <= 0x0c).u16(size);
    probe.fail_unless(size == view.bytes.size());
    const bool carries = function == 0x09 || function == 0x0a || function == 0x0b || function == 4;
    if (carries) probe.skip(function == 4 ? 6 : 0).is(0x01);
    return yes_if(whole(probe) && size >= 6);
}

namespace {
// version 1, request / answer / publication, message 0..5 or 128.., status, number, length
Answer hart(Bytes bytes, std::size_t& size) {
    std::uint8_t message = 0;
    std::uint16_t length = 0;
    Probe probe(bytes);
    probe.between(1, 2).any_of({0, 1, 2, 15}).u8(message).fail_unless(message <= 5);
    probe.skip(1).skip(2).u16(length).fail_unless(length >= 8 && length <= 1024);
    if (message == 0) probe.fail_unless(length == 13).between(0, 2);
    size = length;
    return probe.answer();
}
}  // namespace

Answer hart_ip_over_tcp(const FirstBytesView& view) noexcept {
    std::size_t size = 0;
    const Answer answer = hart(view.bytes, size);
    return answer == Answer::yes && view.bytes[2] != 0 ? Answer::no : answer;
}
Answer hart_ip_over_udp(const FirstBytesView& view) noexcept {
    std::size_t size = 0;
    return yes_if(hart(view.bytes, size) == Answer::yes && size == view.bytes.size());
}

Answer knx_over_udp(const FirstBytesView& view) noexcept {
    std::uint16_t service = 0, size = 0;
    Probe probe(view.bytes);
    probe.is(0x06).is(0x10).u16(service).u16(size).fail_unless(size == view.bytes.size());
    const unsigned family = service >> 8;
    return yes_if(whole(probe) && size >= 8 && family >= 2 && family <= 9);
}

Answer fins_over_tcp(const FirstBytesView& view) noexcept {
    Probe probe(view.bytes);
    probe.is("FINS").u32_in(8, 4096).u32_in(0, 6);
    return probe.answer();
}
Answer fins_over_udp(const FirstBytesView& view) noexcept {
    Probe probe(view.bytes);  // flags, reserved, gateways | destination | source | service, command
    probe.any_of({0x80, 0x81, 0xc0, 0xc1}).zeros(1).between(2, 7).between(0, 127).skip(1).skip(1);
    probe.between(0, 127).skip(3).between(1, 0x28).between(1, 0x40);
    return yes_if(whole(probe) && view.bytes.size() >= 14 && view.bytes.size() <= 2012);
}

}  // namespace sluice::detect
