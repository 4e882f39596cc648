// words: syslog
// looks at: a priority in angle brackets, then a version, a date or a word, all text; over TCP
//   behind its octet count too
// limits: answered as likely where neither version nor date follows
// source: RFC 3164 4.1, RFC 5424 6, RFC 6587 3.4
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

namespace {

constexpr std::size_t kLooked = 32;

Answer is_syslog(Bytes bytes) {
    unsigned priority = 0, digits = 0;
    std::size_t at = 1;
    if (bytes.empty() || bytes[0] != '<') return bytes.empty() ? Answer::maybe : Answer::no;
    for (; at < bytes.size() && bytes[at] >= '0' && bytes[at] <= '9' && digits < 3; ++at, ++digits)
        priority = priority * 10 + (bytes[at] - unsigned{'0'});
    if (at == bytes.size()) return Answer::maybe;
    if (digits == 0 || priority > 191 || bytes[at++] != '>') return Answer::no;
    const std::size_t text = at;
    for (; at < bytes.size() && at < text + kLooked; ++at)
        if (bytes[at] != '\n' && bytes[at] != '\t' && bytes[at] != '\r' && bytes[at] != 0 &&
            (bytes[at] < ' ' || bytes[at] == 0x7f))
            return Answer::no;
    return at > text + 4 ? Answer::yes : Answer::maybe;
}

}  // namespace

Answer syslog_over_udp(const FirstBytesView& view) noexcept {
    return yes_if(is_syslog(view.bytes) == Answer::yes);
}
Answer syslog_over_tcp(const FirstBytesView& view) noexcept {
    std::size_t at = 0;
    while (at < view.bytes.size() && at < 5 && view.bytes[at] >= '0' && view.bytes[at] <= '9')
        ++at;
    if (at == view.bytes.size()) return Answer::no;  // digits alone: nobody waits for them
    if (at > 0 && view.bytes[at++] != ' ') return Answer::no;
    return at < view.bytes.size() ? is_syslog(view.bytes.subspan(at)) : Answer::no;
}

}  // namespace sluice::detect
