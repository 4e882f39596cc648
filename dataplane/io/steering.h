// Steering: which worker has a packet's flow. A hash of the two addresses in either order, so that
// both directions, all fragments and ICMP errors (by what they quote) meet in one worker.
//
//   keyed     in software: a secret 128-bit key; nobody outside can make one worker busy on purpose
//   toeplitz  what network cards compute, with a key of one 16-bit word again and again, which
//             makes it symmetric; the same in software, for ports that cannot and frames no card
//             looks into
#pragma once
#include <array>
#include <cstdint>
#include <span>

#include "rules/base/bytes.h"
#include "rules/base/ip.h"
#include "rules/base/siphash.h"

namespace sluice::io {

class Steering {
  public:
    enum class Hash : std::uint8_t { keyed, toeplitz };
    // Cards look the hash up in a table that repeats these buckets; bucket b is worker b % workers.
    static constexpr unsigned kBuckets = 64;

    // workers  1..64.   secret  drawn at start.
    Steering(unsigned workers, Hash hash, const HashKey& secret);

    // The worker of the flows between two addresses, in either order.
    unsigned worker_of(const IpAddress& a, const IpAddress& b) const noexcept;
    // The worker of one Ethernet frame; `here` when it belongs to no flow (not IP, or not to be
    // understood): whoever has received such a frame may as well judge it.
    unsigned worker_of(Bytes frame, std::uint32_t wire_size, unsigned here) const noexcept;

    unsigned workers() const { return workers_; }
    Hash hash() const { return hash_; }
    // The key to give to a network card.
    void fill_card_key(std::span<std::uint8_t> key) const;

  private:
    unsigned toeplitz_bucket(const IpAddress& a, const IpAddress& b) const noexcept;
    std::uint64_t keyed(const IpAddress& a, const IpAddress& b) const noexcept;
    unsigned worker_of_parsed(Bytes frame, std::uint32_t wire_size, unsigned here) const noexcept;

    unsigned workers_;
    Hash hash_;
    HashKey secret_;
    std::uint16_t word_ = 0;  // of the card's key
    // Bucket bits of a byte of the folded addresses: high byte, low byte.
    std::array<std::array<std::uint8_t, 256>, 2> bits_{};
    std::array<std::uint8_t, kBuckets> worker_of_bucket_{};
};

}  // namespace sluice::io
