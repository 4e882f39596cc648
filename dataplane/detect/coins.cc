// words: bitcoin ethereum monero
// looks at: a version message behind any network's magic; Monero's signature; a discovery packet of
//   Ethereum: hash, signature, type and a list that fills it
// limits: Ethereum between nodes over TCP is enciphered from the first byte
// source: Bitcoin developer reference, "Message Headers"; Monero levin_base.h; Ethereum devp2p
//   discv4
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

Answer bitcoin_over_tcp(const FirstBytesView& view) noexcept {
    constexpr std::uint32_t kLargest = 1024;
    Probe probe(view.bytes);
    probe.skip(4).is("version").zeros(5).u32_le_in(80, kLargest);
    // Text may well have that word in it, four bytes from its front, but not zeros behind it.
    return probe.answer();
}

Answer monero_over_tcp(const FirstBytesView& view) noexcept {
    return starts_with(view.bytes, "\x01\x21\x01\x01\x01\x01\x01\x01");
}

Answer ethereum_over_udp(const FirstBytesView& view) noexcept {
    constexpr std::size_t kHash = 32, kSignature = 65, kTypeAt = kHash + kSignature;
    const Bytes bytes = view.bytes;
    if (bytes.size() < kTypeAt + 3 || bytes[kTypeAt - 1] > 1 || bytes[kTypeAt] == 0 ||
        bytes[kTypeAt] > 6)
        return Answer::no;
    const Bytes list = bytes.subspan(kTypeAt + 1);
    if (list[0] >= 0xc0 && list[0] <= 0xf7) return yes_if(list[0] - 0xc0u + 1u <= list.size());
    if (list[0] == 0xf8) return yes_if(list.size() > 2 && list[1] + 2u <= list.size());
    return yes_if(list[0] == 0xf9 && list.size() > 3 && be16(list, 1) + 3u <= list.size());
}

}  // namespace sluice::detect
