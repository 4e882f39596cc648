// words: wireguard
// looks at: the three handshake messages, to the byte count, with reserved bytes of zero; or two
//   data messages of one direction with one receiver index and a rising counter
// limits: a flow joined in its middle takes two data messages of one direction; obfuscated variants
//   (AmneziaWG) are not told
// source: Donenfeld, "WireGuard: Next Generation Kernel Network Tunnel", 5.4.2 to 5.4.7
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

namespace {

constexpr std::size_t kInitiationSize = 148, kResponseSize = 92, kCookieReplySize = 64;
constexpr std::size_t kMacSize = 16;

bool is_handshake(Bytes bytes) {
    if (bytes.size() < kCookieReplySize || !all_zero(bytes.subspan(1, 3))) return false;
    const std::size_t size = bytes[0] == 1   ? kInitiationSize
                             : bytes[0] == 2 ? kResponseSize
                             : bytes[0] == 3 ? kCookieReplySize
                                             : 0;
    if (bytes.size() != size) return false;
    // Where a key or nonce starts, and mac1 (a keyed hash) of the two messages that carry one: none
    // of these is ever zero, while padded binary protocols are full of zeros.
    const std::size_t random_at = bytes[0] == 2 ? 12 : 8;
    if (all_zero(bytes.subspan(random_at, kMacSize)) ||
        all_zero(bytes.subspan(random_at + kMacSize, kMacSize)))
        return false;
    return bytes[0] == 3 || !all_zero(bytes.subspan(size - 2 * kMacSize, kMacSize));
}

// type 4, zeros, receiver index, counter (little endian, 64 bits), whole blocks and a tag.
constexpr std::size_t kDataHeaderSize = 16;
bool is_data(Bytes head, std::size_t size) {
    return head.size() >= kDataHeaderSize && size >= kDataHeaderSize + kMacSize && size % 16 == 0 &&
           le32(head, 0) == 4 && le32(head, 4) != 0 && le32(head, 12) == 0;
}

}  // namespace

Answer wireguard_over_udp(const FirstBytesView& view) noexcept {
    return yes_if(is_handshake(view.bytes));
}

Answer wireguard_data_over_udp(const FirstBytesView& view) noexcept {
    constexpr std::uint32_t kAheadMax = 64;  // datagrams that may have been lost in between
    if (!is_data(view.bytes, view.bytes.size())) return Answer::no;
    const Glimpse* before = view.before();
    if (before == nullptr || !is_data(before->bytes(), before->size)) return Answer::no;
    const std::uint32_t ahead = le32(view.bytes, 8) - le32(before->bytes(), 8);
    const bool random_index = !all_zero(view.bytes.subspan(5, 3));
    return yes_if(random_index && le32(view.bytes, 4) == le32(before->bytes(), 4) && ahead >= 1 &&
                  ahead <= kAheadMax);
}

}  // namespace sluice::detect
