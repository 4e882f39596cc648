#include "rules/lookup/section_reader.h"

namespace sluice::lookup {

Result<SectionReader, BundleError> SectionReader::open(SectionBytes bytes, layout::SectionKind kind,
                                                       unsigned part_count) {
    if (reinterpret_cast<std::uintptr_t>(bytes.data()) % layout::kSectionAlign != 0)
        return Err{BundleError::misaligned};
    const std::size_t directory =
        sizeof(layout::SectionHeader) + part_count * sizeof(layout::PartRow);
    if (bytes.size() < sizeof(layout::SectionHeader)) return Err{BundleError::bad_header};
    const auto& header = *reinterpret_cast<const layout::SectionHeader*>(bytes.data());
    if (header.magic != layout::kSectionMagic) return Err{BundleError::bad_header};
    if (header.version != layout::kSectionVersion) return Err{BundleError::bad_version};
    if (header.kind != kind) return Err{BundleError::bad_header};
    if (header.size != bytes.size() || bytes.size() < directory ||
        bytes.size() % layout::kSectionAlign != 0)
        return Err{BundleError::bad_size};
    if (header.part_count != part_count) return Err{BundleError::bad_part};

    SectionReader reader;
    reader.bytes_ = bytes;
    reader.parts_ = {
        reinterpret_cast<const layout::PartRow*>(bytes.data() + sizeof(layout::SectionHeader)),
        part_count};
    for (const layout::PartRow& part : reader.parts_) {
        const std::uint64_t size = std::uint64_t{part.count} * part.row_size;  // < 2^64
        if (part.offset % layout::kSectionAlign != 0 || part.offset < directory ||
            part.offset > bytes.size() || size > bytes.size() - part.offset)
            return Err{BundleError::bad_part};
    }
    return reader;
}

}  // namespace sluice::lookup
