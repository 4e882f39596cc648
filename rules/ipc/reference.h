// References of blocked flows: the 64-bit number of an event as people read it out over the phone,
// "K7Q2-93FD-8MXAB". Crockford's base 32: no I, L, O, U; case and dashes do not matter when read.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sluice::ipc {

inline constexpr std::size_t kReferenceDigits = 13;  // 13 x 5 bits: the first digit carries 4
inline constexpr std::size_t kReferenceChars = kReferenceDigits + 2;
inline constexpr std::string_view kReferenceAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

struct ReferenceText {
    std::array<char, kReferenceChars> chars{};
    constexpr std::string_view view() const { return {chars.data(), chars.size()}; }
};

constexpr ReferenceText reference_text(std::uint64_t reference) noexcept {
    ReferenceText text;
    std::size_t at = 0;
    for (std::size_t digit = 0; digit < kReferenceDigits; ++digit) {
        if (digit == 4 || digit == 8) text.chars[at++] = '-';
        const unsigned shift = static_cast<unsigned>(5 * (kReferenceDigits - 1 - digit));
        text.chars[at++] = kReferenceAlphabet[reference >> shift & 31];
    }
    return text;
}

// The number of such a text, with or without its dashes; I and L are read as 1, O as 0. Nothing for
// any other text.
constexpr std::optional<std::uint64_t> parse_reference(std::string_view text) noexcept {
    const bool dashed = text.size() == kReferenceChars && text[4] == '-' && text[9] == '-';
    if (!dashed && text.size() != kReferenceDigits) return std::nullopt;
    std::uint64_t number = 0;
    for (std::size_t i = 0, digit = 0; i < text.size(); ++i) {
        if (dashed && (i == 4 || i == 9)) continue;
        char c = text[i];
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
        if (c == 'I' || c == 'L') c = '1';
        if (c == 'O') c = '0';
        const std::size_t value = kReferenceAlphabet.find(c);
        if (value == std::string_view::npos || (digit++ == 0 && value > 15)) return std::nullopt;
        number = number << 5 | value;
    }
    return number;
}

}  // namespace sluice::ipc
