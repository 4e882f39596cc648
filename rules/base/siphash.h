// SipHash-1-3: a keyed hash of short bytes for tables that outsiders fill. Without the key nobody
// can find inputs that collide (Aumasson, Bernstein: "SipHash: a fast short-input PRF", 2012; the
// 1-3 variant is what language run-times use for their tables).
#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "rules/base/bytes.h"

namespace sluice {

// 128-bit secret, drawn at start.
struct HashKey {
    std::uint64_t low = 0, high = 0;
};

class SipHash {
  public:
    explicit constexpr SipHash(HashKey key)
        : v0_(key.low ^ 0x736f6d6570736575),
          v1_(key.high ^ 0x646f72616e646f6d),
          v2_(key.low ^ 0x6c7967656e657261),
          v3_(key.high ^ 0x7465646279746573) {}

    constexpr void word(std::uint64_t m) {
        v3_ ^= m;
        round();
        v0_ ^= m;
    }
    // `last` is the final word: length modulo 256 in the top byte, up to 7 rest bytes below.
    constexpr std::uint64_t finish(std::uint64_t last) {
        word(last);
        v2_ ^= 0xff;
        round();
        round();
        round();
        return v0_ ^ v1_ ^ v2_ ^ v3_;
    }

  private:
    constexpr void round() {
        v0_ += v1_, v2_ += v3_;
        v1_ = std::rotl(v1_, 13) ^ v0_, v3_ = std::rotl(v3_, 16) ^ v2_;
        v0_ = std::rotl(v0_, 32);
        v2_ += v1_, v0_ += v3_;
        v1_ = std::rotl(v1_, 17) ^ v2_, v3_ = std::rotl(v3_, 21) ^ v0_;
        v2_ = std::rotl(v2_, 32);
    }
    std::uint64_t v0_, v1_, v2_, v3_;
};

// Cost: about 1 ns + 1 ns for each 8 bytes.
inline std::uint64_t siphash13(HashKey key, Bytes bytes) noexcept {
    SipHash sip(key);
    const std::size_t whole = bytes.size() / 8 * 8;
    for (std::size_t at = 0; at < whole; at += 8) {
        std::uint64_t m;
        std::memcpy(&m, bytes.data() + at, 8);
        sip.word(m);
    }
    std::uint64_t last = 0;
    if (bytes.size() > whole) std::memcpy(&last, bytes.data() + whole, bytes.size() - whole);
    return sip.finish(last | std::uint64_t{bytes.size()} << 56);
}

}  // namespace sluice
