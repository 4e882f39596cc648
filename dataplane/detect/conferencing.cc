// words: zoom discord webex skype_teams
// looks at: Zoom's encapsulation with RTP at the place its type says, twice; Discord's address
//   discovery and keep-alive
// limits: Skype's own enciphered datagrams carry nothing that can be checked; Teams, Webex, Meet
//   and Jitsi use STUN, DTLS and RTP and are told so; whose they are, names and addresses say
// source: Michel et al., "Enabling Passive Measurement of Zoom Performance", IMC 2022, 4; Discord
//   voice documentation, "IP Discovery"; its keep-alive: observed
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

namespace {

// Through a server a header of eight bytes stands in front: 5, then sequence and direction.
std::size_t rtp_at(Bytes bytes) {
    if (bytes.size() < 40 || bytes[0] != 0x05) return 0;
    switch (bytes[8]) {
        case 13:
            return 8 + 27;
        case 15:
            return 8 + 19;
        case 16:
            return 8 + 24;
        case 30:
            return 8 + 20;
        case 33:
        case 34:
        case 35:
            return 8 + 16;
        default:
            return 0;
    }
}

bool is_zoom(Bytes bytes) {
    const std::size_t at = rtp_at(bytes);
    if (at == 0 || at + 8 > bytes.size() || bytes[at] >> 6 != 2) return false;
    const bool control = bytes[8] >= 33;
    return control ? bytes[at + 1] >= 200 && bytes[at + 1] <= 207
                   : (bytes[at + 1] & 0x7f) >= 96 && (bytes[7] == 0 || bytes[7] == 4);
}

}  // namespace

Answer zoom_over_udp(const FirstBytesView& view) noexcept { return yes_if(is_zoom(view.bytes)); }
Answer discord_over_udp(const FirstBytesView& view) noexcept {
    constexpr std::size_t kSize = 74, kKeepAliveSize = 8;
    if (view.bytes.size() == kKeepAliveSize)  // a mark, and a number that counts up
        return yes_if(be32(view.bytes, 0) == 0x1337cafe && be32(view.bytes, 4) != 0);
    Probe probe(view.bytes);
    probe.u16_in(1, 2).u16_in(kSize - 4, kSize - 4);
    return yes_if(view.bytes.size() == kSize && whole(probe));
}

}  // namespace sluice::detect
