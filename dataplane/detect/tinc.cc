// words: tinc
// looks at: the ID request that opens a connection of control: "0 name 17"
// limits: its datagrams are enciphered without a mark; they are not told
// source: tinc manual 1.0, 6.3 "The meta-protocol"; 1.1 adds a minor version
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

Answer tinc_over_tcp(const FirstBytesView& view) noexcept {
    constexpr std::size_t kLineMax = 96;
    const Answer start = starts_with(view.bytes, "0 ");
    if (start != Answer::yes) return start;
    std::size_t at = 2;
    for (; at < view.bytes.size() && view.bytes[at] != ' '; ++at) {
        const std::uint8_t c = view.bytes[at];
        const bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || c == '_' || c == '^';
        if (!fits || at >= kLineMax) return Answer::no;
    }
    if (at == 2 && at < view.bytes.size()) return Answer::no;
    Probe probe(view.bytes.subspan(at));
    probe.is(" 17").any_of({'.', '\n', ' '});
    return probe.answer();
}

}  // namespace sluice::detect
