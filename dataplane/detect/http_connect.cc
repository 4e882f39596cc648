// words: http_connect
// looks at: the request CONNECT host:port HTTP/1.
// limits: what the tunnel carries is not read; a request of absolute form is told as http, because
//   servers take it too
// source: RFC 9110 9.3.6, RFC 9112 3.2.3
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

Answer http_connect_over_tcp(const FirstBytesView& view) noexcept {
    constexpr std::size_t kLineMax = 512;
    const Answer start = starts_with(view.bytes, "CONNECT ");
    if (start != Answer::yes) return start;
    const FirstLine line = first_line(view.bytes, kLineMax);
    if (line.answer != Answer::yes) return line.answer;
    constexpr std::string_view kStart = "CONNECT ", kVersion = " HTTP/1.";
    const std::size_t end = line.text.rfind(kVersion);
    if (end == std::string_view::npos || end <= kStart.size()) return Answer::no;
    const std::string_view target = line.text.substr(kStart.size(), end - kStart.size());
    const std::size_t colon = target.rfind(':');
    if (colon == std::string_view::npos || colon == 0 || colon + 1 == target.size())
        return Answer::no;
    return yes_if(std::all_of(target.begin() + static_cast<std::ptrdiff_t>(colon) + 1, target.end(),
                              [](char c) { return c >= '0' && c <= '9'; }) &&
                  target.find_first_of(" /") == std::string_view::npos);
}

}  // namespace sluice::detect
