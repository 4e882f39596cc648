// SHA-256 of libcrypto without contexts on the heap: what derives keys and fingerprints for
// packets.
//
// OpenSSL 3 calls these functions deprecated (meson.build says that we know) in favour of
// EVP_MD_CTX, whose copy allocates: a state that is kept (an HMAC key) would then cost an
// allocation a packet.
#pragma once
#include <openssl/sha.h>

#include <array>
#include <cstdint>

#include "rules/base/bytes.h"

namespace sluice::wire {

using Sha256Digest = std::array<std::uint8_t, 32>;

class Sha256 {
  public:
    Sha256() noexcept { SHA256_Init(&state_); }
    Sha256& add(Bytes bytes) noexcept {
        SHA256_Update(&state_, bytes.data(), bytes.size());
        return *this;
    }
    Sha256Digest finish() noexcept {
        Sha256Digest digest;
        SHA256_Final(digest.data(), &state_);
        return digest;
    }

  private:
    SHA256_CTX state_;
};

// HMAC (RFC 2104) with a key of at most 64 bytes; may be used many times.
class HmacSha256 {
  public:
    explicit HmacSha256(Bytes key) noexcept {
        std::array<std::uint8_t, 64> block{};
        for (std::size_t i = 0; i < key.size() && i < block.size(); ++i)
            block[i] = key[i];
        for (auto& byte : block)
            byte ^= 0x36;
        inner_.add(block);
        for (auto& byte : block)
            byte ^= 0x36 ^ 0x5c;
        outer_.add(block);
    }
    Sha256Digest of(Bytes message) const noexcept {
        Sha256 inner = inner_, outer = outer_;
        return outer.add(inner.add(message).finish()).finish();
    }

  private:
    Sha256 inner_, outer_;
};

}  // namespace sluice::wire
