// words: bgp rip hsrp glbp bfd ldp
// looks at: BGP's marker and length; the fixed zeros, lengths and names in the headers of the
//   others
// limits: none known
// source: RFC 4271 4.1; RFC 2453 4, RFC 2080 2.1; RFC 2281 5; RFC 5880 4.1; RFC 5036 3.1
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

Answer bgp_over_tcp(const FirstBytesView& view) noexcept {
    Probe probe(view.bytes);
    for (unsigned i = 0; i < 16; ++i)
        probe.is(0xff);
    return probe.u16_in(19, 4096).between(1, 5).answer();
}

Answer rip_over_udp(const FirstBytesView& view) noexcept {
    constexpr std::size_t kHeader = 4, kEntry = 20, kEntriesMax = 25 * 4;
    const Bytes bytes = view.bytes;
    if (bytes.size() < kHeader + kEntry || (bytes.size() - kHeader) % kEntry != 0 ||
        (bytes.size() - kHeader) / kEntry > kEntriesMax || bytes[0] < 1 || bytes[0] > 2 ||
        bytes[1] < 1 || bytes[1] > 2 || be16(bytes, 2) != 0)
        return Answer::no;
    const std::uint16_t family = be16(bytes, kHeader);
    if (family == 2 || family == 0 || family == 0xffff) {
        const bool digest = family == 0xffff;
        return yes_if(digest || (be32(bytes, 20) <= 16 && be32(bytes, 20) >= 1));
    }
    // RIPng: prefix, tag, length in bits, metric
    return yes_if(bytes[1] == 1 && bytes[22] <= 128 && (bytes[23] <= 16 || bytes[23] == 255) &&
                  bytes[4] >= 0x20);
}

Answer hsrp_over_udp(const FirstBytesView& view) noexcept {
    using namespace std::string_view_literals;
    const Bytes bytes = view.bytes;
    const auto is_state = [](std::uint8_t s) { return s <= 16 && (s & (s - 1)) == 0; };
    if (bytes.size() >= 20 && bytes[0] == 0 && bytes[1] <= 3 && is_state(bytes[2]) &&
        bytes[7] == 0 && bytes[3] != 0 && bytes[4] != 0)
        return yes_if(as_text(bytes.subspan(8, 8)) == "cisco\0\0\0"sv ||
                      all_zero(bytes.subspan(8, 8)));
    constexpr std::size_t kGroupState = 40;  // version 2: a group's state, in a TLV
    return yes_if(bytes.size() >= kGroupState + 2 && bytes[0] == 1 && bytes[1] == kGroupState &&
                  bytes[2] == 2 && bytes[3] <= 3 && bytes[4] <= 6 &&
                  (bytes[5] == 4 || bytes[5] == 6));
}

Answer glbp_over_udp(const FirstBytesView& view) noexcept {
    constexpr std::size_t kHeader = 12;
    const Bytes bytes = view.bytes;  // version 1, 0, group, 0, owner's address, then TLVs
    return yes_if(bytes.size() >= kHeader + 20 && bytes[0] == 1 && bytes[1] == 0 &&
                  be16(bytes, 2) <= 1023 && be16(bytes, 4) == 0 && bytes[12] >= 1 &&
                  bytes[12] <= 3 && bytes[13] >= 20 && kHeader + bytes[13] <= bytes.size());
}

Answer bfd_over_udp(const FirstBytesView& view) noexcept {
    constexpr std::size_t kFixed = 24;
    const Bytes bytes = view.bytes;  // version 1, why | state, flags | times | own length | numbers
    if (bytes.size() < kFixed || bytes[0] >> 5 != 1 || (bytes[0] & 31) > 8) return Answer::no;
    const bool authenticated = (bytes[1] & 4) != 0;
    return yes_if(bytes[2] != 0 && bytes[3] == bytes.size() && (bytes[1] & 1) == 0 &&
                  authenticated == (bytes.size() > kFixed) && be32(bytes, 4) != 0);
}

namespace {
Answer ldp(Bytes bytes, std::size_t& size) {
    std::uint16_t length = 0, type = 0;
    Probe probe(bytes);
    probe.u16_in(1, 1).u16(length).fail_unless(length >= 10 && length <= 4096).skip(6).u16(type);
    type &= 0x7fff;
    probe.fail_unless(type == 0x0001 || (type >= 0x0100 && type <= 0x0404));
    size = length + 4u;
    return probe.u16_in(4, length - 6u).answer();
}
}  // namespace

Answer ldp_over_udp(const FirstBytesView& view) noexcept {
    std::size_t size = 0;
    return yes_if(ldp(view.bytes, size) == Answer::yes && size == view.bytes.size());
}
Answer ldp_over_tcp(const FirstBytesView& view) noexcept {
    std::size_t size = 0;
    return ldp(view.bytes, size);
}

}  // namespace sluice::detect
