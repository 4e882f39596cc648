// Reads what a client says about where it wants to go out of a TLS ClientHello.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>

#include "dataplane/wire/stop.h"
#include "rules/base/bytes.h"
#include "rules/base/result.h"

namespace sluice::wire {

struct ClientHello {
    std::string_view sni;   // as sent, not lowercased; empty when absent; points into `scratch`
    bool has_ech = false;   // encrypted_client_hello extension: may be GREASE
    bool has_esni = false;  // the older draft: no plain name by design
    std::uint16_t version_max = 0;  // highest of supported_versions (GREASE ignored) or legacy_version
    std::uint32_t stream_size = 0;  // bytes of the stream the hello's records took
};

// Longest hello looked at, handshake header included [bytes].
inline constexpr std::size_t kHelloSizeMax = 16 * 1024;

// Parses the first bytes a client sent on a TCP connection.
//   stream   from the first byte, in order, without gaps; any length, 0 included.
//   scratch  at least kHelloSizeMax bytes; the handshake message is put together here when it is
//            cut over several records (evasion tools and some browsers do that). The result's views
//            point into `stream` or `scratch`.
//   returns  the hello; or Stop. `other` as soon as the bytes cannot be TLS.
//   cost     O(bytes), no allocation. Call again with more bytes from the start.
//   source   RFC 8446 4.1.2, 5.1; RFC 6066 3; draft-ietf-tls-esni (0xfe0d, 0xffce).
Result<ClientHello, Stop> parse_client_hello(Bytes stream, std::span<std::uint8_t> scratch) noexcept;

}  // namespace sluice::wire
