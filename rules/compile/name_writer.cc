#include "rules/compile/name_writer.h"

#include <openssl/rand.h>

#include "rules/base/assert.h"
#include "rules/lookup/name_table.h"

namespace sluice::compile {
namespace {
// Of 6 places in a bucket 4.74 are taken on average: few names spill into a neighbour.
constexpr std::size_t kFillPercent = 79;
}  // namespace

WholeName whole_name(const layout::NameKey& key, std::string_view name) {
    const lookup::NameHashes hashes = lookup::hash_suffixes(key, name);
    if (hashes.count == 0) return {};
    return {hashes.at[hashes.count - 1], hashes.count};
}

std::vector<layout::NameBucket> write_buckets(const std::vector<Fingerprint>& names) {
    constexpr std::size_t kSize = layout::NameBucket::kSize;
    if (names.empty()) return {};
    const std::size_t count = names.size() * 100 / (kSize * kFillPercent) + 1;
    std::vector<layout::NameBucket> buckets(count);
    for (const Fingerprint& name : names) {
        const std::size_t home = lookup::NameTable::home(name.hash, count);
        for (std::size_t at = home;; at = at + 1 == count ? 0 : at + 1) {
            layout::NameBucket& bucket = buckets[at];
            if (bucket.count < kSize) {
                bucket.fingerprints[bucket.count] = name.hash;
                bucket.values[bucket.count++] = name.value;
                break;
            }
            bucket.spilled = 1;
        }
    }
    return buckets;
}

layout::NameKey draw_name_key() {
    layout::NameKey key{};
    // Without randomness there is no key nobody can guess, and nothing sensible to go on with.
    SLUICE_ASSERT(RAND_bytes(reinterpret_cast<unsigned char*>(&key), sizeof key) == 1);
    return key;
}

}  // namespace sluice::compile
