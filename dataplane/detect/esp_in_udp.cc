// words: ipsec
// looks at: two datagrams of one direction with one security parameters index, a sequence number
//   that rises by few, and nothing alike behind them
// limits: at least two datagrams of one direction; answered as likely. With IKE on the same flow
//   the answer is certain
// source: RFC 3948 2.1, RFC 4303 2
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

namespace {

constexpr std::size_t kHeaderSize = 8;
constexpr std::size_t kSmallest = 32;  // header, IV or nonce, one block, check value

// Enciphered bytes agree with others by chance only: one place in 256.
bool nothing_alike(Bytes a, Bytes b) {
    constexpr std::size_t kAlikeMax = 2;
    std::size_t alike = 0;
    for (std::size_t i = kHeaderSize; i < a.size() && i < b.size(); ++i)
        alike += a[i] == b[i] ? 1u : 0u;
    return alike <= kAlikeMax;
}

// An index is drawn at random (1 to 255 are reserved): no text, not mostly zeros.
bool is_index(Bytes bytes) {
    unsigned distinct = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        bool seen = false;
        for (std::size_t j = 0; j < i; ++j)
            seen = seen || bytes[j] == bytes[i];
        distinct += seen ? 0u : 1u;
    }
    return distinct >= 3 && bytes[0] != 0 && !all_printable(bytes.first(4));
}

}  // namespace

Answer esp_over_udp(const FirstBytesView& view) noexcept {
    constexpr std::uint32_t kSequenceMax = 1u << 24, kAheadMax = 16;
    const Bytes bytes = view.bytes;
    if (bytes.size() < kSmallest || bytes.size() % 4 != 0 || !is_index(bytes)) return Answer::no;
    const Glimpse* before = view.before();
    if (before == nullptr || before->size < kSmallest || before->size % 4 != 0) return Answer::no;
    const Bytes last = before->bytes();
    const std::uint32_t sequence = be32(bytes, 4), ahead = sequence - be32(last, 4);
    return yes_if(be32(bytes, 0) == be32(last, 0) && sequence < kSequenceMax && sequence > 1 &&
                  ahead >= 1 && ahead <= kAheadMax && nothing_alike(bytes, last));
}

}  // namespace sluice::detect
