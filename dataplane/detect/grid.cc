// words: dnp3 iec104 c37118 dlms
// looks at: DNP3's start bytes and the checksum of its header; IEC 104's start, length and control
//   fields; a synchrophasor frame's length and checksum; DLMS's wrapper and the tag behind it, or
//   its HDLC frame with length and check
// limits: DLMS, whose wrapper has no magic, is answered as likely
// source: IEEE 1815 9.2; IEC 60870-5-104 5; IEEE C37.118.2 6.2; IEC 62056-46 6,
//   62056-47 7
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

namespace {

// The CRC of DNP3: 0x3d65, reflected, inverted.
std::uint16_t dnp3_crc(Bytes bytes) {
    std::uint16_t crc = 0;
    for (const std::uint8_t byte : bytes) {
        crc = static_cast<std::uint16_t>(crc ^ byte);
        for (unsigned bit = 0; bit < 8; ++bit)
            crc = static_cast<std::uint16_t>((crc & 1) != 0 ? crc >> 1 ^ 0xa6bc : crc >> 1);
    }
    return static_cast<std::uint16_t>(~crc);
}
// CRC-CCITT, from ones, as synchrophasors have it.
std::uint16_t ccitt(Bytes bytes) {
    std::uint16_t crc = 0xffff;
    for (const std::uint8_t byte : bytes) {
        crc = static_cast<std::uint16_t>(crc ^ byte << 8);
        for (unsigned bit = 0; bit < 8; ++bit)
            crc = static_cast<std::uint16_t>((crc & 0x8000) != 0 ? crc << 1 ^ 0x1021 : crc << 1);
    }
    return crc;
}

constexpr std::size_t kLinkSize = 10;  // start, length, control, two addresses, checksum

Answer dnp3(Bytes bytes) {
    Probe probe(bytes);
    probe.is(0x05).is(0x64).between(5, 255).skip(kLinkSize - 3);
    if (!probe.ok()) return probe.answer();
    return yes_if(dnp3_crc(bytes.first(kLinkSize - 2)) == le16(bytes, kLinkSize - 2));
}

// sync, size, station, time, ..., checksum
Answer synchrophasor(Bytes bytes) {
    constexpr std::uint16_t kSmallest = 16, kLargest = 2048;
    std::uint8_t kind = 0;
    std::uint16_t size = 0;
    Probe probe(bytes);
    probe.is(0xaa).u8(kind).fail_unless((kind & 0x80) == 0 && kind >> 4 <= 5 && (kind & 15) >= 1 &&
                                        (kind & 15) <= 3);
    probe.u16(size).fail_unless(size >= kSmallest && size <= kLargest).skip(size - 4u);
    if (!probe.ok()) return probe.answer();
    return yes_if(ccitt(bytes.first(size - 2u)) == be16(bytes, size - 2u));
}

}  // namespace

Answer dnp3_over_tcp(const FirstBytesView& view) noexcept { return dnp3(view.bytes); }
Answer dnp3_over_udp(const FirstBytesView& view) noexcept {
    return yes_if(dnp3(view.bytes) == Answer::yes);
}

Answer iec104_over_tcp(const FirstBytesView& view) noexcept {
    constexpr std::uint8_t kControlOnly = 4;
    std::uint8_t size = 0, first = 0;
    Probe probe(view.bytes);
    probe.is(0x68).u8(size).fail_unless(size >= kControlOnly && size <= 253).u8(first);
    if (!probe.ok()) return probe.answer();
    if ((first & 3) == 3) {  // start, stop, test, and what confirms them
        probe.fail_unless(size == kControlOnly &&
                          (first == 0x07 || first == 0x0b || first == 0x13 || first == 0x23 ||
                           first == 0x43 || first == 0x83));
        return probe.zeros(3).answer();
    }
    if ((first & 3) == 1)
        return probe.fail_unless(size == kControlOnly && first == 1).zeros(1).skip(2).answer();
    std::uint8_t type = 0, received = 0;  // information: numbers, then type, count, cause
    probe.fail_unless(size >= 12).skip(1).u8(received).fail_unless((received & 1) == 0).skip(1);
    probe.u8(type).fail_unless(type >= 1 && type <= 127).between(1, 0xff).u8(received);
    return probe.fail_unless((received & 0x3f) >= 1 && (received & 0x3f) <= 47).answer();
}

Answer c37118_over_tcp(const FirstBytesView& view) noexcept { return synchrophasor(view.bytes); }
Answer c37118_over_udp(const FirstBytesView& view) noexcept {
    return yes_if(synchrophasor(view.bytes) == Answer::yes);
}

namespace {

// ISO/IEC 13239 4.2.5.2: the check of an HDLC frame, least significant bit first.
constexpr std::uint16_t frame_check(Bytes bytes) {
    std::uint16_t crc = 0xffff;
    for (const std::uint8_t byte : bytes) {
        crc = static_cast<std::uint16_t>(crc ^ byte);
        for (int bit = 0; bit < 8; ++bit)
            crc = static_cast<std::uint16_t>((crc & 1) != 0 ? crc >> 1 ^ 0x8408 : crc >> 1);
    }
    return static_cast<std::uint16_t>(crc ^ 0xffff);
}

// flag | format 1010, segmentation, length11 | addresses, control, body | check | flag
Answer hdlc_frame(Bytes bytes) {
    constexpr std::uint8_t kFlag = 0x7e;
    constexpr std::size_t kSmallest = 7, kLargest = 512;
    std::uint8_t format = 0, low = 0;
    Probe probe(bytes);
    probe.is(kFlag).u8(format).fail_unless((format & 0xf0) == 0xa0).u8(low);
    if (!probe.ok()) return probe.answer();
    const std::size_t size = (format & 7u) << 8 | low;
    probe.fail_unless(size >= kSmallest && size <= kLargest).skip(size - 2);
    probe.is(kFlag);
    if (!probe.ok()) return probe.answer();
    return yes_if(frame_check(bytes.subspan(1, size - 2)) == le16(bytes, size - 1));
}

}  // namespace

Answer dlms_hdlc_over_tcp(const FirstBytesView& view) noexcept { return hdlc_frame(view.bytes); }
Answer dlms_hdlc_over_udp(const FirstBytesView& view) noexcept {
    return yes_if(hdlc_frame(view.bytes) == Answer::yes);
}
Answer dlms_over_tcp(const FirstBytesView& view) noexcept {
    Probe probe(view.bytes);  // version 1, from, to, length, then an association or a request
    probe.u16_in(1, 1).u16_in(1, 0x7fff).u16_in(0, 0x7fff).u16_in(5, 4096);
    return probe.any_of({0x60, 0x61, 0xc0, 0xc1, 0xc3, 0xc4, 0xc5, 0xc7, 0xcc, 0xd4, 0xc2})
        .answer();
}

}  // namespace sluice::detect
