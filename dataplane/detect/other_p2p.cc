// words: direct_connect soulseek syncthing
// looks at: the words and magics that open a connection
// limits: Syncthing between devices is TLS; its local discovery and relays are told
// source: NMDC and ADC 1.0.1 specifications; Soulseek protocol (Nicotine+); Syncthing BEP, local
//   discovery v4, relay v1
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

Answer direct_connect_over_tcp(const FirstBytesView& view) noexcept {
    Answer best = Answer::no;
    for (const std::string_view word :
         {"$Lock EXTENDEDPROTOCOL", "$MyNick ", "$Supports ", "HSUP AD", "CSUP AD", "$Lock "}) {
        const Answer answer = starts_with(view.bytes, word);
        if (answer == Answer::yes) return answer;
        if (answer == Answer::maybe) best = answer;
    }
    return best;
}

Answer soulseek_over_tcp(const FirstBytesView& view) noexcept {
    constexpr std::uint32_t kLogin = 1, kNameMax = 30, kHashSize = 32;
    std::uint32_t size = 0, name = 0;
    Probe probe(view.bytes);  // length, code, name, password, version, hash, ...
    probe.u32_le(size).fail_unless(size >= 30 && size <= 512).u32_le_in(kLogin, kLogin);
    probe.u32_le(name).fail_unless(name >= 1 && name <= kNameMax).printable(name);
    if (!probe.ok()) return probe.answer();
    std::uint32_t password = 0;
    probe.u32_le(password).fail_unless(password <= 128).skip(password).u32_le_in(100, 400);
    probe.u32_le_in(kHashSize, kHashSize);
    return probe.answer();
}

Answer syncthing_over_udp(const FirstBytesView& view) noexcept {
    return yes_if(as_text(view.bytes).starts_with("\x2e\xa7\xd9\x0b"));
}
Answer syncthing_over_tcp(const FirstBytesView& view) noexcept {
    const Answer relay = starts_with(view.bytes, "\x9e\x79\xbc\x40");
    return relay != Answer::no ? relay : starts_with(view.bytes, "\x2e\xa7\xd9\x0b");
}

}  // namespace sluice::detect
