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
    std::string_view sni;  // as sent, not lowercased; empty when absent; into `stream` or `scratch`
    bool has_ech = false;  // encrypted_client_hello extension: may be GREASE
    bool has_esni = false;  // the older draft: no plain name by design
    // Highest of supported_versions or, without them, legacy_version. GREASE is ignored, drafts of
    // TLS 1.3 (0x7fxx) count as 0x0304.
    std::uint16_t version_max = 0;
    // As they lie in the message, for tls_facts.h. Lists without their length, pairs of bytes.
    Bytes cipher_suites, signature_algorithms, extensions;
    Bytes alpn;  // protocol names, each behind one byte of length
    // The handshake message itself, its header included (DTLS: its body); into `stream` or
    // `scratch`.
    Bytes message;
    std::uint32_t stream_size = 0;  // bytes of the stream up to the end of the hello's last record
};

// Longest hello looked at, handshake header included [bytes].
inline constexpr std::size_t kHelloSizeMax = 16 * 1024;
// Records without content in one hello. RFC 8446 5.1 forbids them, TLS 1.0 stacks sent some.
inline constexpr unsigned kEmptyRecordsMax = 8;

// Parses the first bytes a client sent on a TCP connection.
//   stream   from the first byte, in order, without gaps; any length, 0 included.
//   scratch  at least kHelloSizeMax bytes; the handshake message is put together here when it is
//            cut over several records (evasion tools and some browsers do that). The result's views
//            point into `stream` or `scratch`.
//   returns  the hello, once its last record is complete (a server reads no sooner); or Stop:
//              other      as soon as a byte cannot be TLS, or the first message is no ClientHello.
//                         An alert first and an SSLv2-compatible hello (0x80: no extensions, so no
//                         name) are `other` too.
//              malformed  broken after that: a foreign record inside the hello, too many empty
//                         records, lengths that contradict each other, a server_name without or
//                         with an empty host_name list, two of them, two names of one type, an
//                         empty name.
//              too_large  as soon as the length field exceeds kHelloSizeMax.
//            Only need_more changes with more bytes.
//   not judged  the content of other extensions and repeated other extensions: they do not say
//   where
//            the client goes, and refusing what a lenient server takes would only lose the name.
//   cost     O(bytes), no allocation. Call again with more bytes from the start.
//   source   RFC 8446 4.1.2, 5.1; RFC 6066 3; draft-ietf-tls-esni (0xfe0d, 0xffce).
Result<ClientHello, Stop> parse_client_hello(Bytes stream,
                                             std::span<std::uint8_t> scratch) noexcept;

// The same for a handshake message without records, as QUIC's CRYPTO frames carry it (RFC 9001 4).
//   message  from its first byte, in order; what follows it is not looked at.
//   returns  as above; stream_size is the message's own.
Result<ClientHello, Stop> parse_client_hello_message(Bytes message) noexcept;

// GREASE: values clients send so that servers learn to ignore unknown ones (RFC 8701).
constexpr bool is_grease(std::uint16_t value) {
    return (value & 0x0f0f) == 0x0a0a && value >> 8 == (value & 0xff);
}

}  // namespace sluice::wire
