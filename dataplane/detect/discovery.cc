// words: netbios ssdp wsd slp ptp roughtime bjnp mdns llmnr nat_pmp
// looks at: NetBIOS's encoded names; request lines and headers of SSDP; the namespace of WS-
//   Discovery; headers with their own length; magics
// limits: mDNS and LLMNR are DNS by content and told as dns; NAT-PMP's two bytes say too little and
//   are told by port only
// source: RFC 1002 4; UPnP 1.1 1.2, 1.3; WS-Discovery 1.1; RFC 2608 8; IEEE 1588-2008 13.3; draft-
//   ietf-ntp-roughtime; Canon BJNP: observed
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

namespace {

// A length of 32, then 32 letters from A to P: two for each byte of a name of 16.
bool is_netbios_name(Bytes bytes) {
    constexpr std::size_t kLetters = 32;
    if (bytes.size() < kLetters + 1 || bytes[0] != kLetters) return false;
    return std::all_of(bytes.begin() + 1, bytes.begin() + 1 + kLetters,
                       [](std::uint8_t c) { return c >= 'A' && c <= 'P'; });
}

}  // namespace

Answer netbios_over_udp(const FirstBytesView& view) noexcept {
    constexpr std::size_t kQuestionAt = 12, kDatagramNameAt = 14;
    const Bytes bytes = view.bytes;
    if (bytes.size() < kQuestionAt + 2) return Answer::no;
    const bool datagram = bytes[0] >= 0x10 && bytes[0] <= 0x16;
    if (datagram && bytes.size() > kDatagramNameAt &&
        is_netbios_name(bytes.subspan(kDatagramNameAt)))
        return Answer::yes;
    return yes_if(be16(bytes, 4) <= 1 && be16(bytes, 6) <= 64 &&
                  is_netbios_name(bytes.subspan(kQuestionAt)));
}
Answer netbios_over_tcp(const FirstBytesView& view) noexcept {
    std::uint16_t size = 0;
    Probe probe(view.bytes);  // session request: flags, length, called and calling name
    probe.is(0x81).zeros(1).u16(size).fail_unless(size >= 68 && size <= 512).is(0x20);
    for (unsigned i = 0; i < 32; ++i)
        probe.between('A', 'P');
    return probe.answer();
}

Answer ssdp_over_udp(const FirstBytesView& view) noexcept {
    const std::string_view text = as_text(view.bytes);
    if (text.starts_with("M-SEARCH * HTTP/1.") || text.starts_with("NOTIFY * HTTP/1."))
        return Answer::yes;
    return yes_if(text.starts_with("HTTP/1.") && contains_word(text.substr(0, 1024), "\nst:"));
}
Answer wsd_over_udp(const FirstBytesView& view) noexcept {
    constexpr std::size_t kLooked = 1024;
    const std::string_view text = as_text(view.bytes).substr(0, kLooked);
    return yes_if((text.starts_with("<?xml") || text.starts_with("<soap") ||
                   text.starts_with("<s:Env") || text.starts_with("<SOAP") ||
                   text.starts_with("<?XML") || text.starts_with("<e:Env")) &&
                  text.find("/discovery") != std::string_view::npos);
}
Answer slp_over_udp(const FirstBytesView& view) noexcept {
    const Bytes bytes = view.bytes;
    if (bytes.size() < 14 || bytes[1] < 1 || bytes[1] > 11) return Answer::no;
    if (bytes[0] == 1)
        return yes_if(be16(bytes, 2) == bytes.size() && bytes[5] == 0 &&
                      all_printable(bytes.subspan(6, 2)));
    const std::size_t tag = be16(bytes, 12);  // a language: en, ru, kk-Cyrl
    return yes_if(bytes[0] == 2 && bytes[2] == 0 && be16(bytes, 3) == bytes.size() &&
                  (bytes[6] & 0x1f) == 0 && tag >= 2 && tag <= 16 && 14 + tag <= bytes.size() &&
                  all_printable(bytes.subspan(14, tag)));
}
Answer ptp_over_udp(const FirstBytesView& view) noexcept {
    const Bytes bytes = view.bytes;
    if (bytes.size() < 34) return Answer::no;
    const unsigned type = bytes[0] & 15u;
    const bool known = type <= 3 || (type >= 8 && type <= 13);
    return yes_if(known && (bytes[1] & 15) == 2 && be16(bytes, 2) >= 34 &&
                  be16(bytes, 2) <= bytes.size() && bytes.size() - be16(bytes, 2) <= 4 &&
                  bytes[4] <= 127 && be32(bytes, 16) == 0 && bytes[32] <= 5 &&
                  !all_zero(bytes.subspan(20, 8)));
}
Answer roughtime_over_udp(const FirstBytesView& view) noexcept {
    constexpr std::size_t kLooked = 128;
    const Bytes bytes = view.bytes;
    if (as_text(bytes).starts_with("ROUGHTIM")) return Answer::yes;
    if (bytes.size() < 64 || le32(bytes, 0) < 2 || le32(bytes, 0) > 16) return Answer::no;
    const std::string_view front = as_text(bytes.first(std::min(bytes.size(), kLooked)));
    return yes_if(front.find("NONC") != std::string_view::npos ||
                  (front.find("SREP") != std::string_view::npos &&
                   front.find("CERT") != std::string_view::npos));
}
Answer bjnp_over_udp(const FirstBytesView& view) noexcept {
    const std::string_view text = as_text(view.bytes);
    return yes_if(text.size() >= 16 && (text.starts_with("BJNP") || text.starts_with("MFNP") ||
                                        text.starts_with("BJNB")));
}

}  // namespace sluice::detect
