// words: openvpn
// looks at: the hard reset that opens a session, from either side, over UDP or TCP, to the byte
//   count of one of its forms (plain, tls-auth, tls-crypt, tls-crypt-v2)
// limits: data of a session whose resets were not seen, and scrambled OpenVPN, are not told
// source: OpenVPN protocol description (src/openvpn/ssl_pkt.h, tls_crypt.h), releases 2.0 to 2.6
//
//   plain      opcode sid8 | acks | id4              acks = count1 [id4 x count, peer sid8]
//   tls-auth   opcode sid8 | hmac | id4 time4 | acks | id4
//   tls-crypt  opcode sid8 | id4 time4 | tag32 | encrypted acks and id [| wrapped client key]
// Only messages that fit one of these to the byte count: a VPN is blocked, so a guess would hurt.
#include <algorithm>

#include "dataplane/detect/recognisers.h"

namespace sluice::detect {
namespace {

// Opcode in the upper five bits, key id 0 below.
constexpr std::uint8_t kClientV2 = 7 << 3, kServerV2 = 8 << 3, kClientV3 = 10 << 3;
constexpr std::size_t kSessionSize = 8, kStart = 1 + kSessionSize;
constexpr std::size_t kReplaySize = 8;  // packet id and time
constexpr std::size_t kTagSize = 32;
constexpr std::size_t kHmacSizes[] = {16, 20, 28, 32, 48, 64};  // MD5, SHA-1, SHA-2
constexpr std::size_t kClientTail = 1 + 4, kServerTail = 1 + 4 + kSessionSize + 4;
constexpr std::size_t kResetSizeMax = 1200;  // with the wrapped client key, metadata included

bool is_session(Bytes id) {
    return std::any_of(id.begin(), id.end(), [&](std::uint8_t b) { return b != id[0]; });
}

// First control message of a side: no ack and id 0, or the ack of the client's id 0 and id 0.
bool is_tail(Bytes tail) {
    if (tail.size() == kClientTail) return tail[0] == 0 && be32(tail, 1) == 0;
    return tail.size() == kServerTail && tail[0] == 1 && be32(tail, 1) == 0 &&
           is_session(tail.subspan(5, kSessionSize)) && be32(tail, 13) == 0;
}

// First packet id of a side (2.6 sets the upper byte in stateless handshakes), and a time after
// 2001.
bool is_replay(Bytes replay) {
    constexpr std::uint32_t kTimeMin = 1'000'000'000;
    constexpr std::uint32_t kFirstIds[] = {1, 0x0f000001, 0x0a010001};
    return std::find(std::begin(kFirstIds), std::end(kFirstIds), be32(replay, 0)) !=
               std::end(kFirstIds) &&
           be32(replay, 4) >= kTimeMin;
}

bool is_tls_auth(Bytes after_session, std::size_t tail_size) {
    for (std::size_t hmac : kHmacSizes) {
        if (after_session.size() != hmac + kReplaySize + tail_size) continue;
        return is_replay(after_session.subspan(hmac, kReplaySize)) &&
               is_tail(after_session.last(tail_size));
    }
    return false;
}

// A server of 2.6 adds what it wants of the client's next packet, as a type, length and two bytes.
bool is_tls_crypt(Bytes after_session, std::size_t tail_size) {
    constexpr std::size_t kEarlyFlags = 6;
    const std::size_t size = kReplaySize + kTagSize + tail_size;
    const bool fits = after_session.size() == size ||
                      (tail_size == kServerTail && after_session.size() == size + kEarlyFlags);
    return fits && is_replay(after_session);
}

// tls-crypt-v2: the client's wrapped key follows, and ends with its own length.
bool is_tls_crypt_v2(Bytes after_session) {
    constexpr std::size_t kFixed = kReplaySize + kTagSize + kClientTail, kWrappedMin = 290;
    if (after_session.size() < kFixed + kWrappedMin || !is_replay(after_session)) return false;
    return be16(after_session, after_session.size() - 2) == after_session.size() - kFixed;
}

bool is_opcode(std::uint8_t byte) {
    return byte == kClientV2 || byte == kServerV2 || byte == kClientV3;
}

bool is_reset(Bytes message) {
    if (message.size() < kStart + kClientTail || message.size() > kResetSizeMax) return false;
    if (!is_opcode(message[0]) || !is_session(message.subspan(1, kSessionSize))) return false;
    const Bytes rest = message.subspan(kStart);
    if (message[0] == kClientV3) return is_tls_crypt_v2(rest);
    const std::size_t tail_size = message[0] == kServerV2 ? kServerTail : kClientTail;
    return (rest.size() == tail_size && is_tail(rest)) || is_tls_auth(rest, tail_size) ||
           is_tls_crypt(rest, tail_size);
}

}  // namespace

Answer openvpn_over_udp(const FirstBytesView& view) noexcept {
    return is_reset(view.bytes) ? Answer::yes : Answer::no;
}

Answer openvpn_over_tcp(const FirstBytesView& view) noexcept {
    constexpr std::size_t kLengthSize = 2;
    const Bytes bytes = view.bytes;
    if (!bytes.empty() && bytes[0] > kResetSizeMax >> 8) return Answer::no;
    if (bytes.size() < kLengthSize) return Answer::maybe;
    const std::size_t size = be16(bytes, 0);
    if (size < kStart + kClientTail || size > kResetSizeMax) return Answer::no;
    const Bytes message = bytes.subspan(kLengthSize);
    if (!message.empty() && !is_opcode(message[0])) return Answer::no;
    if (message.size() < size) return Answer::maybe;
    return is_reset(message.first(size)) ? Answer::yes : Answer::no;
}

}  // namespace sluice::detect
