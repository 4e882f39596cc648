// words: syslog
// looks at: a priority in angle brackets, then a version, a date or a word, all text; over TCP
//   behind its octet count too
// limits: answered as likely where neither version nor date follows
// source: RFC 3164 4.1, RFC 5424 6, RFC 6587 3.4
#include <algorithm>

#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

namespace {

constexpr std::size_t kLooked = 32, kLeast = 5;  // of the text

bool is_text(std::uint8_t byte) {
    return (byte >= ' ' && byte != 0x7f) || byte == '\t' || byte == '\r';
}

// `whole`: no more of the message will come. It ends with its line, or its zero.
Answer is_syslog(Bytes bytes, bool whole) {
    const Answer unknown = whole ? Answer::no : Answer::maybe;
    unsigned priority = 0, digits = 0;
    std::size_t at = 1;
    if (bytes.empty()) return unknown;
    if (bytes[0] != '<') return Answer::no;
    for (; at < bytes.size() && bytes[at] >= '0' && bytes[at] <= '9' && digits < 3; ++at, ++digits)
        priority = priority * 10 + (bytes[at] - unsigned{'0'});
    if (at == bytes.size()) return unknown;
    if (digits == 0 || priority > 191 || bytes[at++] != '>') return Answer::no;
    const Bytes text = bytes.subspan(at);
    for (std::size_t i = 0; i < std::min(text.size(), kLooked); ++i) {
        if (text[i] == '\n' || text[i] == 0) return yes_if(i >= kLeast);
        if (!is_text(text[i])) return Answer::no;
    }
    if (text.size() >= kLooked) return Answer::yes;
    return whole ? yes_if(text.size() >= kLeast) : Answer::maybe;
}

}  // namespace

Answer syslog_over_udp(const FirstBytesView& view) noexcept { return is_syslog(view.bytes, true); }

Answer syslog_over_tcp(const FirstBytesView& view) noexcept {
    std::size_t at = 0;
    while (at < view.bytes.size() && at < 5 && view.bytes[at] >= '0' && view.bytes[at] <= '9')
        ++at;
    if (at == view.bytes.size()) return Answer::maybe;
    if (at > 0 && view.bytes[at++] != ' ') return Answer::no;
    return is_syslog(view.bytes.subspan(at), false);
}

}  // namespace sluice::detect
