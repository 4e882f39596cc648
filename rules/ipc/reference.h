// References of blocked flows: the 64-bit number of an event as people read it out over the phone,
// "0K7Q2-93FD8-MXAB". Crockford's base 32: no I, L, O, U; case, dashes and spaces do not matter
// when read. The last digit is a check over GF(32): the sum of digit x g^position is zero with all
// weights different, so a single wrong digit and two exchanged digits always change it.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sluice::ipc {

inline constexpr std::size_t kReferenceValueDigits = 13;  // 13 x 5 bits: the first carries 4
inline constexpr std::size_t kReferenceDigits = kReferenceValueDigits + 1;
inline constexpr std::size_t kReferenceChars = kReferenceDigits + 2;
inline constexpr std::string_view kReferenceAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

struct ReferenceText {
    std::array<char, kReferenceChars> chars{};
    constexpr std::string_view view() const { return {chars.data(), chars.size()}; }
};

namespace reference_detail {

using Digits = std::array<std::uint8_t, kReferenceDigits>;

// What the last digit must be for the ones before it.
constexpr std::uint8_t check_of(const Digits& digits) {
    unsigned sum = 0;  // Horner: the first digit ends with weight g^13, the 13th with g^1
    for (std::size_t i = 0; i < kReferenceValueDigits; ++i) {
        sum = (sum ^ digits[i]) << 1;           // times g in GF(2)[x] / (x^5 + x^2 + 1),
        if ((sum & 32) != 0) sum = sum ^ 0x25;  // where g = x generates all 31 weights
    }
    return static_cast<std::uint8_t>(sum);
}

constexpr std::optional<std::uint8_t> digit_of(char c) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (c == 'I' || c == 'L') c = '1';
    if (c == 'O') c = '0';
    const std::size_t value = kReferenceAlphabet.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    return static_cast<std::uint8_t>(value);
}

}  // namespace reference_detail

constexpr ReferenceText reference_text(std::uint64_t reference) noexcept {
    reference_detail::Digits digits{};
    for (std::size_t i = kReferenceValueDigits; i-- > 0; reference >>= 5)
        digits[i] = reference & 31;
    digits.back() = reference_detail::check_of(digits);
    ReferenceText text;
    std::size_t at = 0;
    for (std::size_t i = 0; i < kReferenceDigits; ++i) {
        if (i == 5 || i == 10) text.chars[at++] = '-';
        text.chars[at++] = kReferenceAlphabet[digits[i]];
    }
    return text;
}

// The number of such a text; I and L are read as 1, O as 0. Nothing for any other text, or for one
// with a slip in it.
constexpr std::optional<std::uint64_t> parse_reference(std::string_view text) noexcept {
    reference_detail::Digits digits{};
    std::size_t count = 0;
    for (const char c : text) {
        if (c == '-' || c == ' ') continue;
        const auto digit = reference_detail::digit_of(c);
        if (!digit || count == kReferenceDigits) return std::nullopt;
        digits[count++] = *digit;
    }
    if (count != kReferenceDigits || digits[0] > 15 ||
        digits.back() != reference_detail::check_of(digits))
        return std::nullopt;
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < kReferenceValueDigits; ++i)
        number = number << 5 | digits[i];
    return number;
}

}  // namespace sluice::ipc
