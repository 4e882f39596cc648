// IndexWriter: the tables and slots that lead from a key to its block of intervals.
//
// A table spreads its keys over about as many slots as it has blocks. A slot that would still have
// to search more than kSpanWanted blocks gets a table of its own, which begins at the first
// interval inside that slot and so fits bunched prefixes closely.
#pragma once
#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "rules/lookup/bundle_layout.h"

namespace sluice::compile {

template <class Key>
struct Interval {
    Key start;
    std::uint16_t value;
    std::uint32_t detail;
};

template <class Key>
class IndexWriter {
  public:
    struct Place {
        std::uint8_t family;
        std::uint32_t first_block;
        unsigned block_size;
    };
    // `intervals`: ascending, the first starts at 0, at least one.
    IndexWriter(std::span<const Interval<Key>> intervals, const Place& place,
                std::vector<layout::IndexTable>& tables, std::vector<layout::IndexSlot>& slots)
        : intervals_(intervals), place_(place), tables_(tables), slots_(slots) {}

    // Returns the root table's number.
    std::uint32_t write() { return table({0, intervals_.size() - 1}, 0); }

  private:
    static constexpr std::uint32_t kSpanWanted = 3;
    static constexpr std::size_t kSlotsMax = std::size_t{1} << 20;

    struct Range {  // of intervals, both ends included
        std::size_t first, last;
    };

    std::uint32_t block_of(std::size_t interval) const {
        return place_.first_block + static_cast<std::uint32_t>(interval / place_.block_size);
    }

    // Covers the keys from intervals_[range.first] up to the end of intervals_[range.last].
    std::uint32_t table(Range range, unsigned level) {
        const auto number = static_cast<std::uint32_t>(tables_.size());
        tables_.emplace_back();
        layout::IndexTable t{};
        t.level = static_cast<std::uint8_t>(level);
        t.family = place_.family;
        t.first_slot = static_cast<std::uint32_t>(slots_.size());
        t.slot_count = 1;
        if (range.last > range.first) {
            t.base = intervals_[range.first + 1].start;
            const std::uint64_t width = intervals_[range.last].start - t.base;
            const std::size_t wanted = std::min(
                kSlotsMax, std::bit_ceil((range.last - range.first) / place_.block_size + 1) * 2);
            while (width >> t.shift >= wanted)
                ++t.shift;
            t.slot_count = static_cast<std::uint32_t>((width >> t.shift) + 1);
        }
        tables_[number] = t;
        slots_.resize(slots_.size() + t.slot_count);
        fill(t, range);
        return number;
    }

    void fill(const layout::IndexTable& t, Range range) {
        std::size_t at = range.first;
        for (std::uint32_t k = 0; k < t.slot_count; ++k) {
            const std::size_t first = at;
            if (k + 1 == t.slot_count) {
                at = range.last;
            } else {
                const std::uint64_t next = t.base + (std::uint64_t{k + 1} << t.shift);
                while (at < range.last && intervals_[at + 1].start < next)
                    ++at;
            }
            // `at` is now the interval around the slot's last key.
            slots_[t.first_slot + k] = slot({first, at}, t.level);
            if (k + 1 < t.slot_count) {
                const std::uint64_t next = t.base + (std::uint64_t{k + 1} << t.shift);
                while (at < range.last && intervals_[at + 1].start <= next)
                    ++at;
            }
        }
    }

    layout::IndexSlot slot(Range range, unsigned level) {
        const std::uint32_t first = block_of(range.first), last = block_of(range.last);
        if (last - first > kSpanWanted && level + 1u < layout::kIndexLevels)
            return {table(range, level + 1), layout::IndexSlot::kTable};
        return {first, last - first};
    }

    std::span<const Interval<Key>> intervals_;
    Place place_;
    std::vector<layout::IndexTable>& tables_;
    std::vector<layout::IndexSlot>& slots_;
};

}  // namespace sluice::compile
