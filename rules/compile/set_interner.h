// SetInterner: the entries that stand for a name -> a set number, each combination once.
#pragma once
#include <algorithm>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "rules/compile/section_writer.h"
#include "rules/lookup/bundle_layout.h"
#include "rules/model/category_set.h"

namespace sluice::compile {

// One entry: which source says which category.
struct Origin {
    std::uint16_t source = 0;
    std::uint8_t category = 0;  // CategoryIndex
    friend auto operator<=>(const Origin&, const Origin&) = default;
};
using Origins = std::vector<Origin>;  // ascending, each once

class SetInterner {
  public:
    // Numbers past this do not fit a table's value; the address intervals keep one for "none".
    static constexpr std::size_t kSetsMax = 0xfffe;

    // `precedence`: of each source; lives as long as the interner. Without origins sets are told
    // apart by their categories only.
    SetInterner(const std::vector<std::int32_t>& precedence, bool keep_origins)
        : precedence_(precedence), keep_origins_(keep_origins) {}

    // The number of these origins; past kSetsMax: full() from then on.
    std::uint16_t number(const Origins& origins);
    bool full() const { return sets_.size() > kSetsMax; }

    // Sets kSetParts parts from `first_part` on; the interner must outlive section.finish().
    void put(SectionWriter& section, unsigned first_part) const;

  private:
    std::uint16_t add(const model::CategorySet& set, const Origins& origins,
                      std::int32_t decides_from);

    const std::vector<std::int32_t>& precedence_;
    bool keep_origins_;
    std::unordered_map<std::string, std::uint16_t> numbers_;
    std::unordered_map<std::uint32_t, std::uint16_t> single_;  // of one origin: most names
    std::vector<model::CategorySet> sets_;
    std::vector<layout::Run> runs_;
    std::vector<layout::OriginRow> rows_;
};

}  // namespace sluice::compile
