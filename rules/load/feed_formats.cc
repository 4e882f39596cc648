#include "rules/load/feed_formats.h"

#include <algorithm>

#include "rules/load/bulk_lines.h"

namespace sluice::load {
namespace {

using Kind = model::FeedContent::Kind;

constexpr std::string_view kBlanks = " \t";

// Lines as they are, for formats in which '#' may be more than a comment.
class PlainLines {
  public:
    explicit PlainLines(std::string_view text) : rest_(text) {}
    bool next(std::string_view& line) {
        while (!rest_.empty()) {
            const std::string_view whole = rest_.substr(0, rest_.find('\n'));
            rest_.remove_prefix(std::min(whole.size() + 1, rest_.size()));
            ++line_;
            line = trimmed(whole);
            if (!line.empty()) return true;
        }
        return false;
    }
    std::uint32_t line() const { return line_; }

  private:
    std::string_view rest_;
    std::uint32_t line_ = 0;
};

// The next word of `rest`; empty at its end.
std::string_view word(std::string_view& rest) {
    const std::size_t from = std::min(rest.find_first_not_of(kBlanks), rest.size());
    const std::size_t to = std::min(rest.find_first_of(kBlanks, from), rest.size());
    const std::string_view found = rest.substr(from, to - from);
    rest.remove_prefix(to);
    return found;
}

// What hosts files say of the machine they are on.
bool of_the_machine(std::string_view name) {
    constexpr std::string_view kNames[] = {"localhost", "local", "broadcasthost",
                                           "localhost.localdomain", "0.0.0.0"};
    return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames) ||
           (name.starts_with("ip6-") && name.find('.') == std::string_view::npos);
}

bool changes_nothing_here(std::string_view options) {
    while (!options.empty()) {
        const std::string_view one = options.substr(0, options.find(','));
        options.remove_prefix(std::min(one.size() + 1, options.size()));
        if (one != "all" && one != "important" && one != "document" && one != "doc") return false;
    }
    return true;
}

void adblock_rule(std::string_view line, FeedSink& sink) {
    std::string_view rest = line;
    const bool exception = rest.starts_with("@@");
    if (exception) rest.remove_prefix(2);
    if (!rest.starts_with("||")) return sink.skip(line, "is no rule about a whole name");
    rest.remove_prefix(2);
    const std::size_t end = rest.find('^');
    if (end == std::string_view::npos) return sink.skip(line, "is no rule about a whole name");
    const std::string_view name = rest.substr(0, end), after = rest.substr(end + 1);
    if (name.find_first_of("/*:$|") != std::string_view::npos)
        return sink.skip(line, "is no rule about a whole name");
    if (!after.empty() && after != "|" &&
        (after[0] != '$' || !changes_nothing_here(after.substr(1))))
        return sink.skip(line, "is a rule about some requests only");
    if (const auto ip = parse_ip(name)) {
        if (exception) return sink.skip(line, "excepts an address");
        return sink.address({*ip, 128});
    }
    sink.name(name, exception ? Kind::exception : Kind::name);
}

}  // namespace

void read_domains(std::string_view text, FeedSink& sink) {
    BulkLines lines(text);
    std::string_view line;
    while (!sink.full() && lines.next(line)) {
        sink.at(lines.line(), lines.column());
        sink.entry(line);
    }
}

void read_hosts(std::string_view text, FeedSink& sink) {
    BulkLines lines(text);
    std::string_view line;
    while (!sink.full() && lines.next(line)) {
        sink.at(lines.line(), lines.column());
        std::string_view rest = line;
        std::string_view first = word(rest);
        const std::string_view address = first.substr(0, first.find('%'));  // fe80::1%lo0
        if (!parse_ip(address)) {
            sink.bad("bad_row", line, "does not begin with an address",
                     "a hosts file has 'address name ...' on each line");
            continue;
        }
        std::string_view name = word(rest);
        if (name.empty()) sink.skip(line, "names nothing");
        for (; !name.empty() && !sink.full(); name = word(rest))
            if (of_the_machine(name))
                sink.skip(name, "is the machine itself");
            else
                sink.name(name, Kind::name);
    }
}

void read_adblock(std::string_view text, FeedSink& sink) {
    PlainLines lines(text);
    std::string_view line;
    while (!sink.full() && lines.next(line)) {
        if (line[0] == '!' || (line[0] == '[' && line.back() == ']')) continue;  // comment, header
        sink.at(lines.line(), 1);
        adblock_rule(line, sink);
    }
}

void read_ut1_domains(std::string_view text, FeedSink& sink) { read_domains(text, sink); }

void read_ut1_urls(std::string_view text, FeedSink& sink) {
    PlainLines lines(text);
    std::string_view line;
    while (!sink.full() && lines.next(line)) {
        if (line[0] == '#') continue;
        sink.at(lines.line(), 1);
        sink.url(line);
    }
}

void read_changes(std::string_view text, FeedSink& sink) {
    BulkLines lines(text);
    std::string_view line;
    while (!sink.full() && lines.next(line)) {
        sink.at(lines.line(), lines.column());
        if (line[0] == '+' || line[0] == '-')
            sink.name(trimmed(line.substr(1)), line[0] == '+' ? Kind::added : Kind::removed);
        else
            sink.bad("bad_row", line, "is no change",
                     "write '+name' for a new name, '-name' for one that left the feed");
    }
}

}  // namespace sluice::load
