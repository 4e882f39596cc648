// words: ldap kerberos radius tacacs diameter dce_rpc profinet
// looks at: ASN.1 whose lengths agree, with the tag of a first request; headers with their own
//   length and a known code; attributes that fill the message; DCE/RPC's representation label
// limits: LDAP inside TLS is told as tls
// source: RFC 4511 4.1.1; RFC 4120 5, 7.2; RFC 2865 3, 5; RFC 8907 4.1; RFC 6733 3; DCE 1.1 RPC
//   12.5, 12.6; IEC 61158-6-10 (PROFINET's interface)
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

namespace {

// Tag and length at `at`: how many bytes the header takes and what it holds. 0 = none, cut = 1.
struct Element {
    std::size_t header = 0, size = 0;
    Answer answer = Answer::no;
};
Element element_at(Bytes bytes, std::size_t at) {
    if (bytes.size() < at + 2) return {0, 0, Answer::maybe};
    const std::uint8_t first = bytes[at + 1];
    if (first < 0x80) return {2, first, Answer::yes};
    const unsigned more = first & 0x7fu;
    if (more == 0 || more > 4) return {};
    if (bytes.size() < at + 2 + more) return {0, 0, Answer::maybe};
    std::size_t size = 0;
    for (unsigned i = 0; i < more; ++i)
        size = size << 8 | bytes[at + 2 + i];
    return {2 + more, size, Answer::yes};
}

Answer ldap(Bytes bytes, bool datagram) {
    constexpr std::size_t kLargest = 10 * 1024 * 1024;
    if (bytes.empty()) return Answer::maybe;
    if (bytes[0] != 0x30) return Answer::no;
    const Element all = element_at(bytes, 0);
    if (all.answer != Answer::yes) return all.answer;
    if (all.size < 5 || all.size > kLargest) return Answer::no;
    if (datagram && all.header + all.size != bytes.size()) return Answer::no;
    Probe probe(bytes.subspan(all.header));
    std::uint8_t digits = 0, tag = 0;
    probe.is(0x02).u8(digits).fail_unless(digits >= 1 && digits <= 4).skip(digits).u8(tag);
    if (!probe.ok()) return probe.answer();
    // bind, search, extended request; unbind; their answers
    constexpr std::uint8_t kTags[] = {0x60, 0x61, 0x63, 0x64, 0x65, 0x66, 0x68, 0x77, 0x78, 0x42};
    if (std::find(std::begin(kTags), std::end(kTags), tag) == std::end(kTags)) return Answer::no;
    const std::size_t at = all.header + 2 + digits;
    const Element operation = element_at(bytes, at);
    if (operation.answer != Answer::yes) return operation.answer;
    return yes_if(2u + digits + operation.header + operation.size <= all.size);
}

// An application tag, a sequence inside, and the version 5 as its first field.
Answer kerberos(Bytes bytes) {
    if (bytes.empty()) return Answer::maybe;
    constexpr std::uint8_t kTags[] = {0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f, 0x74, 0x75, 0x76, 0x7e};
    if (std::find(std::begin(kTags), std::end(kTags), bytes[0]) == std::end(kTags))
        return Answer::no;
    const Element outer = element_at(bytes, 0);
    if (outer.answer != Answer::yes) return outer.answer;
    const std::size_t at = outer.header;
    if (bytes.size() <= at) return Answer::maybe;
    if (bytes[at] != 0x30) return Answer::no;
    const Element inner = element_at(bytes, at);
    if (inner.answer != Answer::yes) return inner.answer;
    if (inner.header + inner.size != outer.size) return Answer::no;
    Probe probe(bytes.subspan(at + inner.header));
    probe.between(0xa0, 0xa1).is(0x03).is(0x02).is(0x01).is(0x05);
    return probe.answer();
}

}  // namespace

Answer ldap_over_tcp(const FirstBytesView& view) noexcept { return ldap(view.bytes, false); }
Answer ldap_over_udp(const FirstBytesView& view) noexcept {
    return yes_if(ldap(view.bytes, true) == Answer::yes);
}
Answer kerberos_over_udp(const FirstBytesView& view) noexcept {
    return yes_if(kerberos(view.bytes) == Answer::yes);
}
Answer kerberos_over_tcp(const FirstBytesView& view) noexcept {
    constexpr std::uint32_t kLargest = 64 * 1024;
    std::uint32_t size = 0;
    Probe probe(view.bytes);
    probe.u32(size).fail_unless(size >= 16 && size <= kLargest);
    return probe.ok() ? kerberos(probe.rest()) : probe.answer();
}

Answer radius_over_udp(const FirstBytesView& view) noexcept {
    constexpr std::size_t kHeader = 20;
    const Bytes bytes = view.bytes;
    if (bytes.size() < kHeader || be16(bytes, 2) != bytes.size() || bytes.size() > 4096)
        return Answer::no;
    const std::uint8_t code = bytes[0];
    if (!((code >= 1 && code <= 5) || (code >= 11 && code <= 13) || (code >= 40 && code <= 45)))
        return Answer::no;
    Bytes attributes = bytes.subspan(kHeader);
    while (!attributes.empty()) {
        if (attributes.size() < 2 || attributes[0] == 0 || attributes[1] < 2 ||
            attributes[1] > attributes.size())
            return Answer::no;
        attributes = attributes.subspan(attributes[1]);
    }
    return yes_if(!all_zero(bytes.subspan(4, 16)) || bytes.size() > kHeader);
}

Answer tacacs_over_tcp(const FirstBytesView& view) noexcept {
    constexpr std::uint32_t kLargest = 64 * 1024;
    std::uint8_t flags = 0;
    Probe probe(view.bytes);  // version, type, sequence, flags, session, length
    probe.between(0xc0, 0xc1).between(1, 3).between(1, 2).u8(flags);
    return probe.fail_unless((flags & ~0x05) == 0).skip(4).u32_in(6, kLargest).answer();
}

Answer diameter_over_tcp(const FirstBytesView& view) noexcept {
    std::uint32_t first = 0, second = 0;
    Probe probe(view.bytes);  // version 1, length | flags, command | application | numbers
    probe.u32(first).fail_unless(first >> 24 == 1 && (first & 0xffffff) >= 20 && first % 4 == 0);
    probe.u32(second).fail_unless((second >> 24 & 0x0f) == 0);
    const std::uint32_t command = second & 0xffffff;
    probe.fail_unless((command >= 257 && command <= 328) || (command >= 8'388'608));
    return probe.skip(4).answer();
}

Answer dce_rpc_over_tcp(const FirstBytesView& view) noexcept {
    constexpr std::uint16_t kLargest = 0xffff;
    Probe probe(view.bytes);  // version 5.0 or 5.1, type, flags, representation, lengths
    probe.is(0x05).between(0, 1).between(0, 20).skip(1).any_of({0x00, 0x10}).between(0, 3).zeros(2);
    if (!probe.ok()) return probe.answer();
    const bool little = view.bytes[4] == 0x10;
    if (little)
        probe.u16_le_in(16, kLargest).u16_le_in(0, 4096);
    else
        probe.u16_in(16, kLargest).u16_in(0, 4096);
    return probe.answer();
}

namespace {
// Connectionless: version 4, type, flags | representation | object, interface, activity ...
bool is_datagram_rpc(Bytes bytes, bool& profinet) {
    constexpr std::size_t kHeader = 80, kInterfaceAt = 24, kSizeAt = 74;
    if (bytes.size() < kHeader || bytes[0] != 4 || bytes[1] > 19 || (bytes[2] & 0x80) != 0 ||
        (bytes[4] != 0x00 && bytes[4] != 0x10) || bytes[5] > 3)
        return false;
    const bool little = bytes[4] == 0x10;
    const std::size_t size = little ? le16(bytes, kSizeAt) : be16(bytes, kSizeAt);
    const std::uint32_t interface = little ? le32(bytes, kInterfaceAt) : be32(bytes, kInterfaceAt);
    const std::uint16_t second =
        little ? le16(bytes, kInterfaceAt + 4) : be16(bytes, kInterfaceAt + 4);
    profinet = interface >> 8 == 0xdea000 && second == 0x6c97;
    return size + kHeader <= bytes.size() && bytes.size() - size - kHeader <= 16;
}
}  // namespace

Answer dce_rpc_over_udp(const FirstBytesView& view) noexcept {
    bool profinet = false;
    return yes_if(is_datagram_rpc(view.bytes, profinet) && !profinet);
}
Answer profinet_over_udp(const FirstBytesView& view) noexcept {
    bool profinet = false;
    return yes_if(is_datagram_rpc(view.bytes, profinet) && profinet);
}

}  // namespace sluice::detect
