// words: ftp ftp_data
// looks at: a greeting that names FTP, or a command that opens its sessions; of data connections a
//   directory listing
// limits: a greeting that names nothing is told by the client's first command. Files on data
//   connections are not told: they may be anything
// source: RFC 959 4.1, 5.4; RFC 4217 12
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

namespace {

constexpr std::size_t kGreetingMax = 512;

}  // namespace

Answer ftp_over_tcp(const FirstBytesView& view) noexcept {
    Answer start = starts_with(view.bytes, "220 ");
    if (start == Answer::no) start = starts_with(view.bytes, "220-");
    if (start != Answer::no) {
        const std::string_view seen =
            as_text(view.bytes.first(std::min(view.bytes.size(), kGreetingMax)));
        const std::string_view line = seen.substr(0, seen.find('\n'));
        if (line.size() == seen.size() && seen.size() < kGreetingMax) return Answer::maybe;
        return yes_if(contains_word(line, "ftp") || contains_word(line, "filezilla"));
    }
    bool may = false;
    for (const std::string_view command : {"USER ", "AUTH TLS", "AUTH SSL", "FEAT\r\n"}) {
        Probe probe(view.bytes);
        for (const char c : command)
            probe.any_of({static_cast<std::uint8_t>(c), static_cast<std::uint8_t>(lower(c))});
        may = may || probe.answer() == Answer::maybe;
        if (probe.answer() != Answer::yes) continue;
        if (command != "USER ") return Answer::yes;
        const FirstLine line = first_line(view.bytes, kGreetingMax);  // one word; IRC has four
        if (line.answer != Answer::yes) return line.answer;
        return yes_if(line.text.size() > 5 && line.text.find(' ', 5) == std::string_view::npos);
    }
    return may ? Answer::maybe : Answer::no;
}

Answer ftp_data_over_tcp(const FirstBytesView& view) noexcept {
    Probe probe(view.bytes);
    probe.any_of({'-', 'd', 'l'});
    for (unsigned i = 0; i < 3; ++i)
        probe.any_of({'r', '-'}).any_of({'w', '-'}).any_of({'x', '-', 's', 't', 'S', 'T'});
    probe.any_of({' ', '+', '.'}).any_of({' ', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9'});
    return probe.answer();
}

}  // namespace sluice::detect
