// DnsNames: a chained hash table for looking up, a heap by end time for making room.
#include "dataplane/flow/dns_names.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "dataplane/flow/name_pool.h"
#include "rules/base/assert.h"

namespace sluice::flow {
namespace {
constexpr std::uint64_t kDnsDomain = 0x736c75696365646e;  // "sluicedn": other tables, other hashes
}

DnsNames::DnsNames(const Limits& limits, std::uint64_t hash_key)
    : limits_(limits),
      key_{hash_key, kDnsDomain},
      answers_(limits.addresses_max),
      buckets_(std::bit_ceil(std::size_t{limits.addresses_max} + 1)),
      heap_(limits.addresses_max),
      addresses_(limits.addresses_max, hash_key) {
    SLUICE_ASSERT(limits.addresses_max >= 1 && limits.ttl_min_s <= limits.ttl_max_s);
}

std::size_t DnsNames::bucket_of(std::uint8_t operator_id, const IpAddress& address) const noexcept {
    std::uint64_t words[2];
    std::memcpy(words, address.bytes.data(), sizeof words);
    SipHash sip(key_);
    sip.word(words[0]);
    sip.word(words[1]);
    return sip.finish(operator_id) & (buckets_.size() - 1);
}

DnsNames::Index DnsNames::look_up(std::uint8_t operator_id,
                                  const IpAddress& address) const noexcept {
    Index at = buckets_[bucket_of(operator_id, address)];
    while (at != 0) {
        const Answer& answer = answers_[at - 1];
        if (answer.address == address && answer.operator_id == operator_id) return at;
        at = answer.next;
    }
    return 0;
}

std::string_view DnsNames::find(std::uint8_t operator_id, const IpAddress& address,
                                MonoTime now) const noexcept {
    if (size_ == 0) return {};
    const Index index = look_up(operator_id, address);
    if (index == 0 || answers_[index - 1].until <= now) return {};
    return {answers_[index - 1].text, answers_[index - 1].size};
}

void DnsNames::learn(std::uint8_t operator_id, const IpAddress& address, std::string_view name,
                     std::uint32_t ttl_s, MonoTime now) noexcept {
    if (name.empty() || name.size() > kNameSizeMax) return;
    Index index = look_up(operator_id, address);
    if (index == 0) index = add(operator_id, address);
    Answer& answer = answers_[index - 1];
    const std::uint32_t ttl = std::clamp(ttl_s, limits_.ttl_min_s, limits_.ttl_max_s);
    answer.until = MonoTime{now.raw() + ttl * kNsPerSecond};
    answer.size = static_cast<std::uint8_t>(name.size());
    std::memcpy(answer.text, name.data(), name.size());
    sift(answer.where);
    addresses_.learn(operator_id, name, address, answer.until, now);
}

// A new answer, at the place of the one that ends next when there is no other.
DnsNames::Index DnsNames::add(std::uint8_t operator_id, const IpAddress& address) noexcept {
    Index index = 0;
    if (size_ < answers_.size()) {
        index = size_ + 1;
        answers_[index - 1].until = MonoTime{INT64_MAX};
        place(size_, index);
        ++size_;
    } else {
        index = heap_[0];
        unlink(index);
    }
    Answer& answer = answers_[index - 1];
    answer.address = address;
    answer.operator_id = operator_id;
    Index& head = buckets_[bucket_of(operator_id, address)];
    answer.next = head;
    head = index;
    return index;
}

void DnsNames::unlink(Index index) noexcept {
    const Answer& answer = answers_[index - 1];
    Index* link = &buckets_[bucket_of(answer.operator_id, answer.address)];
    while (*link != index)
        link = &answers_[*link - 1].next;
    *link = answer.next;
}

void DnsNames::place(std::uint32_t where, Index index) noexcept {
    heap_[where] = index;
    answers_[index - 1].where = where;
}

MonoTime DnsNames::until_at(std::uint32_t where) const noexcept {
    return answers_[heap_[where] - 1].until;
}

// Moves the answer at `where`, whose end has changed, to where it belongs in the heap.
void DnsNames::sift(std::uint32_t where) noexcept {
    const Index moved = heap_[where];
    const MonoTime until = answers_[moved - 1].until;
    while (where > 0 && until < until_at((where - 1) / 2)) {
        place(where, heap_[(where - 1) / 2]);
        where = (where - 1) / 2;
    }
    for (;;) {
        std::uint32_t child = where * 2 + 1;
        if (child >= size_) break;
        if (child + 1 < size_ && until_at(child + 1) < until_at(child)) ++child;
        if (until <= until_at(child)) break;
        place(where, heap_[child]);
        where = child;
    }
    place(where, moved);
}

std::size_t DnsNames::memory_bytes() const noexcept {
    return answers_.memory_bytes() + buckets_.memory_bytes() + heap_.memory_bytes() +
           addresses_.memory_bytes();
}

}  // namespace sluice::flow
