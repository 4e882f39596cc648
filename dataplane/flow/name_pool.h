// NamePool: every distinct name of a worker's live flows, once. Bounded; reference counted by flow.
#pragma once
#include <cstdint>
#include <string_view>

#include "dataplane/flow/huge_array.h"
#include "rules/base/siphash.h"
#include "rules/model/tls_facts.h"

namespace sluice::flow {

using NameRef = std::uint32_t;
inline constexpr NameRef kNoName = ~NameRef{0};
inline constexpr std::size_t kNameSizeMax = 253;  // RFC 1035 3.1 in text

class NamePool {
  public:
    // `names_max` names of at most 253 bytes, 346 B each + 4..8 B of index. `hash_key`: a secret
    // drawn at start, so that nobody can send names that collide.
    NamePool(std::uint32_t names_max, std::uint64_t hash_key);
    // Finds or stores `name` (canonical, at most 253 bytes; empty only with facts) and counts one
    // more user of it. kNoName when the pool is full (FailCase pool_full), or the name is of
    // another size. Clients of one kind have the same facts, so that few names are stored more than
    // once.
    NameRef acquire(std::string_view name, std::uint8_t source,
                    const model::TlsFacts& facts = {}) noexcept;
    // One user less; the last one frees the place. `ref` must be held.
    void release(NameRef ref) noexcept;
    // Valid until the last user releases it.
    std::string_view name(NameRef ref) const noexcept;
    std::uint8_t source(
        NameRef ref) const noexcept;  // as given: same name, other source = other ref
    const model::TlsFacts& facts(NameRef ref) const noexcept { return places_[ref].facts; }
    std::uint32_t size() const noexcept { return size_; }
    std::size_t memory_bytes() const noexcept;

  private:
    struct Place {
        std::uint32_t users;
        NameRef next;  // in its bucket, or in the free list
        std::uint32_t hash;
        std::uint8_t size;
        std::uint8_t source;
        model::TlsFacts facts;
        char text[kNameSizeMax];
    };

    std::uint32_t hash_of(std::string_view name, std::uint8_t source,
                          const model::TlsFacts& facts) const noexcept;
    NameRef& bucket(std::uint32_t hash) noexcept;

    HugeArray<Place> places_;
    HugeArray<NameRef> buckets_;  // heads of chains, each ref + 1 (0 = empty)
    NameRef free_ = kNoName;      // places given back
    NameRef fresh_ = 0;           // places from here on were never used
    std::uint32_t size_ = 0;
    HashKey key_;
};

}  // namespace sluice::flow
