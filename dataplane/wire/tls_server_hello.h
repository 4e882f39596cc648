// Reads what a TLS server answers a ClientHello with: version, cipher suite and, up to TLS 1.2, a
// name of its certificate.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>

#include "dataplane/wire/stop.h"
#include "rules/base/bytes.h"
#include "rules/base/result.h"

namespace sluice::wire {

struct ServerHello {
    std::uint16_t version = 0;  // supported_versions where it is there, else the hello's own
    std::uint16_t cipher = 0;
    // The first dNSName of the server's certificate, or its common name where it has none; as
    // written ("*.example.com"). Empty when not asked for, or of TLS 1.3. Into `scratch`.
    std::string_view certificate_name;
    Bytes message;  // the ServerHello itself, its header included; into `scratch`
};

inline constexpr std::size_t kServerFlightMax = 16 * 1024;  // of it, looked at [bytes]

// Parses the first bytes a server sent on a TCP connection.
//   stream            from the first byte, in order, without gaps.
//   scratch           at least kServerFlightMax bytes: the messages are put together here.
//   want_certificate  read on to the certificate; else the ServerHello is enough.
//   returns           the answer; or Stop: need_more; other: an alert, no TLS, no ServerHello
//   first;
//                     malformed; too_large: the certificate lies beyond kServerFlightMax.
//   cost              O(bytes), no allocation. Call again with more bytes from the start.
//   source            RFC 8446 4.1.3, RFC 5246 7.4.2, RFC 5280 4.1, 4.2.1.6
Result<ServerHello, Stop> parse_server_hello(Bytes stream, std::span<std::uint8_t> scratch,
                                             bool want_certificate) noexcept;

// The name of one certificate (DER), as above; empty when there is none or it is broken.
std::string_view certificate_name(Bytes certificate) noexcept;

}  // namespace sluice::wire
