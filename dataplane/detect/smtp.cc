// SMTP: a client's EHLO, HELO or LHLO, or a server's greeting that says so (RFC 5321 4.1.1.1, 4.2).
#include <algorithm>

#include "dataplane/detect/recognisers.h"

namespace sluice::detect {
namespace {

constexpr std::size_t kGreetingMax = 512;  // RFC 5321 4.5.3.1.5, CRLF included [bytes]
constexpr std::uint16_t kMailPorts[] = {25, 465, 587, 2525};

char upper(std::uint8_t byte) {
    return static_cast<char>(byte >= 'a' && byte <= 'z' ? byte - 32 : byte);
}

// Commands are case-insensitive; a space and a name must follow.
Answer hello_command(Bytes bytes) {
    for (std::string_view command : {"EHLO ", "HELO ", "LHLO "}) {
        const std::size_t size = std::min(bytes.size(), command.size());
        std::size_t same = 0;
        while (same < size && upper(bytes[same]) == command[same])
            ++same;
        if (same < size) continue;
        if (bytes.size() <= command.size()) return Answer::maybe;
        return bytes[command.size()] > ' ' ? Answer::yes : Answer::no;
    }
    return Answer::no;
}

// "220 " begins FTP's greeting too: it must name SMTP, or come from a mail port.
Answer greeting(const FirstBytesView& view) {
    constexpr std::string_view kWord = "SMTP";
    Answer start = starts_with(view.bytes, "220 ");
    if (start == Answer::no) start = starts_with(view.bytes, "220-");
    if (start != Answer::yes) return start;
    const Bytes seen = view.bytes.first(std::min(view.bytes.size(), kGreetingMax));
    const auto end = std::find(seen.begin(), seen.end(), std::uint8_t{'\n'});
    const auto word = std::search(seen.begin(), end, kWord.begin(), kWord.end(),
                                  [](std::uint8_t byte, char c) { return upper(byte) == c; });
    if (word != end) return Answer::yes;
    if (end == seen.end()) return seen.size() < kGreetingMax ? Answer::maybe : Answer::no;
    const bool mail_port = std::find(std::begin(kMailPorts), std::end(kMailPorts),
                                     view.sender_port()) != std::end(kMailPorts);
    return mail_port ? Answer::yes : Answer::no;
}

}  // namespace

Answer smtp_over_tcp(const FirstBytesView& view) noexcept {
    const Answer command = hello_command(view.bytes);
    return command != Answer::no ? command : greeting(view);
}

}  // namespace sluice::detect
