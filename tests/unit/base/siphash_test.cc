// SipHash-1-3 against values that others have computed.
#include "rules/base/siphash.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace sluice {
namespace {

// Key and message 00 01 02 ..., as in the paper's appendix (there for 2-4).
TEST(SipHash, HashesTheCountingMessage) {
    const HashKey key{0x0706050403020100, 0x0f0e0d0c0b0a0908};
    std::array<std::uint8_t, 8> message;
    for (std::uint8_t i = 0; i < message.size(); ++i)
        message[i] = i;
    const struct {
        std::size_t size;
        std::uint64_t hash;
    } kRows[] = {{0, 0xabac'0158'050f'c4dc}, {1, 0xc9f4'9bf3'7d57'ca93}, {2, 0x82cb'9b02'4dc7'd44d}};
    for (const auto& row : kRows)
        EXPECT_EQ(siphash13(key, Bytes(message).first(row.size)), row.hash) << row.size;
}

// What CPython 3.11 says without randomisation: PYTHONHASHSEED=0 python3 -c "print(hash(b'...'))".
// Sizes on both sides of a whole word.
TEST(SipHash, AgreesWithCPython) {
    const struct {
        std::string text;
        std::uint64_t hash;
    } kRows[] = {{"a", 0x4074'48d2'b89b'1813},
                 {"abcdefg", 0x6db1'2aae'9070'f506},
                 {"abcdefgh", 0x3f7b'849c'0b8e'35ea},
                 {"bank.example", 0x590d'3264'0fd3'3d70},
                 {std::string(63, 'x'), 0x1c30'8a9f'11b6'a742}};
    for (const auto& row : kRows)
        EXPECT_EQ(siphash13({}, as_bytes(row.text)), row.hash) << row.text;
}

}  // namespace
}  // namespace sluice
