// words: teamviewer
// looks at: the magic of its commands over TCP, with a command and a length that fit; the same
//   behind a counter over UDP
// limits: answered as likely; connections inside TLS are told by name
// source: observed of versions 5 to 15; the magics are 1724 and 1130
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

Answer teamviewer_over_tcp(const FirstBytesView& view) noexcept {
    constexpr std::uint16_t kSizeMax = 4096;
    Probe probe(view.bytes);  // magic, command, length of what follows
    probe.is(0x17).is(0x24).between(1, 0x60).u16_le_in(0, kSizeMax);
    if (probe.answer() != Answer::no) return probe.answer();
    return Probe(view.bytes).is(0x11).is(0x30).between(1, 0x60).answer();
}
Answer teamviewer_over_udp(const FirstBytesView& view) noexcept {
    Probe probe(view.bytes);
    probe.is(std::uint8_t{0}).skip(10).is(0x17).is(0x24).between(1, 0x60);
    return yes_if(whole(probe));
}

}  // namespace sluice::detect
