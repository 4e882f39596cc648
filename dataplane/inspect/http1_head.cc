#include "dataplane/inspect/http1_head.h"

#include <algorithm>
#include <charconv>

namespace sluice::inspect {
namespace {

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

constexpr bool is_token_char(char c) {
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) return true;
    return std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}
bool is_token(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, is_token_char);
}
// VCHAR, obs-text, blank and tab.
bool is_field_text(std::string_view text) {
    return std::ranges::all_of(text, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte == '\t' || (byte >= 0x20 && byte != 0x7f);
    });
}
std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

// Lines of a head. Each ends in CRLF: readers differ on anything else.
class Lines {
  public:
    explicit Lines(std::string_view text) : rest_(text), all_(text.size()) {}
    // malformed for a line feed without its carriage return.
    Result<std::string_view, HeadStop> next() {
        const std::size_t end = rest_.find('\n');
        if (end == std::string_view::npos)
            return Err{all_ > kHeadBytesMax ? HeadStop::too_large : HeadStop::need_more};
        if (all_ - rest_.size() + end >= kHeadBytesMax) return Err{HeadStop::too_large};
        if (end == 0 || rest_[end - 1] != '\r') return Err{HeadStop::malformed};
        const std::string_view line = rest_.substr(0, end - 1);
        rest_.remove_prefix(end + 1);
        return line;
    }
    std::size_t taken() const { return all_ - rest_.size(); }

  private:
    std::string_view rest_;
    std::size_t all_;
};

bool read_version(std::string_view text, std::uint8_t& minor) {
    constexpr std::string_view kMajor = "HTTP/1.";
    if (text.size() != kMajor.size() + 1 || !text.starts_with(kMajor)) return false;
    if (text.back() != '0' && text.back() != '1') return false;
    minor = static_cast<std::uint8_t>(text.back() - '0');
    return true;
}

bool read_request_line(std::string_view line, Head& head) {
    const std::size_t first = line.find(' ');
    const std::size_t last = line.rfind(' ');
    if (first == std::string_view::npos || last == first) return false;
    head.method = line.substr(0, first);
    head.target = line.substr(first + 1, last - first - 1);
    const auto is_visible = [](char c) {
        return static_cast<unsigned char>(c) > 0x20 && c != 0x7f;
    };
    return is_token(head.method) && !head.target.empty() &&
           std::ranges::all_of(head.target, is_visible) &&
           read_version(line.substr(last + 1), head.minor);
}

bool read_status_line(std::string_view line, Head& head) {
    constexpr std::size_t kStatusAt = 9, kStatusSize = 3;
    if (line.size() < kStatusAt + kStatusSize || line[kStatusAt - 1] != ' ') return false;
    if (line.size() > kStatusAt + kStatusSize && line[kStatusAt + kStatusSize] != ' ') return false;
    const char* begin = line.data() + kStatusAt;
    const auto [end, error] = std::from_chars(begin, begin + kStatusSize, head.status);
    return error == std::errc{} && end == begin + kStatusSize && head.status >= 100 &&
           read_version(line.substr(0, kStatusAt - 1), head.minor) && is_field_text(line);
}

bool read_field(std::string_view line, Field& field) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return false;
    field = {line.substr(0, colon), trimmed(line.substr(colon + 1))};
    return is_token(field.name) && is_field_text(field.value);
}

template <class ReadLine>
Result<Head, HeadStop> parse_head(Bytes stream, ReadLine read_line) noexcept {
    Lines lines(as_text(stream));
    Head head;
    SLUICE_TRY(first, lines.next());
    if (!read_line(first, head)) return Err{HeadStop::malformed};
    for (;;) {
        SLUICE_TRY(line, lines.next());
        if (line.empty()) break;
        if (head.field_count == kFieldsMax) return Err{HeadStop::too_large};
        if (!read_field(line, head.fields[head.field_count])) return Err{HeadStop::malformed};
        ++head.field_count;
    }
    head.size = lines.taken();
    return head;
}

// Calls `each` for each element of a comma list.
template <class Each>
void for_elements(std::string_view list, Each each) {
    while (!list.empty()) {
        const std::size_t comma = std::min(list.find(','), list.size());
        each(trimmed(list.substr(0, comma)));
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
}

// The length that messages of both kinds state; `stated` false: none.
Body stated_body(const Head& head, bool& stated) noexcept {
    std::size_t codings = 0, lengths = 0;
    const std::string_view coding = head.field("transfer-encoding", codings);
    const std::string_view length = head.field("content-length", lengths);
    stated = codings + lengths != 0;
    if (!stated) return {};
    if (codings + lengths != 1) return {Framing::bad};
    if (codings == 1)
        return {same_text(coding, "chunked") && head.minor == 1 ? Framing::chunked : Framing::bad};
    std::uint64_t size = 0;
    const char* end = length.data() + length.size();
    const auto [at, error] = std::from_chars(length.data(), end, size);
    if (error != std::errc{} || at != end || length.empty()) return {Framing::bad};
    return {size == 0 ? Framing::none : Framing::sized, size};
}

}  // namespace

bool same_text(std::string_view a, std::string_view b) noexcept {
    return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view Head::field(std::string_view name, std::size_t& count) const {
    std::string_view value;
    count = 0;
    for (std::size_t i = 0; i < field_count; ++i) {
        if (!same_text(fields[i].name, name)) continue;
        if (count++ == 0) value = fields[i].value;
    }
    return value;
}

bool Head::lists(std::string_view name, std::string_view token) const {
    bool found = false;
    for (std::size_t i = 0; i < field_count; ++i) {
        if (!same_text(fields[i].name, name)) continue;
        for_elements(fields[i].value,
                     [&](std::string_view e) { found = found || same_text(e, token); });
    }
    return found;
}

Result<Head, HeadStop> parse_request_head(Bytes stream) noexcept {
    return parse_head(stream, read_request_line);
}
Result<Head, HeadStop> parse_response_head(Bytes stream) noexcept {
    return parse_head(stream, read_status_line);
}

Body request_body(const Head& head) noexcept {
    bool stated = false;
    return stated_body(head, stated);
}

Body response_body(const Head& head, std::string_view method) noexcept {
    constexpr unsigned kSwitching = 101, kNoContent = 204, kNotModified = 304;
    const bool success = head.status / 100 == 2;
    if (head.status == kSwitching || (method == "CONNECT" && success)) return {Framing::tunnel};
    if (head.status / 100 == 1 || head.status == kNoContent || head.status == kNotModified ||
        method == "HEAD")
        return {Framing::none};
    bool stated = false;
    const Body body = stated_body(head, stated);
    return stated ? body : Body{Framing::until_close};
}

}  // namespace sluice::inspect
