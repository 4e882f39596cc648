// HTTP/1.x requests of one connection: the head of each, and how many bytes until the next one.
#pragma once
#include <cstdint>
#include <string_view>

#include "dataplane/wire/stop.h"
#include "rules/base/bytes.h"
#include "rules/base/result.h"

namespace sluice::wire {

inline constexpr std::size_t kHttpHeadMax = 8 * 1024;  // request line and headers [bytes]

enum class HttpBody : std::uint8_t {
    none,      // next request starts right after the head
    sized,     // after `body_size` bytes
    chunked,   // after the last chunk: follow with ChunkedBody
    tunnel,    // CONNECT or Upgrade: no further requests are read from this connection
};

struct HttpRequest {
    std::string_view method;
    std::string_view host;     // of absolute form or CONNECT target if present, else of Host; port
                               // and brackets removed; as sent; empty when there is none
    std::string_view host_header;  // the Host header itself, port removed (fronting shows here)
    std::uint32_t head_size = 0;  // bytes up to and including the empty line
    HttpBody body = HttpBody::none;
    std::uint64_t body_size = 0;
};

// Parses one request head from `stream`, which starts at a request's first byte.
//   returns  need_more until the empty line; `other` as soon as it cannot be a request line of a
//            known-shaped method (token of upper-case letters, at most 20) ; malformed for two
//            different Host headers, bad Content-Length, or both lengths at once (smuggling);
//            too_large past kHttpHeadMax.
//   odd      leading empty lines, bare LF, spaces before the colon's value and obs-fold are read as
//            servers read them (RFC 9112 2.2, 5.2).
Result<HttpRequest, Stop> parse_http_request(Bytes stream) noexcept;

// Walks a chunked body (RFC 9112 7.1) over any cuts.
class ChunkedBody {
  public:
    // Takes bytes from the front of `bytes`; returns how many belonged to the body. done() after the
    // last chunk's trailers; broken() when it is not chunked coding: then nothing more is known.
    std::size_t feed(Bytes bytes) noexcept;
    bool done() const { return state_ == State::done; }
    bool broken() const { return state_ == State::broken; }

  private:
    enum class State : std::uint8_t {
        size, extension, size_lf, data, data_cr, data_lf, trailer_start, trailer_line, trailer_lf,
        done, broken
    };
    State state_ = State::size;
    bool any_digit_ = false;
    std::uint64_t left_ = 0;
};

}  // namespace sluice::wire
