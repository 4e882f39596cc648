// Reads a DTLS ClientHello out of its datagrams: fragments of one message, with or without a
// cookie.
#pragma once
#include <cstdint>
#include <optional>

#include "dataplane/wire/stop.h"
#include "dataplane/wire/tls_client_hello.h"
#include "rules/base/bytes.h"
#include "rules/base/result.h"

namespace sluice::wire {

// A piece of a client's hello. A hello with a cookie is another message than the one before.
struct DtlsPiece {
    std::uint16_t message = 0;  // message_seq: 0, and 1 for the one with a cookie
    std::uint32_t size = 0;     // of the whole message, without its header [bytes]
    std::uint32_t at = 0;
    Bytes bytes;  // points into the datagram
};

// The next piece of a ClientHello at the front of `datagram`, which is then what follows its
// record. Nothing when there is none (any more). Several records may share a datagram (RFC
// 6347 4.1.1).
std::optional<DtlsPiece> next_hello_piece(Bytes& datagram) noexcept;

// `body`: a whole hello without its header. What is returned points into it.
//   source  RFC 6347 4.2.1, 4.3.2; RFC 9147 5.3
Result<ClientHello, Stop> parse_dtls_hello(Bytes body) noexcept;

}  // namespace sluice::wire
