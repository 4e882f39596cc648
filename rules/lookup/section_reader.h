// SectionReader: the directory of one untrusted section. Hands out a part only when it lies inside
// the section, is aligned, and has rows of the size asked for.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

#include "rules/base/result.h"
#include "rules/lookup/section_layout.h"

namespace sluice::lookup {

enum class BundleError : std::uint8_t {
    misaligned,     // the bytes do not begin on a cache line (a programmer's mistake, not damage)
    bad_header,     // too short, not a section, another kind
    bad_version,    // made by another version of rules/compile
    bad_size,       // cut, or longer than it says
    bad_part,       // a part outside the section, or with rows of another size
    bad_reference,  // an index, count or enumeration out of its range
    mismatch,       // sections that do not belong together
};
constexpr const char* name_of(BundleError e) {
    constexpr const char* kNames[] = {"misaligned", "bad_header",    "bad_version", "bad_size",
                                      "bad_part",   "bad_reference", "mismatch"};
    return kNames[static_cast<std::size_t>(e)];
}

using SectionBytes = std::span<const std::byte>;

class SectionReader {
  public:
    // Checks the header and that there are exactly `part_count` parts, each inside the section.
    static Result<SectionReader, BundleError> open(SectionBytes bytes, layout::SectionKind kind,
                                                   unsigned part_count);

    // `part` is below the part_count given to open(). False: its rows have another size.
    template <class Row>
    [[nodiscard]] bool rows(unsigned part, std::span<const Row>& out) const {
        static_assert(std::is_trivially_copyable_v<Row> && alignof(Row) <= layout::kSectionAlign);
        const layout::PartRow& p = parts_[part];
        if (p.row_size != sizeof(Row)) return false;
        out = {reinterpret_cast<const Row*>(bytes_.data() + p.offset), p.count};
        return true;
    }
    // The same for a part that is exactly one row.
    template <class Row>
    [[nodiscard]] bool row(unsigned part, const Row*& out) const {
        std::span<const Row> all;
        if (!rows(part, all) || all.size() != 1) return false;
        out = all.data();
        return true;
    }

  private:
    SectionBytes bytes_;
    std::span<const layout::PartRow> parts_;
};

}  // namespace sluice::lookup
