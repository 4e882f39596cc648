// NamePool: chained hash table over an array of places; free places form a list.
#include "dataplane/flow/name_pool.h"

#include <bit>
#include <cstring>

#include "rules/base/assert.h"

namespace sluice::flow {
namespace {
constexpr std::uint64_t kNamesDomain =
    0x736c756963656e70;  // "sluicenp": other tables, other hashes
}

NamePool::NamePool(std::uint32_t names_max, std::uint64_t hash_key)
    : places_(names_max),
      buckets_(std::bit_ceil(std::size_t{names_max} + 1)),
      key_{hash_key, kNamesDomain} {}

std::uint32_t NamePool::hash_of(std::string_view name, std::uint8_t source,
                                const model::TlsFacts& facts) const noexcept {
    std::uint64_t hash = siphash13(key_, as_bytes(name));
    if (!facts.empty())
        hash ^= siphash13(key_, {reinterpret_cast<const std::uint8_t*>(&facts), sizeof facts});
    return static_cast<std::uint32_t>(hash) ^ source * 0x9e37'79b9u;
}

NameRef& NamePool::bucket(std::uint32_t hash) noexcept {
    return buckets_[hash & (buckets_.size() - 1)];
}

NameRef NamePool::acquire(std::string_view name, std::uint8_t source,
                          const model::TlsFacts& facts) noexcept {
    if ((name.empty() && facts.empty()) || name.size() > kNameSizeMax) return kNoName;
    const std::uint32_t hash = hash_of(name, source, facts);
    NameRef& head = bucket(hash);
    for (NameRef at = head; at != 0; at = places_[at - 1].next) {
        Place& place = places_[at - 1];
        if (place.hash != hash || place.source != source) continue;
        if (this->name(at - 1) != name || place.facts != facts) continue;
        ++place.users;
        return at - 1;
    }
    NameRef ref = free_;
    if (ref != kNoName) {
        free_ = places_[ref].next;
    } else {
        if (fresh_ == places_.size()) return kNoName;
        ref = fresh_++;
    }
    Place& place = places_[ref];
    place.users = 1;
    place.hash = hash;
    place.source = source;
    place.size = static_cast<std::uint8_t>(name.size());
    place.facts = facts;
    if (!name.empty()) std::memcpy(place.text, name.data(), name.size());
    place.next = head;
    head = ref + 1;
    ++size_;
    return ref;
}

void NamePool::release(NameRef ref) noexcept {
    SLUICE_ASSERT(ref < fresh_ && places_[ref].users > 0);
    Place& place = places_[ref];
    if (--place.users > 0) return;
    NameRef* link = &bucket(place.hash);
    while (*link != ref + 1)
        link = &places_[*link - 1].next;
    *link = place.next;
    place.next = free_;
    free_ = ref;
    --size_;
}

std::string_view NamePool::name(NameRef ref) const noexcept {
    SLUICE_DEBUG_ASSERT(ref < fresh_ && places_[ref].users > 0);
    return {places_[ref].text, places_[ref].size};
}

std::uint8_t NamePool::source(NameRef ref) const noexcept { return places_[ref].source; }

std::size_t NamePool::memory_bytes() const noexcept {
    return places_.memory_bytes() + buckets_.memory_bytes();
}

}  // namespace sluice::flow
