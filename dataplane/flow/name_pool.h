// NamePool: every distinct name of a worker's live flows, once. Bounded; reference counted by flow.
#pragma once
#include <cstdint>
#include <string_view>

#include "dataplane/flow/huge_array.h"

namespace sluice::flow {

using NameRef = std::uint32_t;
inline constexpr NameRef kNoName = ~NameRef{0};

class NamePool {
  public:
    // `names_max` names of at most 253 bytes. Hash key: see FlowTable.
    NamePool(std::uint32_t names_max, std::uint64_t hash_key);
    // Finds or stores `name` (canonical, 1..253 bytes) and counts one more user of it. kNoName when
    // the pool is full (FailCase pool_full).
    NameRef acquire(std::string_view name, std::uint8_t source) noexcept;
    void release(NameRef ref) noexcept;
    std::string_view name(NameRef ref) const noexcept;
    std::uint8_t source(
        NameRef ref) const noexcept;  // as given: same name, other source = other ref
    std::uint32_t size() const noexcept;
    std::size_t memory_bytes() const noexcept;
};

}  // namespace sluice::flow
