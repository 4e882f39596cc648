// words: obfuscated
// looks at: whether a stream's first bytes look like noise: as many ones as zeros, no text, no long
//   run of printable bytes, no beginning that any known protocol has
// limits: Shadowsocks, VMess and obfs4 look so, and so do private ciphers, encrypted BitTorrent and
//   compressed data: answered as likely, a class of its own, and never blocked unless the policy
//   says so. Trojan and V2Ray inside TLS look like TLS and are told as tls
// source: Wu et al., "How the Great Firewall of China Detects and Blocks Fully Encrypted Traffic",
//   USENIX Security 2023, 4
#include <bit>

#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

namespace {

constexpr std::size_t kSmallest = 64, kLooked = 256;

bool printable(std::uint8_t byte) { return byte >= ' ' && byte <= '~'; }

}  // namespace

bool looks_like_noise(Bytes first_bytes) noexcept {
    constexpr std::size_t kTextAtFront = 6, kRunMax = 20;
    const Bytes bytes = first_bytes.first(std::min(first_bytes.size(), kLooked));
    if (bytes.size() < kSmallest) return false;
    unsigned ones = 0, texts = 0, run = 0, longest = 0, distinct = 0;
    std::uint64_t seen[4] = {};
    for (const std::uint8_t byte : bytes) {
        ones += static_cast<unsigned>(std::popcount(byte));
        texts += printable(byte) ? 1u : 0u;
        run = printable(byte) ? run + 1 : 0;
        longest = std::max(longest, run);
        const std::uint64_t bit = std::uint64_t{1} << (byte & 63);
        distinct += (seen[byte >> 6] & bit) == 0 ? 1u : 0u;
        seen[byte >> 6] |= bit;
    }
    // Of n random bytes about 256 (1 - e^(-n/256)) values are seen: 57 of 64, 162 of 256.
    const auto size = static_cast<unsigned>(bytes.size());
    const unsigned distinct_min = size <= 96 ? size * 3 / 4 : size * 11 / 20;
    const bool even = ones * 10 > size * 34 && ones * 10 < size * 46;
    const bool text_in_front = std::all_of(bytes.begin(), bytes.begin() + kTextAtFront, printable);
    return even && !text_in_front && texts * 2 < size && longest <= kRunMax &&
           distinct >= distinct_min;
}

}  // namespace sluice::detect
