// IntervalWriter: sets of prefixes -> the prefix parts of a section (lookup/bundle_layout.h).
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "rules/base/ip.h"
#include "rules/compile/section_writer.h"
#include "rules/lookup/bundle_layout.h"

namespace sluice::compile {

struct PrefixValue {
    Prefix prefix;
    std::uint16_t value = 0;  // 1..layout::kValueMax
};

class IntervalWriter {
  public:
    // Adds the next set. `entries` are sorted by prefix and have no prefix twice.
    //   cost  O(n): prefixes nest or are apart, so one walk with a stack flattens them.
    void add_set(std::span<const PrefixValue> entries);
    // Sets the parts from `first_part` on; the writer must outlive section.finish().
    void put(SectionWriter& section, unsigned first_part) const;

  private:
    std::vector<layout::IntervalSet> sets_;
    std::vector<layout::IndexTable> tables_;
    std::vector<layout::IndexSlot> slots_;
    std::vector<layout::Block4> blocks4_;
    std::vector<layout::Block6> blocks6_;
    std::vector<std::uint8_t> lengths4_;
    std::vector<std::uint32_t> details6_;
    std::vector<layout::DeepSet> deep_;

    std::uint32_t add_v4(std::span<const PrefixValue> entries);
    std::uint32_t add_v6(std::span<const PrefixValue> entries);
};

}  // namespace sluice::compile
