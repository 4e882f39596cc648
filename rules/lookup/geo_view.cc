#include "rules/lookup/geo_view.h"

#include <algorithm>

namespace sluice::lookup {
namespace {

// Ascending, beginning at the first address; the index leads into it and never back.
template <class Start>
bool family_fits(std::span<const std::uint32_t> index, std::span<const Start> starts,
                 std::span<const std::uint32_t> values, const Start& first, std::size_t places) {
    if (starts.empty()) return index.empty() && values.empty();
    if (index.size() != layout::kGeoSlots || values.size() != starts.size() || starts[0] != first)
        return false;
    for (std::size_t i = 1; i < starts.size(); ++i)
        if (!(starts[i - 1] < starts[i])) return false;
    for (std::size_t i = 0; i < index.size(); ++i)
        if (index[i] >= starts.size() || (i > 0 && index[i] < index[i - 1])) return false;
    return std::all_of(values.begin(), values.end(),
                       [&](std::uint32_t value) { return value < places; });
}

// The interval that holds `key`: from the one its slot begins in to the one the next begins in.
template <class Start>
std::size_t interval_of(std::span<const std::uint32_t> index, std::span<const Start> starts,
                        std::size_t slot, const Start& key) {
    const std::size_t from = index[slot];
    const std::size_t to =
        slot + 1 < index.size() ? index[slot + 1] + std::size_t{1} : starts.size();
    const auto begin = starts.begin();
    const auto next = std::upper_bound(begin + static_cast<std::ptrdiff_t>(from),
                                       begin + static_cast<std::ptrdiff_t>(to), key);
    const auto at = static_cast<std::size_t>(next - begin);
    return at > 0 ? at - 1 : 0;
}

}  // namespace

Result<GeoView, BundleError> GeoView::open(SectionBytes section) {
    using Part = layout::GeoPart;
    const auto at = [](Part part) { return static_cast<unsigned>(part); };
    SLUICE_TRY(reader, SectionReader::open(section, layout::SectionKind::geo, layout::kGeoParts));
    GeoView v;
    if (!reader.row(at(Part::head), v.head) || !reader.rows(at(Part::index4), v.index4) ||
        !reader.rows(at(Part::starts4), v.starts4) || !reader.rows(at(Part::values4), v.values4) ||
        !reader.rows(at(Part::index6), v.index6) || !reader.rows(at(Part::starts6), v.starts6) ||
        !reader.rows(at(Part::values6), v.values6) || !reader.rows(at(Part::places), v.places) ||
        !reader.rows(at(Part::segments), v.segments) || !reader.rows(at(Part::texts), v.texts))
        return Err{BundleError::bad_part};
    if (v.places.empty() || v.head->categories > model::kCategoriesMax ||
        !family_fits(v.index4, v.starts4, v.values4, std::uint32_t{0}, v.places.size()) ||
        !family_fits(v.index6, v.starts6, v.values6, IpAddress{}, v.places.size()))
        return Err{BundleError::bad_reference};
    const auto fits = [&](layout::Text t) {
        return t.offset <= v.texts.size() && t.size <= v.texts.size() - t.offset;
    };
    for (const layout::PlaceRow& place : v.places)
        if (!fits(place.asn_name)) return Err{BundleError::bad_reference};
    for (const layout::SegmentRow& segment : v.segments) {
        if (!fits(segment.id)) return Err{BundleError::bad_reference};
        for (unsigned c = v.head->categories; c < model::kCategoriesMax; ++c)
            if (segment.categories.has(static_cast<model::CategoryIndex>(c)))
                return Err{BundleError::bad_reference};
    }
    SLUICE_TRY(forest, IntervalForest::open(reader, at(Part::forest), layout::kOutOfSegment));
    if (forest.sets() != v.segments.size()) return Err{BundleError::bad_reference};
    v.forest = forest;
    return v;
}

const layout::PlaceRow& GeoView::place_of(const IpAddress& address) const noexcept {
    if (address.is_v4()) {
        if (starts4.empty()) return places[0];
        const std::uint32_t key = address.as_v4();
        return places[values4[interval_of(index4, starts4, key >> 16, key)]];
    }
    if (starts6.empty()) return places[0];
    const std::size_t slot = std::size_t{address.bytes[0]} << 8 | address.bytes[1];
    return places[values6[interval_of(index6, starts6, slot, address)]];
}

}  // namespace sluice::lookup
