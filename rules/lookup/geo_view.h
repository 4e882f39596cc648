// The geo section: which country and autonomous system an address is in, and which segments of the
// policy ("national") hold it.
#pragma once
#include <span>
#include <string_view>

#include "rules/lookup/bundle_layout.h"
#include "rules/lookup/interval_forest.h"

namespace sluice::lookup {

struct GeoView {
    const layout::GeoHead* head = nullptr;
    std::span<const std::uint32_t> index4, starts4, values4, index6, values6;
    std::span<const IpAddress> starts6;
    std::span<const layout::PlaceRow> places;
    std::span<const layout::SegmentRow> segments;
    std::span<const char> texts;
    IntervalForest forest;
    static Result<GeoView, BundleError> open(SectionBytes section);

    std::string_view text(layout::Text t) const { return {texts.data() + t.offset, t.size}; }

    // Row 0 ("nowhere") when nothing is known. For explanations and records: one slot, then a
    // search among the intervals of that slot, at most 20 steps.
    const layout::PlaceRow& place_of(const IpAddress& address) const noexcept;
    // `segment` is a row of `segments`; of any other: false. As fast as whose an address is.
    bool in_segment(std::size_t segment, const IpAddress& address) const noexcept {
        return segment < segments.size() &&
               forest.find(static_cast<unsigned>(segment), address) == layout::kInSegment;
    }
};

}  // namespace sluice::lookup
