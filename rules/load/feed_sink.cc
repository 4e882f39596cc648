#include "rules/load/feed_sink.h"

#include <algorithm>

#include "rules/load/host_name.h"
#include "rules/load/public_suffix.h"

namespace sluice::load {
namespace {

using Kind = model::FeedContent::Kind;

std::string_view without_scheme(std::string_view text) {
    for (const std::string_view scheme : {"http://", "https://"})
        if (text.starts_with(scheme)) return text.substr(scheme.size());
    return text;
}

// The path as it is looked up: without query, fragment and final slashes. Empty: the whole host.
std::string_view path_of(std::string_view path) {
    path = path.substr(0, path.find_first_of("?#"));
    while (path.ends_with('/'))
        path.remove_suffix(1);
    return path;
}

}  // namespace

FeedSink::FeedSink(const model::Feed& feed, bool lenient, Report& report, model::FeedContent& out)
    : lenient_(lenient),
      any_suffix_(std::find(feed.allow_suffix.begin(), feed.allow_suffix.end(), "any") !=
                  feed.allow_suffix.end()),
      suffixes_(feed.allow_suffix.begin(), feed.allow_suffix.end()),
      report_(report),
      out_(out) {}

bool FeedSink::allowed_suffix(const std::string& name) const {
    return any_suffix_ || suffixes_.contains(name) || !PublicSuffixes::of_system().is_suffix(name);
}

void FeedSink::put(std::string_view spelling, Kind kind) {
    if (out_.rows.size() == kFeedRowsMax || out_.text.size() + spelling.size() > kFeedTextMax) {
        full_ = true;
        report_.error({file_, line_, column_}, "too_many",
                      "a feed has at most 20,000,000 entries and 1 GiB of names",
                      "leave out what other entries cover");
        return;
    }
    out_.rows.push_back({static_cast<std::uint32_t>(out_.text.size()),
                         static_cast<std::uint16_t>(spelling.size()), category_, kind});
    out_.text.append(spelling);
    auto& counts = out_.counts;
    ++(kind == Kind::name        ? counts.names
       : kind == Kind::url       ? counts.urls
       : kind == Kind::exception ? counts.exceptions
                                 : counts.changes);
}

void FeedSink::name(std::string_view text, Kind kind) {
    if (text.starts_with("*.")) text.remove_prefix(2);
    if (text.starts_with('.')) text.remove_prefix(1);
    if (!host_name(text, name_)) {
        bad("bad_name", text, "is not a host name", host_name_hint(text));
        return;
    }
    if (kind != Kind::exception && kind != Kind::removed && !allowed_suffix(name_)) {
        ++out_.counts.suffixes;
        bad("public_suffix", name_,
            "is a public suffix: everybody's names below it would be of this category",
            "remove the line, or name it under 'allow_suffix' of the feed");
        return;
    }
    put(name_, kind);
}

void FeedSink::entry(std::string_view text) {
    const std::string_view rest = without_scheme(text);
    const char first = rest.empty() ? '\0' : rest[0];
    if ((first >= '0' && first <= '9') || rest.find(':') != std::string_view::npos) {
        const ParsedPrefix parsed = parse_prefix(rest);
        if (parsed.prefix) {
            address(*parsed.prefix);
            return;
        }
        if (parsed.error == PrefixError::host_bits_set) {
            bad("host_bits_set", rest, "names a host inside a network",
                "write " + to_text(parsed.masked));
            return;
        }
    }
    url(rest);
}

void FeedSink::url(std::string_view text) {
    text = without_scheme(text);
    const std::size_t slash = std::min(text.find('/'), text.size());
    std::string_view host = text.substr(0, slash);
    if (host.ends_with(":80") || host.ends_with(":443")) host = host.substr(0, host.rfind(':'));
    const std::string_view path = path_of(text.substr(slash));
    if (path.empty()) {
        if (const auto ip = parse_ip(host))
            address({*ip, 128});
        else
            name(host, Kind::name);
        return;
    }
    if (parse_ip(host)) {
        skip(text, "a path on an address is not looked up");
        return;
    }
    if (!host_name(host, name_)) {
        bad("bad_name", text, "does not begin with a host name", host_name_hint(host));
        return;
    }
    const auto segments = static_cast<std::size_t>(std::count(path.begin(), path.end(), '/'));
    const bool odd = std::any_of(path.begin(), path.end(), [](char c) {
        return static_cast<unsigned char>(c) <= ' ' || c == '\x7f';
    });
    if (odd || segments > kUrlSegmentsMax || name_.size() + path.size() > kUrlBytesMax ||
        path.find("//") != std::string_view::npos) {
        bad("bad_url", text, "has a path that is never looked up",
            "at most 32 segments and 1024 bytes, no blanks, no empty segments");
        return;
    }
    name_.append(path);
    put(name_, Kind::url);
}

void FeedSink::address(const Prefix& prefix) {
    if (out_.addresses.size() == kFeedRowsMax) {
        full_ = true;
        return;
    }
    out_.addresses.push_back({prefix, category_});
    ++out_.counts.addresses;
}

void FeedSink::skip(std::string_view line, std::string_view why) {
    ++out_.counts.skipped;
    out_.last_skipped =
        file_name_ + ":" + std::to_string(line_) + ": " + in_quotes(line) + " " + std::string(why);
}

void FeedSink::bad(std::string_view code, std::string_view line, std::string_view what,
                   const std::string& hint) {
    if (lenient_)
        skip(line, what);
    else
        report_.error({file_, line_, column_}, code, in_quotes(line) + " " + std::string(what),
                      hint);
}

void FeedSink::finish() {
    if (out_.counts.exceptions == 0) return;
    std::unordered_set<std::string_view> exceptions;
    for (const auto& row : out_.rows)
        if (row.kind == Kind::exception) exceptions.insert(out_.spelling(row));
    const auto covered = [&](std::string_view name) {
        for (;;) {
            if (exceptions.contains(name)) return true;
            const std::size_t dot = name.find('.');
            if (dot == std::string_view::npos) return false;
            name.remove_prefix(dot + 1);
        }
    };
    auto& counts = out_.counts;
    std::erase_if(out_.rows, [&](const model::FeedContent::Row& row) {
        if (row.kind != Kind::name && row.kind != Kind::url) return false;
        std::string_view spelling = out_.spelling(row);
        if (!covered(spelling.substr(0, spelling.find('/')))) return false;
        --(row.kind == Kind::name ? counts.names : counts.urls);
        ++counts.excepted;
        ++counts.skipped;
        return true;
    });
}

}  // namespace sluice::load
