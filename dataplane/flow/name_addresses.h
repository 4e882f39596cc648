// NameAddresses: which addresses resolvers gave a name lately, as evidence for or against a name
// that a flow claims. Bounded; names that were answered longest ago make room.
#pragma once
#include <cstdint>
#include <string_view>

#include "dataplane/flow/huge_array.h"
#include "rules/base/ip.h"
#include "rules/base/siphash.h"
#include "rules/base/time.h"
#include "rules/model/name_evidence.h"

namespace sluice::flow {

class NameAddresses {
  public:
    // `names_max`: 1 or more, rounded up to whole groups. Memory: 80 B a name.
    NameAddresses(std::uint32_t names_max, std::uint64_t hash_key);

    // Somebody of this operator was told `address` for `name`, until `until`.
    void learn(std::uint8_t operator_id, std::string_view name, const IpAddress& address,
               MonoTime until, MonoTime now) noexcept;

    // agree: a valid answer gave the address. contradict: valid answers of its family did not, and
    // none was forgotten. Everything else, an answer that has run out among it: unknown. Errs to
    // unknown: only keyed hashes are kept, of names and of addresses.
    model::NameEvidence ask(std::uint8_t operator_id, std::string_view name,
                            const IpAddress& address, MonoTime now) const noexcept;

    std::size_t memory_bytes() const noexcept { return groups_.memory_bytes(); }

  private:
    static constexpr unsigned kAddresses = 8;  // of one name: what an answer mostly has, and more
    static constexpr unsigned kWays = 4;
    struct Answer {
        std::uint32_t address = 0;  // hash; its lowest bit says which family
        std::uint32_t until_s = 0;  // 0: none
    };
    struct Name {
        std::uint64_t tag = 0;  // 0: none
        std::uint32_t newest_s = 0;
        std::uint32_t forgot_until_s = 0;  // an answer valid until then had no room
        Answer answers[kAddresses];
    };
    struct Group {
        Name names[kWays];
    };
    static_assert(sizeof(Name) == 80);

    std::uint64_t tag_of(std::uint8_t operator_id, std::string_view name) const noexcept;
    std::uint32_t hash_of(const IpAddress& address) const noexcept;
    Group& group_of(std::uint64_t tag) noexcept { return groups_[tag >> 32 & (count_ - 1)]; }
    const Group& group_of(std::uint64_t tag) const noexcept {
        return groups_[tag >> 32 & (count_ - 1)];
    }

    HashKey key_;
    std::size_t count_;
    HugeArray<Group> groups_;
};

}  // namespace sluice::flow
