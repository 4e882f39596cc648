#include "dataplane/flow/name_addresses.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "rules/base/assert.h"

namespace sluice::flow {
namespace {

constexpr std::uint64_t kDomain = 0x736c75696365616e;  // "sluicean": other tables, other hashes

// Whole seconds, at least 1, so that 0 can mean none.
std::uint32_t seconds(MonoTime t) {
    return static_cast<std::uint32_t>(std::max<std::int64_t>(t.raw() / kNsPerSecond, 0) + 1);
}

}  // namespace

NameAddresses::NameAddresses(std::uint32_t names_max, std::uint64_t hash_key)
    : key_{hash_key, kDomain},
      count_(std::bit_ceil((std::size_t{names_max} + kWays - 1) / kWays)),
      groups_(count_) {
    SLUICE_ASSERT(names_max >= 1);
}

std::uint64_t NameAddresses::tag_of(std::uint8_t operator_id,
                                    std::string_view name) const noexcept {
    SipHash sip(key_);
    sip.word(siphash13(key_, as_bytes(name)));
    const std::uint64_t tag = sip.finish(operator_id);
    return tag == 0 ? 1 : tag;
}

std::uint32_t NameAddresses::hash_of(const IpAddress& address) const noexcept {
    std::uint64_t words[2];
    std::memcpy(words, address.bytes.data(), sizeof words);
    SipHash sip(key_);
    sip.word(words[0]);
    const auto hash = static_cast<std::uint32_t>(sip.finish(words[1]));
    return (hash & ~1u) | (address.is_v4() ? 1u : 0u);
}

void NameAddresses::learn(std::uint8_t operator_id, std::string_view name, const IpAddress& address,
                          MonoTime until, MonoTime now) noexcept {
    const std::uint64_t tag = tag_of(operator_id, name);
    Name* entry = nullptr;
    for (Name& candidate : group_of(tag).names) {
        if (candidate.tag == tag) {
            entry = &candidate;
            break;
        }
        if (entry == nullptr || candidate.newest_s < entry->newest_s) entry = &candidate;
    }
    if (entry->tag != tag) {
        *entry = {};
        entry->tag = tag;
    }
    entry->newest_s = seconds(now);
    const std::uint32_t hash = hash_of(address), until_s = seconds(until);
    Answer* place = &entry->answers[0];
    for (Answer& answer : entry->answers) {
        if (answer.until_s != 0 && answer.address == hash) {
            place = &answer;
            break;
        }
        if (answer.until_s < place->until_s) place = &answer;
    }
    if (place->address != hash || place->until_s == 0)
        entry->forgot_until_s = std::max(entry->forgot_until_s, place->until_s);
    *place = {hash, until_s};
}

model::NameEvidence NameAddresses::ask(std::uint8_t operator_id, std::string_view name,
                                       const IpAddress& address, MonoTime now) const noexcept {
    using model::NameEvidence;
    const std::uint64_t tag = tag_of(operator_id, name);
    const std::uint32_t hash = hash_of(address), now_s = seconds(now);
    for (const Name& entry : group_of(tag).names) {
        if (entry.tag != tag) continue;
        bool others = false;
        for (const Answer& answer : entry.answers) {
            if (answer.until_s == 0) continue;
            const bool valid = answer.until_s > now_s;
            if (answer.address == hash) return valid ? NameEvidence::agree : NameEvidence::unknown;
            others = others || (valid && (answer.address & 1) == (hash & 1));
        }
        const bool forgot = entry.forgot_until_s > now_s;
        return others && !forgot ? NameEvidence::contradict : NameEvidence::unknown;
    }
    return NameEvidence::unknown;
}

}  // namespace sluice::flow
