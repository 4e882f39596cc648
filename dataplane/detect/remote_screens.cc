// words: anydesk vnc radmin nomachine citrix x11 xdmcp
// looks at: version lines and magics: RFB, Radmin's and Citrix's, NX's, the X connection setup;
//   queries of XDMCP with their own length; AnyDesk's discovery
// limits: AnyDesk's connections are TLS and told by name; direct ones without a name are tls
// source: RFC 6143 7.1.1; X Window System Protocol 8; XDMCP 1.1; Citrix ICA and CGP, Radmin 3, NX:
//   observed
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

Answer vnc_over_tcp(const FirstBytesView& view) noexcept {
    Probe probe(view.bytes);
    probe.is("RFB ").between('0', '9').between('0', '9').between('0', '9').is(".");
    probe.between('0', '9').between('0', '9').between('0', '9').is("\n");
    return probe.answer();
}
Answer radmin_over_tcp(const FirstBytesView& view) noexcept {
    using namespace std::string_view_literals;
    return starts_with(view.bytes, "\x01\0\0\0\x01\0\0\0\x08\x08"sv);
}
Answer nomachine_over_tcp(const FirstBytesView& view) noexcept {
    Answer best = Answer::no;
    for (const std::string_view word : {"NXD-", "NXSH-", "NXPROXY-"}) {
        const Answer answer = starts_with(view.bytes, word);
        if (answer == Answer::yes) return answer;
        if (answer == Answer::maybe) best = answer;
    }
    return best;
}
Answer citrix_over_tcp(const FirstBytesView& view) noexcept {
    const Answer ica = starts_with(view.bytes, "\x7f\x7fICA");
    return ica != Answer::no ? ica
                             : starts_with(view.bytes,
                                           "\x1a"
                                           "CGP/01");
}
Answer x11_over_tcp(const FirstBytesView& view) noexcept {
    constexpr std::uint16_t kTextMax = 64;
    if (view.bytes[0] == 'l') {
        Probe probe(view.bytes);
        probe.is("l").skip(1).u16_le_in(11, 11).u16_le_in(0, 0).u16_le_in(0, kTextMax);
        return probe.u16_le_in(0, kTextMax).answer();
    }
    Probe probe(view.bytes);
    probe.is("B").skip(1).u16_in(11, 11).u16_in(0, 0).u16_in(0, kTextMax).u16_in(0, kTextMax);
    return probe.answer();
}
Answer xdmcp_over_udp(const FirstBytesView& view) noexcept {
    std::uint16_t size = 0;
    Probe probe(view.bytes);
    probe.u16_in(1, 1).u16_in(1, 13).u16(size).fail_unless(size == probe.left() && size != 0);
    return yes_if(whole(probe));
}
Answer anydesk_over_udp(const FirstBytesView& view) noexcept {
    constexpr std::size_t kSmallest = 8;
    return yes_if(view.bytes.size() >= kSmallest &&
                  as_text(view.bytes).starts_with("\x3e\xd1\x01\x01"));
}

}  // namespace sluice::detect
