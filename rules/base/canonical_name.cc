// One table look-up a byte: 0 is a byte no name has, everything else is the byte to write.
#include "rules/base/canonical_name.h"

#include <array>
#include <cstdint>

namespace sluice {
namespace {

constexpr std::array<char, 256> make_spelling() {
    std::array<char, 256> table{};
    for (char c = 'a'; c <= 'z'; ++c) {
        table[static_cast<std::size_t>(c)] = c;
        table[static_cast<std::size_t>(c - 'a' + 'A')] = c;
    }
    for (char c = '0'; c <= '9'; ++c)
        table[static_cast<std::size_t>(c)] = c;
    table['-'] = '-';
    table['_'] = '_';
    return table;
}
constexpr std::array<char, 256> kSpelling = make_spelling();

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

bool canonical_name(std::string_view in, char (&out)[kNameBufferBytes],
                    std::size_t& size) noexcept {
    if (!in.empty() && in.back() == '.') in.remove_suffix(1);
    if (in.empty() || in.size() > kNameBytesMax) return false;
    std::size_t label = 0;    // bytes of the label being read
    bool only_digits = true;  // so far in that label
    for (std::size_t i = 0; i < in.size(); ++i) {
        if (in[i] == '.') {
            if (label == 0) return false;
            out[i] = '.';
            label = 0;
            only_digits = true;
            continue;
        }
        const char c = kSpelling[static_cast<std::uint8_t>(in[i])];
        if (c == 0 || ++label > kLabelBytesMax) return false;
        only_digits = only_digits && is_digit(c);
        out[i] = c;
    }
    if (label == 0 || only_digits) return false;
    out[in.size()] = '\0';
    size = in.size();
    return true;
}

}  // namespace sluice
