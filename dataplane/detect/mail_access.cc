// words: imap pop3 nntp
// looks at: the server's greeting, or the client's first command where the server's was not seen
// limits: inside TLS told as tls
// source: RFC 9051 7.1, 6.1; RFC 1939 3 to 7; RFC 3977 5.1
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

namespace {

constexpr std::size_t kLineMax = 512;

Answer greeting_with(Bytes bytes, std::string_view start,
                     std::initializer_list<std::string_view> words) {
    const Answer begins = starts_with(bytes, start);
    if (begins != Answer::yes) return begins;
    const FirstLine line = first_line(bytes, kLineMax);
    if (line.answer != Answer::yes) return line.answer;
    for (const std::string_view word : words)
        if (contains_word(line.text, word)) return Answer::yes;
    return Answer::no;
}

Answer command_of(Bytes bytes, std::initializer_list<std::string_view> commands) {
    bool may = false;
    for (const std::string_view command : commands) {
        Probe probe(bytes);
        for (const char c : command)
            probe.any_of({static_cast<std::uint8_t>(c), static_cast<std::uint8_t>(lower(c))});
        if (probe.answer() == Answer::yes) return Answer::yes;
        may = may || probe.answer() == Answer::maybe;
    }
    return may ? Answer::maybe : Answer::no;
}

}  // namespace

Answer imap_over_tcp(const FirstBytesView& view) noexcept {
    for (const std::string_view start : {"* OK", "* PREAUTH", "* BYE"}) {
        Probe probe(view.bytes);
        probe.is(start).any_of({' ', '\r'});
        if (probe.answer() != Answer::no) return probe.answer();
    }
    // A tag of letters and digits, then a command that may be a connection's first.
    constexpr std::size_t kTagMax = 16;
    std::size_t at = 0;
    const Bytes bytes = view.bytes;
    bool digit = false;
    for (; at < bytes.size() && bytes[at] != ' '; ++at) {
        const char c = lower(static_cast<char>(bytes[at]));
        digit = digit || (c >= '0' && c <= '9');
        if (at >= kTagMax || !((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.'))
            return Answer::no;
    }
    if (at == bytes.size()) return Answer::maybe;
    if (!digit || at == 0) return Answer::no;
    return command_of(bytes.subspan(at + 1),
                      {"CAPABILITY\r", "LOGIN ", "AUTHENTICATE ", "STARTTLS\r", "ID (", "ID NIL",
                       "NOOP\r", "LOGOUT\r"});
}

Answer pop3_over_tcp(const FirstBytesView& view) noexcept {
    const Answer said = greeting_with(view.bytes, "+OK ", {"pop", "ready", "<", "hello", "server"});
    return said != Answer::no ? said : command_of(view.bytes, {"CAPA\r", "APOP ", "STLS\r"});
}

Answer nntp_over_tcp(const FirstBytesView& view) noexcept {
    for (const std::string_view start : {"200 ", "201 "}) {
        const Answer said = greeting_with(view.bytes, start, {"nntp", "news", "posting", "innd"});
        if (said != Answer::no) return said;
    }
    return command_of(view.bytes, {"MODE READER", "GROUP ", "ARTICLE ", "XOVER ", "NEWGROUPS "});
}

}  // namespace sluice::detect
