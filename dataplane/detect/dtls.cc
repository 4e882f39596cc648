// words: dtls
// looks at: a handshake record of epoch 0 whose message is a ClientHello, whole or a fragment of it
// limits: sessions that are joined after it; what else travels in DTLS is told before this one
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

}  // namespace sluice::detect
