#include "rules/lookup/name_table.h"

#include <bit>

namespace sluice::lookup {
namespace {

// The SipHash state between two bytes of a message that is fed backwards through a name.
class Sip13 {
  public:
    explicit Sip13(const layout::NameKey& key)
        : v0_(key.k0 ^ 0x736f6d6570736575),
          v1_(key.k1 ^ 0x646f72616e646f6d),
          v2_(key.k0 ^ 0x6c7967656e657261),
          v3_(key.k1 ^ 0x7465646279746573) {}

    void feed(std::uint8_t byte) {
        word_ |= std::uint64_t{byte} << (8 * (size_ % 8));
        if (++size_ % 8 == 0) {
            compress(word_);
            word_ = 0;
        }
    }
    // The hash of what was fed so far; feeding may go on afterwards.
    std::uint64_t result() const {
        Sip13 end = *this;
        end.compress(word_ | std::uint64_t{size_ & 0xff} << 56);
        end.v2_ ^= 0xff;
        for (int i = 0; i < 3; ++i)
            end.round();
        return end.v0_ ^ end.v1_ ^ end.v2_ ^ end.v3_;
    }

  private:
    void compress(std::uint64_t word) {
        v3_ ^= word;
        round();
        v0_ ^= word;
    }
    void round() {
        v0_ += v1_, v1_ = std::rotl(v1_, 13) ^ v0_, v0_ = std::rotl(v0_, 32);
        v2_ += v3_, v3_ = std::rotl(v3_, 16) ^ v2_;
        v0_ += v3_, v3_ = std::rotl(v3_, 21) ^ v0_;
        v2_ += v1_, v1_ = std::rotl(v1_, 17) ^ v2_, v2_ = std::rotl(v2_, 32);
    }

    std::uint64_t v0_, v1_, v2_, v3_;
    std::uint64_t word_ = 0;
    std::uint32_t size_ = 0;
};

}  // namespace

NameHashes hash_suffixes(const layout::NameKey& key, std::string_view name) noexcept {
    NameHashes hashes;
    if (name.empty()) return hashes;
    Sip13 sip(key);
    for (std::size_t i = name.size(); i-- > 0;) {
        if (name[i] == '.') {
            hashes.at[hashes.count++] = sip.result();
            if (hashes.count == kLabelsMax) return hashes;
        }
        sip.feed(static_cast<std::uint8_t>(name[i]));
    }
    hashes.at[hashes.count++] = sip.result();
    return hashes;
}

std::uint64_t UrlHash::of(std::string_view path) const noexcept {
    return siphash13(key_, as_bytes(path));
}

Result<NameTable, BundleError> NameTable::open(const SectionReader& section, unsigned part,
                                               unsigned value_end, std::uint32_t labels_max) {
    NameTable table;
    if (!section.rows(part, table.buckets_)) return Err{BundleError::bad_part};
    if (labels_max > kLabelsMax) return Err{BundleError::bad_reference};
    for (const layout::NameBucket& bucket : table.buckets_) {
        if (bucket.count > layout::NameBucket::kSize) return Err{BundleError::bad_reference};
        for (unsigned i = 0; i < bucket.count; ++i)
            if (bucket.values[i] >= value_end) return Err{BundleError::bad_reference};
    }
    if (!table.buckets_.empty()) table.labels_max_ = labels_max;
    return table;
}

bool NameTable::probe(std::uint64_t fingerprint, std::uint16_t& value) const noexcept {
    std::size_t at = home(fingerprint, buckets_.size());
    for (std::size_t looked = 0; looked < buckets_.size(); ++looked) {
        const layout::NameBucket& bucket = buckets_[at];
        for (unsigned i = 0; i < bucket.count; ++i)
            if (bucket.fingerprints[i] == fingerprint) {
                value = bucket.values[i];
                return true;
            }
        if (bucket.spilled == 0) return false;
        if (++at == buckets_.size()) at = 0;
    }
    return false;
}

NameTable::Match NameTable::find(const NameHashes& hashes) const noexcept {
    Match match;
    for (unsigned labels = depth(hashes); labels > 0; --labels)
        if (probe(hashes.at[labels - 1], match.value)) {
            match.found = true;
            match.labels = static_cast<std::uint8_t>(labels);
            break;
        }
    return match;
}

void NameTable::prefetch(const NameHashes& hashes) const noexcept {
    for (unsigned labels = depth(hashes); labels > 0; --labels)
        __builtin_prefetch(&buckets_[home(hashes.at[labels - 1], buckets_.size())]);
}

}  // namespace sluice::lookup
