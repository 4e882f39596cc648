#include "rules/lookup/interval_forest.h"

namespace sluice::lookup {
namespace {

bool inside(std::uint64_t first, std::uint64_t count, std::size_t size) {
    return first <= size && count <= size - first;
}

bool length_fits(std::uint32_t length) { return length <= 128; }

// A table, and what its slots lead to: blocks of its family, or tables of the next level.
template <class Block>
bool table_fits(const layout::IndexTable& table, std::span<const layout::IndexTable> tables,
                std::span<const layout::IndexSlot> slots, std::span<const Block> blocks) {
    for (const layout::IndexSlot& slot : slots.subspan(table.first_slot, table.slot_count)) {
        if (slot.span != layout::IndexSlot::kTable) {
            if (!inside(slot.first, std::uint64_t{slot.span} + 1, blocks.size())) return false;
        } else if (slot.first >= tables.size() || tables[slot.first].level != table.level + 1 ||
                   tables[slot.first].family != table.family) {
            return false;
        }
    }
    return true;
}

// Does a table lead to nothing but kNoValue?
template <class Block>
bool holds_nothing(const layout::IndexTable& table, std::span<const layout::IndexSlot> slots,
                   std::span<const Block> blocks) {
    constexpr std::uint32_t kSlotsLooked = 4;  // a set that holds nothing has one
    if (table.slot_count > kSlotsLooked) return false;
    for (const layout::IndexSlot& slot : slots.subspan(table.first_slot, table.slot_count)) {
        if (slot.span != 0) return false;
        for (const std::uint16_t value : blocks[slot.first].values)
            if (value != layout::kNoValue) return false;
    }
    return true;
}

}  // namespace

Result<IntervalForest, BundleError> IntervalForest::open(const SectionReader& section,
                                                         unsigned first_part, unsigned value_max) {
    IntervalForest f;
    const auto part = [&](layout::ForestPart p) { return first_part + static_cast<unsigned>(p); };
    using Part = layout::ForestPart;
    if (!section.rows(part(Part::sets), f.sets_) || !section.rows(part(Part::tables), f.tables_) ||
        !section.rows(part(Part::slots), f.slots_) ||
        !section.rows(part(Part::blocks4), f.blocks4_) ||
        !section.rows(part(Part::blocks6), f.blocks6_) ||
        !section.rows(part(Part::lengths4), f.lengths4_) ||
        !section.rows(part(Part::details6), f.details6_) ||
        !section.rows(part(Part::deep), f.deep_))
        return Err{BundleError::bad_part};
    if (!f.index_fits() || !f.values_fit(value_max)) return Err{BundleError::bad_reference};
    f.find_empty();
    return f;
}

void IntervalForest::find_empty() {
    for (std::size_t set = 0; set < std::min(sets_.size(), kEmptyKnown); ++set)
        empty_[set] = holds_nothing(tables_[sets_[set].root4], slots_, blocks4_) &&
                      holds_nothing(tables_[sets_[set].root6], slots_, blocks6_);
}

bool IntervalForest::index_fits() const {
    for (const layout::IndexTable& t : tables_) {
        if (t.slot_count == 0 || t.shift > 63 || t.level >= layout::kIndexLevels || t.family > 1 ||
            !inside(t.first_slot, t.slot_count, slots_.size()))
            return false;
        if (t.family == 0 ? !table_fits(t, tables_, slots_, blocks4_)
                          : !table_fits(t, tables_, slots_, blocks6_))
            return false;
    }
    for (const layout::IntervalSet& set : sets_)
        if (set.root4 >= tables_.size() || tables_[set.root4].family != 0 ||
            set.root6 >= tables_.size() || tables_[set.root6].family != 1)
            return false;
    for (const layout::DeepSet& set : deep_)
        if (!inside(set.first, std::uint64_t{set.span} + 1, blocks6_.size())) return false;
    return true;
}

bool IntervalForest::values_fit(unsigned value_max) const {
    if (lengths4_.size() != blocks4_.size() * layout::Block4::kSize ||
        details6_.size() != blocks6_.size() * layout::Block6::kSize)
        return false;
    std::uint16_t largest = 0;
    for (const layout::Block4& block : blocks4_)
        for (std::uint16_t value : block.values)
            largest = std::max(largest, value);
    if (largest > value_max || !std::all_of(lengths4_.begin(), lengths4_.end(), length_fits))
        return false;
    for (std::size_t b = 0; b < blocks6_.size(); ++b)
        for (unsigned i = 0; i < layout::Block6::kSize; ++i) {
            const std::uint16_t value = blocks6_[b].values[i];
            const std::uint32_t detail = details6_[b * layout::Block6::kSize + i];
            if (value == layout::kDeepValue ? detail >= deep_.size()
                                            : value > value_max || !length_fits(detail))
                return false;
        }
    // Blocks of lower halves end the search: none of them may lead deeper. Sets share no blocks,
    // which also bounds this pass.
    std::uint64_t shared_out = 0;
    for (const layout::DeepSet& set : deep_)
        if ((shared_out += std::uint64_t{set.span} + 1) > blocks6_.size()) return false;
    for (const layout::DeepSet& set : deep_)
        for (const layout::Block6& block : blocks6_.subspan(set.first, set.span + 1))
            for (std::uint16_t value : block.values)
                if (value == layout::kDeepValue) return false;
    return true;
}

PrefixMatch IntervalForest::match(unsigned set, const IpAddress& address) const noexcept {
    if (address.is_v4()) {
        const Place p = place(blocks4_, root4(set), address.as_v4());
        return {blocks4_[p.block].values[p.at],
                lengths4_[std::size_t{p.block} * layout::Block4::kSize + p.at]};
    }
    Place p = place(blocks6_, root6(set), upper(address));
    if (blocks6_[p.block].values[p.at] == layout::kDeepValue) p = deep_place(p, address);
    return {
        blocks6_[p.block].values[p.at],
        static_cast<std::uint8_t>(details6_[std::size_t{p.block} * layout::Block6::kSize + p.at])};
}

}  // namespace sluice::lookup
