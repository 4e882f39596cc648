// words: smtp
// looks at: a client's EHLO, HELO or LHLO, or a server's greeting that names SMTP or says 220 with
//   a host's name and a word of mail
// limits: a greeting that says neither is told by the client's first command
// source: RFC 5321 4.1.1.1, 4.2
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

namespace {

constexpr std::size_t kGreetingMax = 512;  // RFC 5321 4.5.3.1.5, CRLF included [bytes]

// Commands are case-insensitive; a space and a name must follow.
Answer hello_command(Bytes bytes) {
    for (const std::string_view command : {"ehlo ", "helo ", "lhlo "}) {
        const std::size_t size = std::min(bytes.size(), command.size());
        std::size_t same = 0;
        while (same < size && lower(static_cast<char>(bytes[same])) == command[same])
            ++same;
        if (same < size) continue;
        if (bytes.size() <= command.size()) return Answer::maybe;
        return yes_if(bytes[command.size()] > ' ');
    }
    return Answer::no;
}

// "220 " begins FTP's greeting too: it must name SMTP or a mail program.
Answer greeting(Bytes bytes) {
    Answer start = starts_with(bytes, "220 ");
    if (start == Answer::no) start = starts_with(bytes, "220-");
    if (start != Answer::yes) return start;
    const FirstLine line = first_line(bytes, kGreetingMax);
    if (line.answer != Answer::yes) return line.answer;
    for (const std::string_view word : {"smtp", "mail", "postfix", "exim", "sendmail", "mx"})
        if (contains_word(line.text, word)) return Answer::yes;
    return Answer::no;
}

}  // namespace

Answer smtp_over_tcp(const FirstBytesView& view) noexcept {
    const Answer command = hello_command(view.bytes);
    return command != Answer::no ? command : greeting(view.bytes);
}

}  // namespace sluice::detect
