// Keys of session tickets towards clients, shared by all workers of a machine so that a client may
// resume with any of them: a page of shared memory that the parent makes before it starts workers,
// and renews. Never written to a file.
#pragma once
#include <openssl/ssl.h>

#include <array>
#include <atomic>
#include <cstdint>

#include "rules/base/time.h"

namespace sluice::inspect {

struct TicketKey {
    std::array<std::uint8_t, 16> name{};
    std::array<std::uint8_t, 32> cipher{};  // AES-256-CBC
    std::array<std::uint8_t, 32> mac{};     // HMAC-SHA-256
};

class TicketKeys {
  public:
    // A ticket is accepted by its own key and the one before it: for 2 h at most (RFC 8446 4.6.1
    // allows 7 days; a stolen key opens what was recorded for as long).
    static constexpr std::int64_t kRotateSeconds = 3600;

    // In anonymous shared memory: children that are forked later see every renewal.
    static TicketKeys* make_shared();
    // Draws a new key when the newest is kRotateSeconds old; one process does this. False: no
    // randomness, the old key stays.
    bool rotate(UtcTime now);
    // Makes `context` use these keys; `this` outlives it.
    void serve(SSL_CTX* context);

  private:
    struct Pair {
        TicketKey newest, before;
    };
    Pair read() const;
    static int on_ticket(SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
                         EVP_MAC_CTX* mac, int encrypt);

    std::atomic<std::uint32_t> sequence_{0};  // odd while being written
    std::atomic<std::int64_t> rotated_{0};
    Pair keys_;
};

}  // namespace sluice::inspect
