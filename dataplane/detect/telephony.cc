// words: h323 mgcp megaco skinny iax mumble teamspeak
// looks at: Q.931 behind TPKT; the verbs, versions and message headers of the others; Mumble's ping
//   with its answer
// limits: H.323's RAS is told by port only
// source: ITU-T H.225.0 annex E, Q.931 4; RFC 3435 3.2; RFC 3525 7; RFC 5456 8.1; Mumble protocol,
//   UDP; TeamSpeak 3 init: observed
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

Answer h323_over_tcp(const FirstBytesView& view) noexcept {
    std::uint16_t size = 0;
    Probe probe(view.bytes);
    probe.is(0x03).zeros(1).u16(size).fail_unless(size >= 10).is(0x08).between(1, 2);
    return probe.answer();
}
Answer mgcp_over_udp(const FirstBytesView& view) noexcept {
    const std::string_view text = as_text(view.bytes);
    constexpr std::string_view kVerbs[] = {"EPCF ", "CRCX ", "MDCX ", "DLCX ", "RQNT ",
                                           "NTFY ", "AUEP ", "AUCX ", "RSIP "};
    for (const std::string_view verb : kVerbs)
        if (text.starts_with(verb))
            return yes_if(text.substr(0, text.find('\n')).find(" MGCP 1.0") !=
                          std::string_view::npos);
    return Answer::no;
}
Answer megaco_over_udp(const FirstBytesView& view) noexcept {
    const std::string_view text = as_text(view.bytes);
    return yes_if(text.starts_with("!/1 ") || text.starts_with("!/2 ") ||
                  text.starts_with("!/3 ") || text.starts_with("MEGACO/"));
}
Answer skinny_over_tcp(const FirstBytesView& view) noexcept {
    std::uint32_t version = 0;
    Probe probe(view.bytes);  // length, version, message
    probe.u32_le_in(4, 2048).u32_le(version);
    probe.fail_unless(version == 0 || (version >= 0x0a && version <= 0x16));
    // What opens a connection: keep-alive, register, address, alarm, and what answers these.
    std::uint32_t message = 0;
    probe.u32_le(message).fail_unless(message <= 0x0002 || message == 0x0020 || message == 0x0081 ||
                                      message == 0x009b || message == 0x0100);
    const bool empty = probe.ok() && message == 0 && le32(view.bytes, 0) != 4;
    return probe.fail_unless(!empty).answer();
}
Answer iax_over_udp(const FirstBytesView& view) noexcept {
    constexpr std::size_t kHeader = 12;
    constexpr std::uint8_t kControl = 6;
    const Bytes bytes = view.bytes;
    if (bytes.size() < kHeader || bytes[0] < 0x80 || bytes[10] != kControl || bytes[11] == 0 ||
        bytes[11] > 40 || bytes[8] > 8 || bytes[9] > 8)
        return Answer::no;
    Bytes elements = bytes.subspan(kHeader);
    while (!elements.empty()) {
        if (elements.size() < 2 || elements[0] == 0 || elements[0] > 64 ||
            elements[1] + 2u > elements.size())
            return Answer::no;
        elements = elements.subspan(elements[1] + 2u);
    }
    return yes_if(be16(bytes, 2) < 0x8000 && (bytes.size() > kHeader || be16(bytes, 2) != 0));
}
Answer mumble_over_udp(const FirstBytesView& view) noexcept {
    constexpr std::size_t kPing = 12, kPong = 24;
    const Glimpse* asked = view.last_of_other();
    if (view.bytes.size() != kPong || asked == nullptr || asked->size != kPing) return Answer::no;
    return yes_if(
        be32(asked->bytes(), 0) == 0 &&
        std::equal(view.bytes.begin() + 4, view.bytes.begin() + 12, asked->head.begin() + 4));
}
Answer teamspeak_over_udp(const FirstBytesView& view) noexcept {
    return yes_if(as_text(view.bytes).starts_with("TS3INIT1"));
}

}  // namespace sluice::detect
