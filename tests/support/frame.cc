// Numbers, hexadecimal text and checksums of frames under construction.
#include "tests/support/frame.h"

#include <stdexcept>

namespace sluice::testing {

void put8(Frame& f, std::size_t value) { f.push_back(static_cast<std::uint8_t>(value)); }
void put16(Frame& f, std::size_t value) { put8(f, value >> 8), put8(f, value); }
void put24(Frame& f, std::size_t value) { put8(f, value >> 16), put16(f, value); }
void put32(Frame& f, std::size_t value) { put16(f, value >> 16), put16(f, value); }
void put_text(Frame& f, std::string_view text) { f.insert(f.end(), text.begin(), text.end()); }
void put_all(Frame& f, Bytes bytes) { f.insert(f.end(), bytes.begin(), bytes.end()); }

void put_fill(Frame& f, std::size_t count, std::uint8_t value) { f.insert(f.end(), count, value); }

void set16(Frame& f, std::size_t at, std::size_t value) {
    f.at(at) = static_cast<std::uint8_t>(value >> 8);
    f.at(at + 1) = static_cast<std::uint8_t>(value);
}

std::uint16_t checksum(Bytes data) {
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < data.size(); i += 2)
        sum += std::uint32_t{data[i]} << 8 | (i + 1 < data.size() ? data[i + 1] : 0u);
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return static_cast<std::uint16_t>(~sum);
}

Frame from_hex(std::string_view text) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    Frame out;
    int high = -1;
    for (char c : text) {
        if (c == ' ') continue;
        if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
        const std::size_t digit = kDigits.find(c);
        if (digit == std::string_view::npos)
            throw std::invalid_argument("not hexadecimal: " + std::string(text));
        if (high < 0) {
            high = static_cast<int>(digit);
        } else {
            put8(out, static_cast<std::size_t>(high) << 4 | digit);
            high = -1;
        }
    }
    if (high >= 0) throw std::invalid_argument("half a byte at the end: " + std::string(text));
    return out;
}

std::string to_hex(Bytes bytes) {
    constexpr char kDigits[] = "0123456789abcdef";
    std::string out;
    for (const std::uint8_t byte : bytes) {
        out += kDigits[byte >> 4];
        out += kDigits[byte & 15];
    }
    return out;
}

}  // namespace sluice::testing
