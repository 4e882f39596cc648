#include "rules/base/plain_text.h"

#include <cstdint>

namespace sluice {
namespace {

struct Character {
    std::size_t size = 0;  // 0 = not UTF-8
    std::uint32_t code = 0;
};

Character decode(std::string_view text) {
    if (text.empty()) return {};
    const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
    const std::uint8_t first = byte(0);
    if (first < 0x80) return {1, first};
    const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || text.size() < size) return {};
    std::uint32_t code = first & (0x7fu >> size);
    for (std::size_t i = 1; i < size; ++i) {
        if ((byte(i) & 0xc0) != 0x80) return {};
        code = code << 6 | (byte(i) & 0x3fu);
    }
    constexpr std::uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
    if (code < kLeast[size] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return {};
    return {size, code};
}

bool prints(std::uint32_t code) {
    if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return false;  // C0, DEL, C1
    if (code >= 0x2028 && code <= 0x202e) return false;  // separators, bidirectional embedding
    if (code >= 0x2066 && code <= 0x2069) return false;  // bidirectional isolates
    if (code == 0x200e || code == 0x200f || code == 0x61c) return false;  // direction marks
    return code != 0xfeff && (code & 0xfffe) != 0xfffe;  // byte order mark, non-characters
}

}  // namespace

std::size_t utf8_character(std::string_view text) { return decode(text).size; }

std::size_t printable_character(std::string_view text) {
    const Character c = decode(text);
    return prints(c.code) ? c.size : 0;
}

bool is_printable(std::string_view text) {
    while (!text.empty()) {
        const std::size_t size = printable_character(text);
        if (size == 0) return false;
        text.remove_prefix(size);
    }
    return true;
}

std::size_t find_bad_utf8(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t size = utf8_character(text.substr(at));
        if (size == 0) return at;
        at += size;
    }
    return std::string_view::npos;
}

}  // namespace sluice
