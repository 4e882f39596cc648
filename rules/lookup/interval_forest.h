// IntervalForest: longest-prefix lookup in sets of prefixes, as laid out in lookup/bundle_layout.h.
// A view over a verified section: lookups check nothing, allocate nothing, and touch two or three
// cache lines that are not in the cache anyway.
#pragma once
#include <algorithm>
#include <bitset>
#include <cstdint>
#include <span>

#include "rules/base/ip.h"
#include "rules/base/touch.h"
#include "rules/lookup/bundle_layout.h"
#include "rules/lookup/section_reader.h"

namespace sluice::lookup {

// What a set says of one address: the value of the longest prefix around it (kNoValue: none), and
// that prefix' length in the mapped 128 bits.
struct PrefixMatch {
    std::uint16_t value = layout::kNoValue;
    std::uint8_t length = 0;
};

class IntervalForest {
  public:
    IntervalForest() = default;
    // Takes eight parts from `first_part` on. bad_reference when anything points outside, or a
    // value is above `value_max`; deep values are checked too. Cost: one pass over all rows.
    static Result<IntervalForest, BundleError> open(const SectionReader& section,
                                                    unsigned first_part, unsigned value_max);

    unsigned sets() const { return static_cast<unsigned>(sets_.size()); }

    // `set` is below sets(). Cost: about three cache misses in a large set, one load in a set that
    // holds nothing (of a policy's sets most do).
    std::uint16_t find(unsigned set, const IpAddress& address) const noexcept {
        if (set < kEmptyKnown && empty_[set]) return layout::kNoValue;
        if (address.is_v4()) {
            const std::uint32_t key = address.as_v4();
            const Place p = place(blocks4_, root4(set), key);
            return blocks4_[p.block].values[p.at];
        }
        const std::uint64_t key = upper(address);
        const Place p = place(blocks6_, root6(set), key);
        const std::uint16_t value = blocks6_[p.block].values[p.at];
        if (value != layout::kDeepValue) [[likely]]
            return value;
        const Place deep = deep_place(p, address);
        return blocks6_[deep.block].values[deep.at];
    }

    // The same with the prefix' length: one more cache line; for explain and reports.
    PrefixMatch match(unsigned set, const IpAddress& address) const noexcept;

    // Starts loading what prefetch() will need.
    void touch_index(unsigned set, const IpAddress& address) const noexcept {
        const bool v4 = address.is_v4();
        const layout::IndexTable& root = v4 ? root4(set) : root6(set);
        __builtin_prefetch(&slots_[slot_number(root, v4 ? address.as_v4() : upper(address))]);
    }
    // Starts loading what find() will need. Waits for the index lines.
    void prefetch(unsigned set, const IpAddress& address) const noexcept {
        if (address.is_v4()) {
            prefetch_block(blocks4_, slot(root4(set), address.as_v4()));
        } else {
            prefetch_block(blocks6_, slot(root6(set), upper(address)));
        }
    }

  private:
    static constexpr std::size_t kEmptyKnown =
        1024;  // sets above this are looked into, empty or not

    bool index_fits() const;
    void find_empty();
    bool values_fit(unsigned value_max) const;

    struct Place {
        std::uint32_t block, at;
    };
    static std::uint64_t half(const IpAddress& a, unsigned at) {
        std::uint64_t r;
        __builtin_memcpy(&r, a.bytes.data() + at, sizeof r);
        return __builtin_bswap64(r);
    }
    static std::uint64_t upper(const IpAddress& a) { return half(a, 0); }
    static std::uint64_t lower(const IpAddress& a) { return half(a, 8); }

    const layout::IndexTable& root4(unsigned set) const { return tables_[sets_[set].root4]; }
    const layout::IndexTable& root6(unsigned set) const { return tables_[sets_[set].root6]; }

    static std::uint64_t slot_number(const layout::IndexTable& table, std::uint64_t key) noexcept {
        const std::uint64_t past = key >= table.base ? key - table.base : 0;
        return table.first_slot +
               std::min<std::uint64_t>(past >> table.shift, table.slot_count - 1);
    }
    layout::IndexSlot slot(const layout::IndexTable& root, std::uint64_t key) const noexcept {
        const layout::IndexTable* table = &root;
        for (;;) {
            const layout::IndexSlot found = slots_[slot_number(*table, key)];
            if (found.span != layout::IndexSlot::kTable) return found;
            table = &tables_[found.first];  // of the next level: the walk ends
        }
    }
    // The last block of the slot that begins at or before the key, then the interval in it.
    template <class Block>
    static Place search(std::span<const Block> blocks, layout::IndexSlot where,
                        typename Block::KeyType key) noexcept {
        std::uint32_t block = where.first;
        for (std::uint32_t left = where.span; left > 0;) {
            const std::uint32_t step = (left + 1) / 2;
            block = blocks[block + step].starts[0] <= key ? block + step : block;
            left -= step;
        }
        std::uint32_t at = 0;
        for (unsigned i = 1; i < Block::kSize; ++i)
            at += blocks[block].starts[i] <= key;
        return {block, at};
    }
    template <class Block>
    Place place(std::span<const Block> blocks, const layout::IndexTable& root,
                typename Block::KeyType key) const noexcept {
        return search(blocks, slot(root, key), key);
    }
    Place deep_place(Place p, const IpAddress& address) const noexcept {
        const layout::DeepSet& set =
            deep_[details6_[std::size_t{p.block} * layout::Block6::kSize + p.at]];
        return search(blocks6_, {set.first, set.span}, lower(address));
    }
    // Both without asking: whether span is 0 is known only when the slot's line has come, and a
    // wrong guess would throw away what was asked for since.
    template <class Block>
    static void prefetch_block(std::span<const Block> blocks, layout::IndexSlot where) noexcept {
        touch(&blocks[where.first + (where.span + 1) / 2]);
        touch(&blocks[where.first]);
    }

    std::span<const layout::IntervalSet> sets_;
    std::span<const layout::IndexTable> tables_;
    std::span<const layout::IndexSlot> slots_;
    std::span<const layout::Block4> blocks4_;
    std::span<const layout::Block6> blocks6_;
    std::span<const std::uint8_t> lengths4_;
    std::span<const std::uint32_t> details6_;
    std::span<const layout::DeepSet> deep_;
    std::bitset<kEmptyKnown> empty_;  // by set: every address has kNoValue
};

}  // namespace sluice::lookup
