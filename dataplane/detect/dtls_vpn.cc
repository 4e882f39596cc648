// words: anyconnect
// looks at: DTLS of a version that only Cisco's client speaks (1.0 before it was a standard), or a
//   hello that offers nothing but pre-shared keys and names a session, as the OpenConnect
//   protocol's data channel does
// limits: newer clients' TLS and DTLS look like anybody's; they are told by the names and addresses
//   of the policy
// source: draft-mavrogiannopoulos-openconnect-04 2.1.5; OpenSSL DTLS1_BAD_VER
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

namespace {

constexpr std::uint8_t kHandshake = 22;

bool offers_only_psk(Bytes suites) {
    if (suites.size() < 2 || suites.size() % 2 != 0) return false;
    bool any = false;
    for (std::size_t i = 0; i < suites.size(); i += 2) {
        const std::uint16_t suite = be16(suites, i);
        if (suite == 0x00ff) continue;  // renegotiation info
        const bool psk =
            (suite >= 0x008a && suite <= 0x0095) || (suite >= 0x00a8 && suite <= 0x00b9) ||
            (suite >= 0xc033 && suite <= 0xc03b) || (suite >= 0xc0a4 && suite <= 0xc0ab) ||
            (suite >= 0xccab && suite <= 0xccae);
        if (!psk) return false;
        any = true;
    }
    return any;
}

}  // namespace

Answer old_dtls_over_udp(const FirstBytesView& view) noexcept {
    Probe probe(view.bytes);  // record: type, version, epoch 0, sequence; handshake: type
    probe.is(kHandshake).is(0x01).is(0x00).zeros(2 + 4).skip(2).u16_in(12, 1400).between(1, 3);
    return yes_if(whole(probe));
}

Answer psk_dtls_over_udp(const FirstBytesView& view) noexcept {
    constexpr std::size_t kRecordSize = 13, kMessageSize = 12, kVersionAndRandom = 2 + 32;
    ByteReader reader(view.bytes);
    Bytes header, session, cookie, suites;
    if (!reader.take(kRecordSize, header) || header[0] != kHandshake || header[1] != 0xfe)
        return Answer::no;
    if (!reader.take(kMessageSize, header) || header[0] != 1 || !reader.skip(kVersionAndRandom))
        return Answer::no;
    constexpr std::size_t kAppIdSize = 32;
    const bool read = reader.block8(session) && reader.block8(cookie) && reader.block16(suites);
    return yes_if(read && session.size() == kAppIdSize && offers_only_psk(suites));
}

}  // namespace sluice::detect
