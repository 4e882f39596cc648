// HTTP/1.x requests of one connection: the head of each, and how many bytes until the next one.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "dataplane/wire/stop.h"
#include "rules/base/bytes.h"
#include "rules/base/result.h"

namespace sluice::wire {

inline constexpr std::size_t kHttpHeadMax = 8 * 1024;  // request line and headers [bytes]
inline constexpr std::size_t kHttpMethodMax = 20;      // [bytes]

enum class HttpBody : std::uint8_t {
    none,     // next request starts right after the head
    sized,    // after `body_size` bytes
    chunked,  // after the last chunk: follow with ChunkedBody
    tunnel,  // CONNECT, or an Upgrade without a body: another protocol follows if the server agrees
    unclear,  // lengths that are wrong or contradict each other: ends differ in what follows
};

struct HttpRequest {
    std::string_view method;
    std::string_view host;  // of absolute form or CONNECT target if present, else of Host; port
                            // and brackets removed; as sent; empty when there is none
    std::string_view host_header;  // the Host header itself, port removed (fronting shows here)
    std::uint32_t head_size = 0;   // bytes up to and including the empty line
    HttpBody body = HttpBody::none;
    std::uint64_t body_size = 0;
};

// The host of an authority or Host value: port and brackets removed, as sent; what follows a host's
// first colon is not looked at. Nothing when it holds spaces or control characters, or a broken
// bracket.
std::optional<std::string_view> host_of_authority(std::string_view authority) noexcept;

// The first line of a request.
struct HttpRequestLine {
    std::string_view method;
    std::string_view target;      // as sent
    std::uint8_t minor = 0;       // HTTP/1.minor
    std::uint32_t line_size = 0;  // up to and including its line feed, leading empty lines included
};

// Parses the request line at the front of `stream`; empty lines before it are skipped.
//   returns  need_more until its line feed; `other` as soon as it cannot be a request line: the
//            first byte is no letter, no space after a token of at most kHttpMethodMax upper-case
//            letters, '-' and '_', a control character in the target, and, at the line's end, a
//            version that is not HTTP/1.x (or 1.x.y, as some devices say): RTSP and SIP, HTTP/0.9
//            ("GET /" alone; no server of today answers it by name), and the HTTP/2 preface "PRI *
//            HTTP/2.0". too_large when it does not end within kHttpHeadMax.
//   odd      any run of spaces and tabs separates; a target may hold spaces (the version is what
//            follows the last one).
//   source   RFC 9112 2.2, 3.
Result<HttpRequestLine, Stop> parse_http_request_line(Bytes stream) noexcept;

// Parses one request head from `stream`, which starts at a request's first byte.
//   returns  need_more until the empty line; `other` as the request line says, that soon; at the
//            empty line malformed for two different Host headers, a host with spaces or control
//            characters, an absolute form without a host, a space before Host's colon, a first
//            header that begins with a space; too_large past kHttpHeadMax.
//   unclear  is the body of a bad Content-Length or two different ones, of Transfer-Encoding that
//            does not end in `chunked` or comes with HTTP/1.0, of both lengths at once (smuggling),
//            and of a space before the colon of one of these: the host is known all the same.
//            Only need_more changes with more bytes.
//   odd      leading empty lines, bare LF, spaces around a value and obs-fold are read as servers
//            read them (RFC 9112 2.2, 5.2); a header line without a colon is passed over; what
//            follows a host's first colon is not looked at (as nginx does); no Host is fine.
//   Upgrade  counts with "Connection: upgrade" only. The server may decline it: whoever follows the
//            connection should read the next client bytes as a request when they look like one.
//   source   RFC 9112 2, 3, 5, 6; RFC 9110 7.2, 7.8, 8.6.
Result<HttpRequest, Stop> parse_http_request(Bytes stream) noexcept;

// Walks a chunked body (RFC 9112 7.1) over any cuts. Chunk extensions and trailers are skipped, of
// any length; LF alone ends a line as CRLF does.
class ChunkedBody {
  public:
    // Takes bytes from the front of `bytes`; returns how many belonged to the body. done() after
    // the last chunk's trailers; broken() when it is not chunked coding: then nothing more is
    // known.
    std::size_t feed(Bytes bytes) noexcept;
    bool done() const { return state_ == State::done; }
    bool broken() const { return state_ == State::broken; }

  private:
    enum class State : std::uint8_t {
        size,
        extension,
        size_lf,
        data,
        data_cr,
        data_lf,
        trailer_start,
        trailer_line,
        trailer_lf,
        done,
        broken
    };
    void step(std::uint8_t byte) noexcept;
    State step_size(std::uint8_t byte) noexcept;
    State after_size() const noexcept;

    State state_ = State::size;
    bool any_digit_ = false;
    std::uint64_t left_ = 0;
};

}  // namespace sluice::wire
