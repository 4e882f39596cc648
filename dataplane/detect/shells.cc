// words: telnet rsh whois
// looks at: Telnet's option negotiation; the strings rlogin, rsh and rexec begin with
// limits: Telnet without options, and Whois, which is one line of any text, are told by port only
// source: RFC 854, RFC 1282, rcmd(3)
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

Answer telnet_over_tcp(const FirstBytesView& view) noexcept {
    constexpr std::uint8_t kIac = 0xff, kWill = 0xfb, kDont = 0xfe, kOptionMax = 49;
    Probe probe(view.bytes);
    probe.is(kIac).between(kWill, kDont).between(0, kOptionMax);
    return probe.answer();
}

Answer rsh_over_tcp(const FirstBytesView& view) noexcept {
    // rlogin: 0, local name, 0, remote name, 0, terminal/speed; rsh: port, 0, two names, command
    constexpr std::size_t kNameMax = 32;
    const Bytes bytes = view.bytes;
    std::size_t at = bytes[0] == 0 ? 1 : 0;
    const bool login = at == 1;
    const std::size_t number = at;
    if (!login) {
        while (at < bytes.size() && at < 5 && bytes[at] >= '0' && bytes[at] <= '9')
            ++at;
        if (at == number) return Answer::no;
        if (at == bytes.size()) return Answer::maybe;
        if (bytes[at++] != 0) return Answer::no;
    }
    for (unsigned name = 0; name < 2; ++name) {
        const std::size_t begin = at;
        for (; at < bytes.size() && bytes[at] != 0; ++at)
            if (bytes[at] < '!' || bytes[at] > '~' || at - begin > kNameMax) return Answer::no;
        if (at == bytes.size()) return Answer::maybe;
        if (at++ == begin) return Answer::no;
    }
    if (!login) return Answer::yes;
    const std::size_t terminal = at;
    for (; at < bytes.size() && bytes[at] != '/'; ++at)
        if (bytes[at] < '!' || bytes[at] > '~' || at - terminal > kNameMax) return Answer::no;
    return at == bytes.size() ? Answer::maybe : yes_if(at != terminal);
}

}  // namespace sluice::detect
