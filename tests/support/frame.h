// Frame: bytes of a packet being put together in a test, and how to write numbers into it.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rules/base/bytes.h"

namespace sluice::testing {

using Frame = std::vector<std::uint8_t>;

// Big-endian, as on the wire; bits that do not fit are left out.
void put8(Frame& f, std::size_t value);
void put16(Frame& f, std::size_t value);
void put24(Frame& f, std::size_t value);
void put32(Frame& f, std::size_t value);
void put_text(Frame& f, std::string_view text);
void put_all(Frame& f, Bytes bytes);
void put_fill(Frame& f, std::size_t count, std::uint8_t value);
// Overwrites two bytes at `at`.
void set16(Frame& f, std::size_t at, std::size_t value);

// Internet checksum (RFC 1071), an odd byte padded with zero.
std::uint16_t checksum(Bytes data);

// "0a 0b0c" -> 3 bytes; throws std::invalid_argument on anything else.
Frame from_hex(std::string_view text);
std::string to_hex(Bytes bytes);

}  // namespace sluice::testing
