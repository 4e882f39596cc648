// words: sip
// looks at: a request line ending in SIP/2.0, or a status line beginning so
// limits: SIP inside TLS is told as tls
// source: RFC 3261 7.1, 7.2
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

namespace {

constexpr std::size_t kLineMax = 1024;

bool is_method(std::string_view word) {
    constexpr std::string_view kMethods[] = {
        "INVITE", "ACK",     "BYE",  "CANCEL", "OPTIONS", "REGISTER", "SUBSCRIBE",
        "NOTIFY", "MESSAGE", "INFO", "UPDATE", "REFER",   "PRACK",    "PUBLISH"};
    return std::find(std::begin(kMethods), std::end(kMethods), word) != std::end(kMethods);
}
// Of a word that may be cut at the end of what is there.
bool may_be_method(std::string_view word) {
    for (const std::string_view method :
         {"INVITE ", "ACK ", "BYE ", "CANCEL ", "OPTIONS ", "REGISTER ", "SUBSCRIBE ", "NOTIFY ",
          "MESSAGE ", "INFO ", "UPDATE ", "REFER ", "PRACK ", "PUBLISH "})
        if (method.starts_with(word)) return true;
    return false;
}

Answer sip(Bytes bytes) {
    const Answer status = starts_with(bytes, "SIP/2.0 ");
    if (status != Answer::no) return status;
    const std::string_view seen = as_text(bytes.first(std::min<std::size_t>(bytes.size(), 16)));
    const std::size_t space = seen.find(' ');
    if (space == std::string_view::npos) return may_be_method(seen) ? Answer::maybe : Answer::no;
    if (!is_method(seen.substr(0, space))) return Answer::no;
    Answer scheme = Answer::no;
    for (const std::string_view word : {"sip:", "sips:", "tel:"}) {
        const Answer answer = starts_with(bytes.subspan(space + 1), word);
        if (answer == Answer::yes) scheme = Answer::yes;
        if (answer == Answer::maybe && scheme == Answer::no) scheme = Answer::maybe;
    }
    if (scheme != Answer::yes) return scheme;
    const FirstLine line = first_line(bytes, kLineMax);
    return line.answer == Answer::yes ? yes_if(line.text.ends_with(" SIP/2.0")) : line.answer;
}

}  // namespace

Answer sip_over_udp(const FirstBytesView& view) noexcept {
    return yes_if(sip(view.bytes) == Answer::yes);
}
Answer sip_over_tcp(const FirstBytesView& view) noexcept { return sip(view.bytes); }

}  // namespace sluice::detect
