// words: dtls
// looks at: a handshake record of epoch 0 whose message is a ClientHello, whole or a fragment of it;
//   in the middle of a session, enciphered records of DTLS 1.0 or 1.2 that fill the datagram
// limits: the middle of a DTLS 1.3 session; what else travels in DTLS is told before this one
// source: RFC 6347 4.1, 4.2; RFC 9147 5
#include "dataplane/wire/dtls.h"

#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

Answer dtls_over_udp(const FirstBytesView& view) noexcept {
    constexpr std::size_t kEpochAt = 3;
    if (view.bytes.size() <= kEpochAt + 1 || be16(view.bytes, kEpochAt) != 0) return Answer::no;
    Bytes datagram = view.bytes;
    return wire::next_hello_piece(datagram) ? Answer::yes : Answer::no;
}

// type, version, epoch (not 0: enciphered), sequence6, length; at least a tag and an explicit
// nonce.
Answer dtls_records_over_udp(const FirstBytesView& view) noexcept {
    constexpr std::size_t kHeaderSize = 13, kFragmentMin = 16, kRecordsMax = 8;
    constexpr unsigned kEpochMax = 16;  // renegotiations are rare
    Bytes rest = view.bytes;
    for (std::size_t n = 0; n < kRecordsMax && rest.size() >= kHeaderSize + kFragmentMin; ++n) {
        const unsigned epoch = be16(rest, 3);
        const std::size_t size = kHeaderSize + be16(rest, 11);
        const bool version = rest[1] == 0xfe && (rest[2] == 0xff || rest[2] == 0xfd);
        if (rest[0] < 20 || rest[0] > 23 || !version || epoch == 0 || epoch > kEpochMax ||
            be16(rest, 5) != 0 || size < kHeaderSize + kFragmentMin || size > rest.size())
            return Answer::no;
        if (size == rest.size()) return Answer::yes;
        rest = rest.subspan(size);
    }
    return Answer::no;
}

}  // namespace sluice::detect
