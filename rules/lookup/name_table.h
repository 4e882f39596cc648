// NameTable: whole-label suffix lookup of names, by keyed fingerprints in cache-line buckets.
//
// All suffixes of a name are hashed in one pass from its last byte to its first; a suffix ends only
// at a dot or at the first byte, so `evilbank.example` never meets `bank.example`.
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "rules/base/siphash.h"
#include "rules/lookup/bundle_layout.h"
#include "rules/lookup/section_reader.h"

namespace sluice::lookup {

inline constexpr unsigned kLabelsMax = 127;  // RFC 1035: 253 characters of one-letter labels

// Fingerprints of a name's suffixes: at[0] of its last label, at[count - 1] of the whole name.
struct NameHashes {
    NameHashes() {}  // leaves `at` as it is: a kilobyte that mostly is not needed
    std::array<std::uint64_t, kLabelsMax> at;
    unsigned count = 0;
};

// SipHash-1-3 (Aumasson, Bernstein 2012) of the bytes of each suffix, last byte first.
//   name  canonical. More than kLabelsMax labels: only the last kLabelsMax count.
//   cost  one pass over the bytes, three rounds a label.
NameHashes hash_suffixes(const layout::NameKey& key, std::string_view name) noexcept;

// The fingerprint of a URL's path up to a segment's end ("/a/b" of "/a/b/c"), under the fingerprint
// of a name: feed the path in order, ask at each border.
class UrlHash {
  public:
    UrlHash(const layout::NameKey& key, std::uint64_t name_fingerprint)
        : key_{key.k0 ^ name_fingerprint, ~key.k1} {}
    std::uint64_t of(std::string_view path) const noexcept;

  private:
    HashKey key_;
};

class NameTable {
  public:
    struct Match {
        bool found = false;
        std::uint16_t value = 0;
        std::uint8_t labels = 0;  // of the suffix that matched
    };

    NameTable() = default;
    // Takes buckets from `part`. bad_reference when a count or a value (>= value_end) is out of
    // range.
    static Result<NameTable, BundleError> open(const SectionReader& section, unsigned part,
                                               unsigned value_end, std::uint32_t labels_max);

    // For buckets the caller made: not checked, aligned to 8 bytes only.
    static NameTable of_trusted(std::span<const layout::NameBucket> buckets, unsigned labels_max) {
        NameTable table;
        table.buckets_ = buckets;
        if (!buckets.empty()) table.labels_max_ = labels_max;
        return table;
    }

    // One fingerprint. Nothing is in an empty table.
    bool has(std::uint64_t fingerprint, std::uint16_t& value) const noexcept {
        return !buckets_.empty() && probe(fingerprint, value);
    }
    // The longest suffix that is in the table.
    Match find(const NameHashes& hashes) const noexcept;
    // Starts loading the buckets find() will look at.
    void prefetch(const NameHashes& hashes) const noexcept;
    bool empty() const { return buckets_.empty(); }
    unsigned labels_max() const { return labels_max_; }

    // The bucket a fingerprint belongs to, of `buckets` (0 < buckets < 2^32): by its upper half, so
    // that fingerprints in order are buckets in order.
    static std::size_t home(std::uint64_t fingerprint, std::size_t buckets) {
        return static_cast<std::size_t>((fingerprint >> 32) * buckets >> 32);
    }

  private:
    bool probe(std::uint64_t fingerprint, std::uint16_t& value) const noexcept;
    unsigned depth(const NameHashes& hashes) const {
        return hashes.count < labels_max_ ? hashes.count : labels_max_;
    }

    std::span<const layout::NameBucket> buckets_;
    unsigned labels_max_ = 0;
};

}  // namespace sluice::lookup
