// The names section and its delta: which categories the lists give a name, a URL or an address, and
// which entries of which sources say so.
#pragma once
#include <span>
#include <string_view>

#include "rules/lookup/bundle_layout.h"
#include "rules/lookup/interval_forest.h"
#include "rules/lookup/name_table.h"

namespace sluice::lookup {

// Sets of categories, each with the entries it rests on.
struct SetsView {
    std::span<const model::CategorySet> sets;
    std::span<const layout::Run> runs;
    std::span<const layout::OriginRow> origins;

    // kSetParts parts from `first_part` on; sets may only name categories below `categories`.
    static Result<SetsView, BundleError> open(const SectionReader& section, unsigned first_part,
                                              unsigned categories);
    // `set` is one a table of the same section answered with.
    std::span<const layout::OriginRow> origins_of(std::uint16_t set) const {
        return origins.subspan(runs[set].first, runs[set].count);
    }
};

struct NamesView {
    const layout::NamesHead* head = nullptr;
    NameTable table, urls;
    SetsView sets;
    std::span<const layout::SourceRow> sources;
    std::span<const char> texts;
    IntervalForest addresses;
    static Result<NamesView, BundleError> open(SectionBytes section);

    std::string_view text(layout::Text t) const { return {texts.data() + t.offset, t.size}; }
};

struct DeltaView {
    const layout::DeltaHead* head = nullptr;
    NameTable table;
    SetsView sets;
    static Result<DeltaView, BundleError> open(SectionBytes section);
};

// The entry of the lists that speaks for a name.
struct ListMatch {
    bool found = false;
    bool by_delta = false;  // `set` is one of the delta's
    std::uint8_t labels = 0;
    std::uint16_t set = 0;
};
// The most specific listed suffix; a suffix that the delta removed is not listed. noexcept, no
// allocation. `hashes` are of the sections' key.
ListMatch find_listed(const NamesView& names, const DeltaView& delta,
                      const NameHashes& hashes) noexcept;
// The same among suffixes of at most `labels` labels: what stands behind a match of one more.
ListMatch find_listed_below(const NamesView& names, const DeltaView& delta,
                            const NameHashes& hashes, unsigned labels) noexcept;

// The entry of the lists that speaks for a URL: most labels first, then the longest path.
struct UrlMatch {
    bool found = false;
    std::uint8_t labels = 0;
    std::uint16_t path_size = 0;  // bytes of the path that matched
    std::uint16_t set = 0;
};
//   path  from its '/' to before '?' or '#'; at most kUrlPathMax bytes of it are looked at.
//   cost  a hash of the path's beginnings for each suffix that may be listed: for people and for
//         inspection, not for every packet.
inline constexpr std::size_t kUrlPathMax = 1024;
inline constexpr unsigned kUrlDepthMax = 32;  // segments of a listed path
UrlMatch find_url(const NamesView& names, const NameHashes& hashes, std::string_view path) noexcept;

}  // namespace sluice::lookup
