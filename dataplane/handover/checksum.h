// The internet checksum (RFC 1071), eight bytes at a time.
#pragma once
#include <cstdint>
#include <cstring>

#include "rules/base/bytes.h"

namespace sluice::handover {

// One's complement sum of 16-bit words in network order, to be continued by the next call. An odd
// byte counts as the high half of a word, so only the last piece may be of odd size.
class Checksum {
  public:
    void add(Bytes bytes) noexcept {
        std::uint64_t sum = 0;
        const std::uint8_t* at = bytes.data();
        std::size_t left = bytes.size();
        for (; left >= 8; left -= 8, at += 8) {
            std::uint64_t word;
            std::memcpy(&word, at, sizeof word);
            sum += word;
            sum += sum < word ? 1 : 0;
        }
        std::uint64_t rest = 0;
        if (left != 0) std::memcpy(&rest, at, left);  // `at` may be null
        sum += rest;
        sum += sum < rest ? 1 : 0;
        sum = (sum & 0xffff'ffff) + (sum >> 32);
        sum = (sum & 0xffff'ffff) + (sum >> 32);
        const std::uint32_t half = fold(static_cast<std::uint32_t>(sum));
        add16(static_cast<std::uint16_t>((half & 0xff) << 8 | half >> 8));
    }
    void add16(std::uint16_t word) noexcept { sum_ += word; }
    // What goes into the header's checksum field; 0 when that field was among what was added and
    // was right.
    std::uint16_t value() const noexcept { return static_cast<std::uint16_t>(~fold(sum_)); }

  private:
    static std::uint32_t fold(std::uint32_t sum) noexcept {
        sum = (sum & 0xffff) + (sum >> 16);
        return (sum & 0xffff) + (sum >> 16);
    }
    std::uint32_t sum_ = 0;  // of at most 65,535 words: never overflows
};

}  // namespace sluice::handover
