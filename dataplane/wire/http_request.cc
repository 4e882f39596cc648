// HTTP/1.x request heads: the line, the few headers that matter, and how long the body is.
#include "dataplane/wire/http_request.h"

#include <algorithm>
#include <optional>

namespace sluice::wire {
namespace {

constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_control(char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7f; }
// Line ends count as space: inside a value they are the remains of obs-fold.
constexpr bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && is_space(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && is_space(text.back()))
        text.remove_suffix(1);
    return text;
}

bool same_word(std::string_view a, std::string_view b) {
    const auto lowered = [](char c) { return is_upper(c) ? static_cast<char>(c + 32) : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [&](char x, char y) { return lowered(x) == lowered(y); });
}

// Calls `take(element)` for each element of a comma-separated list until it says false; empty
// elements do not count (RFC 9110 5.6.1).
template <class Take>
bool each_element(std::string_view list, Take take) {
    while (!list.empty()) {
        const std::size_t size = std::min(list.find(','), list.size());
        const std::string_view element = trimmed(list.substr(0, size));
        if (!element.empty() && !take(element)) return false;
        list.remove_prefix(std::min(size + 1, list.size()));
    }
    return true;
}

// --- the request line ---------------------------------------------------------------------------

std::size_t leading_empty_lines(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
        if (text[at] == '\n')
            at += 1;
        else if (text[at] == '\r' && at + 1 < text.size() && text[at + 1] == '\n')
            at += 2;
        else
            break;
    }
    return at;
}

// The method's size, once a space follows it.
Result<std::size_t, Stop> method_size(std::string_view line) {
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        if (c == ' ' && i != 0) return i;
        const bool fits = is_upper(c) || (i != 0 && (c == '-' || c == '_'));
        if (!fits || i == kHttpMethodMax) return Err{Stop::other};
    }
    return Err{Stop::need_more};
}

// Where the line's LF is; `other` for a control character before it.
Result<std::size_t, Stop> line_end(std::string_view line, std::size_t from) {
    for (std::size_t i = from; i < line.size(); ++i) {
        const char c = line[i];
        if (c == '\n') return i;
        if (!is_control(c) || c == '\t') continue;
        const bool before_lf = c == '\r' && (i + 1 == line.size() || line[i + 1] == '\n');
        if (!before_lf) return Err{Stop::other};
    }
    return Err{Stop::need_more};
}

// The digits of "HTTP/1.<minor>". Servers take more than one digit (nginx up to 99); of 1.0.8,
// which devices say, the first counts.
std::optional<std::uint8_t> minor_version(std::string_view version) {
    constexpr std::string_view kStart = "HTTP/1.";
    if (!version.starts_with(kStart)) return std::nullopt;
    version.remove_prefix(kStart.size());
    if (const std::size_t dot = version.find('.'); dot + 1 < version.size()) {
        if (!std::all_of(version.begin() + dot, version.end(),
                         [](char c) { return is_digit(c) || c == '.'; }))
            return std::nullopt;
        version = version.substr(0, dot);
    }
    if (version.empty() || version.size() > 2) return std::nullopt;
    unsigned minor = 0;
    for (char c : version) {
        if (!is_digit(c)) return std::nullopt;
        minor = minor * 10 + static_cast<unsigned>(c - '0');
    }
    return static_cast<std::uint8_t>(minor);
}

Result<HttpRequestLine, Stop> read_request_line(std::string_view text) {
    const std::size_t start = leading_empty_lines(text);
    const std::string_view rest = text.substr(start);
    if (rest == "\r") return Err{Stop::need_more};
    SLUICE_TRY(method, method_size(rest));
    SLUICE_TRY(end, line_end(rest, method));
    const std::string_view line = trimmed(rest.substr(0, end));
    const std::size_t last_space = line.find_last_of(" \t");
    if (last_space == std::string_view::npos || last_space <= method) return Err{Stop::other};
    const auto minor = minor_version(line.substr(last_space + 1));
    const std::string_view target = trimmed(line.substr(method, last_space - method));
    if (!minor || target.empty()) return Err{Stop::other};
    return HttpRequestLine{rest.substr(0, method), target, *minor,
                           static_cast<std::uint32_t>(start + end + 1)};
}

// --- hosts --------------------------------------------------------------------------------------

// The authority of "scheme://user@host:port/path"; nothing when the target has another form.
std::optional<std::string_view> authority_of(std::string_view target) {
    const std::size_t colon = target.find("://");
    if (colon == std::string_view::npos || colon == 0) return std::nullopt;
    const bool is_scheme = std::all_of(target.begin(), target.begin() + colon, [](char c) {
        return is_upper(c) || (c >= 'a' && c <= 'z') || is_digit(c) || c == '+' || c == '-' ||
               c == '.';
    });
    if (!is_scheme) return std::nullopt;
    std::string_view authority = target.substr(colon + 3);
    authority = authority.substr(0, authority.find_first_of("/?#"));
    const std::size_t at = authority.rfind('@');
    return at == std::string_view::npos ? authority : authority.substr(at + 1);
}

// --- headers ------------------------------------------------------------------------------------

// What the headers say, gathered line by line.
struct Headers {
    std::optional<std::string_view> host;
    std::optional<std::uint64_t> content_length;
    bool length_clear = true;
    bool transfer_encoding = false;
    bool chunked_last = false;
    bool upgrade = false;
    bool connection_upgrade = false;
};

bool read_content_length(std::string_view value, std::optional<std::uint64_t>& length) {
    constexpr std::size_t kDigitsMax = 18;  // 10^18 - 1 bytes
    bool any = false;
    const bool fine = each_element(value, [&](std::string_view element) {
        std::uint64_t number = 0;
        while (element.size() > 1 && element.front() == '0')
            element.remove_prefix(1);
        if (element.size() > kDigitsMax) return false;
        for (char c : element) {
            if (!is_digit(c)) return false;
            number = number * 10 + static_cast<unsigned>(c - '0');
        }
        if (length && *length != number) return false;
        length = number;
        any = true;
        return true;
    });
    return fine && any;
}

bool read_transfer_encoding(std::string_view value, Headers& headers) {
    headers.transfer_encoding = true;
    return each_element(value, [&](std::string_view coding) {
        if (headers.chunked_last) return false;  // chunked is the last one, and comes once
        headers.chunked_last = same_word(coding, "chunked");
        return true;
    });
}

bool read_host(std::string_view value, Headers& headers) {
    if (headers.host) return same_word(*headers.host, value);
    headers.host = value;
    return true;
}

// One header line, its folds included. False: malformed.
bool read_header(std::string_view line, Headers& headers) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return true;
    const std::string_view raw_name = line.substr(0, colon);
    const std::string_view name = trimmed(raw_name);
    const std::string_view value = trimmed(line.substr(colon + 1));
    const bool clean = name.size() == raw_name.size();
    if (same_word(name, "host")) return clean && read_host(value, headers);
    if (same_word(name, "content-length"))
        headers.length_clear &= clean && read_content_length(value, headers.content_length);
    if (same_word(name, "transfer-encoding"))
        headers.length_clear &= clean && read_transfer_encoding(value, headers);
    if (same_word(name, "upgrade")) headers.upgrade |= !value.empty();
    if (same_word(name, "connection"))
        each_element(value, [&](std::string_view option) {
            headers.connection_upgrade |= same_word(option, "upgrade");
            return true;
        });
    return true;
}

// The head's size, or 0 while its empty line is not there. `from` is where the headers start.
std::size_t find_head_size(std::string_view text, std::size_t from) {
    for (std::size_t at = from; at < text.size();) {
        if (text[at] == '\n') return at + 1;
        if (text[at] == '\r' && at + 1 < text.size() && text[at + 1] == '\n') return at + 2;
        const std::size_t lf = text.find('\n', at);
        if (lf == std::string_view::npos) return 0;
        at = lf + 1;
    }
    return 0;
}

// `text` is the header lines, each with its line feed, without the empty line.
bool read_headers(std::string_view text, Headers& headers) {
    if (!text.empty() && (text.front() == ' ' || text.front() == '\t')) return false;
    while (!text.empty()) {
        std::size_t end = text.find('\n');
        while (end + 1 < text.size() && (text[end + 1] == ' ' || text[end + 1] == '\t'))
            end = text.find('\n', end + 1);
        if (!read_header(text.substr(0, end), headers)) return false;
        text.remove_prefix(end + 1);
    }
    return true;
}

// Host and body out of line and headers. False: malformed.
bool conclude(const HttpRequestLine& line, const Headers& headers, HttpRequest& out) {
    const bool connect = line.method == "CONNECT";
    const auto header_host = host_of_authority(headers.host.value_or(""));
    const auto authority = connect ? std::optional{line.target} : authority_of(line.target);
    const auto target_host = host_of_authority(authority.value_or(""));
    if (!header_host || !target_host || (authority && target_host->empty())) return false;
    out.host_header = *header_host;
    out.host = authority ? *target_host : *header_host;

    const bool both_or_old = headers.transfer_encoding &&
                             (headers.content_length || !headers.chunked_last || line.minor == 0);
    out.body_size = headers.content_length.value_or(0);
    if (!headers.length_clear || both_or_old)
        out.body = HttpBody::unclear;
    else if (connect)
        out.body = HttpBody::tunnel;  // RFC 9110 9.3.6: a body has no meaning
    else if (headers.chunked_last)
        out.body = HttpBody::chunked;
    else if (out.body_size != 0)
        out.body = HttpBody::sized;
    else if (headers.upgrade && headers.connection_upgrade)
        out.body = HttpBody::tunnel;
    if (out.body != HttpBody::sized) out.body_size = 0;
    return true;
}

}  // namespace

std::optional<std::string_view> host_of_authority(std::string_view authority) noexcept {
    if (std::any_of(authority.begin(), authority.end(),
                    [](char c) { return is_control(c) || c == ' '; }))
        return std::nullopt;
    if (!authority.starts_with('[')) return authority.substr(0, authority.find(':'));
    const std::size_t close = authority.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    const std::string_view after = authority.substr(close + 1);
    if (!after.empty() && after.front() != ':') return std::nullopt;
    return authority.substr(1, close - 1);
}

Result<HttpRequestLine, Stop> parse_http_request_line(Bytes stream) noexcept {
    const auto line = read_request_line(as_text(stream).substr(0, kHttpHeadMax));
    if (!line && line.error() == Stop::need_more && stream.size() >= kHttpHeadMax)
        return Err{Stop::too_large};
    return line;
}

Result<HttpRequest, Stop> parse_http_request(Bytes stream) noexcept {
    SLUICE_TRY(line, parse_http_request_line(stream));
    const std::string_view text = as_text(stream).substr(0, kHttpHeadMax);
    const std::size_t head_size = find_head_size(text, line.line_size);
    if (head_size == 0)
        return Err{stream.size() >= kHttpHeadMax ? Stop::too_large : Stop::need_more};
    const std::size_t empty_line = head_size - (text[head_size - 2] == '\r' ? 2 : 1);
    Headers headers;
    HttpRequest out;
    out.method = line.method;
    out.head_size = static_cast<std::uint32_t>(head_size);
    const std::string_view lines = text.substr(line.line_size, empty_line - line.line_size);
    if (!read_headers(lines, headers) || !conclude(line, headers, out)) return Err{Stop::malformed};
    return out;
}

}  // namespace sluice::wire
