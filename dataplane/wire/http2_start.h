// The start of an HTTP/2 connection in clear (RFC 9113 3.3): its preface, and whom the first
// request is for.
#pragma once
#include <span>
#include <string_view>

#include "dataplane/wire/hpack.h"

namespace sluice::wire {

inline constexpr std::string_view kHttp2Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
inline constexpr std::size_t kHttp2StartMax = 16 * 1024;  // preface to the end of the first headers
inline constexpr unsigned kHttp2FramesMax = 64;           // until then

// Reads from the connection's first byte to the end of its first header block.
//   scratch  where a block that comes in several frames is joined; kHttp2StartMax bytes
//   returns  the request's authority; need_more until the block is whole; other when it is not the
//            preface; malformed for a frame that cannot be there (a first frame other than
//            SETTINGS, CONTINUATION without HEADERS and the other way about, padding longer than
//            the frame) and as find_authority() says; too_large past the limits. Only need_more
//            changes with more bytes.
//   source   RFC 9113 3.4, 4.1, 6.2, 6.10
Result<Authority, Stop> parse_http2_start(Bytes stream, std::span<std::uint8_t> scratch) noexcept;

}  // namespace sluice::wire
