// DnsNames: which name a resolver's answer gave an address, for as long as its TTL says. Bounded;
// the newest answer for an address wins; when full the nearest to its end makes room.
#pragma once
#include <cstdint>
#include <string_view>

#include "dataplane/flow/huge_array.h"
#include "dataplane/flow/name_addresses.h"
#include "rules/base/ip.h"
#include "rules/base/siphash.h"
#include "rules/base/time.h"

namespace sluice::flow {

class DnsNames {
  public:
    // TTLs are clamped to ttl_min_s..ttl_max_s: clients keep answers a little longer than told.
    struct Limits {
        std::uint32_t addresses_max = 65'536;  // 1 or more
        std::uint32_t ttl_min_s = 60, ttl_max_s = 86'400;
    };
    // `hash_key`: a secret drawn at start. Memory: about 390 B an address.
    DnsNames(const Limits& limits, std::uint64_t hash_key);
    // An answer told somebody `address` for `name` (1..253 bytes, else it is ignored): remembered
    // per operator and address, for every user of that operator. Cost: up to log2(addresses_max)
    // steps.
    void learn(std::uint8_t operator_id, const IpAddress& address, std::string_view name,
               std::uint32_t ttl_s, MonoTime now) noexcept;
    // Empty when nothing (still valid) is known. Valid until the next learn().
    std::string_view find(std::uint8_t operator_id, const IpAddress& address,
                          MonoTime now) const noexcept;
    // The same answers by name: evidence for or against a name that a flow claims.
    const NameAddresses& addresses() const { return addresses_; }
    // Addresses remembered, those included whose time has passed and whose place is not needed yet.
    std::uint32_t size() const noexcept { return size_; }
    std::size_t memory_bytes() const noexcept;

  private:
    using Index = std::uint32_t;  // of an answer, + 1; 0 = none
    struct Answer {
        MonoTime until;
        IpAddress address;
        Index next;           // in its bucket
        std::uint32_t where;  // in the heap
        std::uint8_t operator_id;
        std::uint8_t size;
        char text[253];
    };

    std::size_t bucket_of(std::uint8_t operator_id, const IpAddress& address) const noexcept;
    Index look_up(std::uint8_t operator_id, const IpAddress& address) const noexcept;
    Index add(std::uint8_t operator_id, const IpAddress& address) noexcept;
    void unlink(Index index) noexcept;
    void place(std::uint32_t where, Index index) noexcept;
    void sift(std::uint32_t where) noexcept;
    MonoTime until_at(std::uint32_t where) const noexcept;

    Limits limits_;
    HashKey key_;
    HugeArray<Answer> answers_;
    HugeArray<Index> buckets_;
    HugeArray<Index> heap_;  // heap_[0] ends next (a binary heap)
    std::uint32_t size_ = 0;
    NameAddresses addresses_;
};

}  // namespace sluice::flow
