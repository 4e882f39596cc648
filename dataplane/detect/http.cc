// words: http
// looks at: a whole request line, or the beginning of a status line
// limits: HTTP/0.9 and lower-case methods are not told
// source: RFC 9112 3, 4
#include "dataplane/detect/recognisers.h"
#include "dataplane/wire/http_request.h"

namespace sluice::detect {
namespace {

// "HTTP/1.1 200" and a space or the line's end.
Answer status_line(Bytes bytes) {
    constexpr std::size_t kMinor = 7, kSpace = 8, kCode = 9, kEnd = 12;
    if (const Answer start = starts_with(bytes, "HTTP/1."); start != Answer::yes) return start;
    for (std::size_t i = kMinor; i < bytes.size() && i <= kEnd; ++i) {
        const char c = static_cast<char>(bytes[i]);
        const bool digit = c >= '0' && c <= '9';
        const bool fits = i == kMinor || (i >= kCode && i < kEnd) ? digit
                          : i == kSpace                           ? c == ' '
                                        : c == ' ' || c == '\r' || c == '\n';
        if (!fits) return Answer::no;
    }
    return bytes.size() > kEnd ? Answer::yes : Answer::maybe;
}

}  // namespace

Answer http_over_tcp(const FirstBytesView& view) noexcept {
    if (const Answer status = status_line(view.bytes); status != Answer::no) return status;
    const auto line = wire::parse_http_request_line(view.bytes);
    if (line) return Answer::yes;
    return line.error() == wire::Stop::need_more ? Answer::maybe : Answer::no;
}

}  // namespace sluice::detect
