// DnsNames: which name a resolver's answer gave an address, for as long as its TTL says. Bounded;
// the newest answer for an address wins; when full the nearest to its end makes room.
#pragma once
#include <cstdint>
#include <string_view>

#include "dataplane/flow/huge_array.h"
#include "rules/base/ip.h"
#include "rules/base/time.h"

namespace sluice::flow {

class DnsNames {
  public:
    // TTLs are clamped to ttl_min_s..ttl_max_s: clients keep answers a little longer than told.
    struct Limits {
        std::uint32_t addresses_max = 65'536;
        std::uint32_t ttl_min_s = 60, ttl_max_s = 86'400;
    };
    DnsNames(const Limits& limits, std::uint64_t hash_key);
    // `user` asked for `name` and was told `address`: remembered per operator and address, for
    // every user of that operator.
    void learn(std::uint8_t operator_id, const IpAddress& address, std::string_view name,
               std::uint32_t ttl_s, MonoTime now) noexcept;
    // Empty when nothing (still valid) is known. Valid until the next learn().
    std::string_view find(std::uint8_t operator_id, const IpAddress& address,
                          MonoTime now) const noexcept;
    std::uint32_t size() const noexcept;
    std::size_t memory_bytes() const noexcept;
};

}  // namespace sluice::flow
