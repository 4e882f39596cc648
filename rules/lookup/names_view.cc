#include "rules/lookup/names_view.h"

#include <algorithm>

namespace sluice::lookup {
namespace {

bool fits(layout::Text text, std::size_t size) {
    return text.offset <= size && text.size <= size - text.offset;
}

unsigned depth(const NameTable& table, const NameHashes& hashes) {
    return std::min(hashes.count, table.labels_max());
}

}  // namespace

Result<SetsView, BundleError> SetsView::open(const SectionReader& section, unsigned first_part,
                                             unsigned categories) {
    const auto part = [&](layout::SetPart p) { return first_part + static_cast<unsigned>(p); };
    SetsView view;
    if (!section.rows(part(layout::SetPart::sets), view.sets) ||
        !section.rows(part(layout::SetPart::runs), view.runs) ||
        !section.rows(part(layout::SetPart::origins), view.origins))
        return Err{BundleError::bad_part};
    if (categories > model::kCategoriesMax || view.runs.size() != view.sets.size())
        return Err{BundleError::bad_reference};
    for (const model::CategorySet& set : view.sets)
        for (unsigned c = categories; c < model::kCategoriesMax; ++c)
            if (set.has(static_cast<model::CategoryIndex>(c)))
                return Err{BundleError::bad_reference};
    for (const layout::Run& run : view.runs)
        if (run.first > view.origins.size() || run.count > view.origins.size() - run.first)
            return Err{BundleError::bad_reference};
    for (const layout::OriginRow& origin : view.origins)
        if (origin.category >= categories) return Err{BundleError::bad_reference};
    return view;
}

Result<NamesView, BundleError> NamesView::open(SectionBytes section) {
    using Part = layout::NamesPart;
    const auto at = [](Part part) { return static_cast<unsigned>(part); };
    SLUICE_TRY(reader,
               SectionReader::open(section, layout::SectionKind::names, layout::kNamesParts));
    NamesView view;
    if (!reader.row(at(Part::head), view.head) || !reader.rows(at(Part::sources), view.sources) ||
        !reader.rows(at(Part::texts), view.texts))
        return Err{BundleError::bad_part};
    SLUICE_TRY(sets, SetsView::open(reader, at(Part::sets), view.head->categories));
    const auto end = static_cast<unsigned>(sets.sets.size());
    SLUICE_TRY(table, NameTable::open(reader, at(Part::buckets), end, view.head->labels_max));
    SLUICE_TRY(urls,
               NameTable::open(reader, at(Part::url_buckets), end, view.head->url_labels_max));
    SLUICE_TRY(addresses,
               IntervalForest::open(reader, at(Part::addresses), std::min(end, 0xfffeu)));
    if (addresses.sets() != 1 || view.head->url_depth_max > kUrlDepthMax)
        return Err{BundleError::bad_reference};
    for (const layout::SourceRow& source : view.sources)
        if (!fits(source.id, view.texts.size()) || !fits(source.title, view.texts.size()) ||
            !fits(source.licence, view.texts.size()) ||
            !fits(source.last_skipped, view.texts.size()))
            return Err{BundleError::bad_reference};
    view.sets = sets;
    view.table = table;
    view.urls = urls;
    view.addresses = addresses;
    return view;
}

Result<DeltaView, BundleError> DeltaView::open(SectionBytes section) {
    using Part = layout::DeltaPart;
    const auto at = [](Part part) { return static_cast<unsigned>(part); };
    SLUICE_TRY(reader,
               SectionReader::open(section, layout::SectionKind::names_delta, layout::kDeltaParts));
    DeltaView view;
    if (!reader.row(at(Part::head), view.head)) return Err{BundleError::bad_part};
    SLUICE_TRY(sets, SetsView::open(reader, at(Part::sets), view.head->categories));
    SLUICE_TRY(table,
               NameTable::open(reader, at(Part::buckets), static_cast<unsigned>(sets.sets.size()),
                               view.head->labels_max));
    view.sets = sets;
    view.table = table;
    return view;
}

ListMatch find_listed_below(const NamesView& names, const DeltaView& delta,
                            const NameHashes& hashes, unsigned labels) noexcept {
    ListMatch match;
    labels = std::min(labels, std::max(depth(names.table, hashes), depth(delta.table, hashes)));
    for (; labels > 0; --labels) {
        const std::uint64_t fingerprint = hashes.at[labels - 1];
        match.labels = static_cast<std::uint8_t>(labels);
        if (delta.table.has(fingerprint, match.set)) {
            if (match.set == layout::kRemovedSet) continue;
            match.found = match.by_delta = true;
            return match;
        }
        if (names.table.has(fingerprint, match.set)) {
            match.found = true;
            return match;
        }
    }
    return {};
}

ListMatch find_listed(const NamesView& names, const DeltaView& delta,
                      const NameHashes& hashes) noexcept {
    if (!delta.table.empty()) return find_listed_below(names, delta, hashes, hashes.count);
    const NameTable::Match match = names.table.find(hashes);
    return {match.found, false, match.labels, match.value};
}

UrlMatch find_url(const NamesView& names, const NameHashes& hashes,
                  std::string_view path) noexcept {
    UrlMatch match;
    if (names.urls.empty() || path.empty()) return match;
    path = path.substr(0, kUrlPathMax);
    std::uint16_t ends[kUrlDepthMax];  // of the path's beginnings, by segments
    unsigned count = 0;
    for (std::size_t i = 1; i <= path.size() && count < names.head->url_depth_max; ++i)
        if ((i == path.size() || path[i] == '/') && path[i - 1] != '/')
            ends[count++] = static_cast<std::uint16_t>(i);
    for (unsigned labels = depth(names.urls, hashes); labels > 0; --labels) {
        const UrlHash hash(names.head->key, hashes.at[labels - 1]);
        for (unsigned i = count; i-- > 0;)
            if (names.urls.has(hash.of(path.substr(0, ends[i])), match.set)) {
                match.found = true;
                match.labels = static_cast<std::uint8_t>(labels);
                match.path_size = ends[i];
                return match;
            }
    }
    return match;
}

}  // namespace sluice::lookup
