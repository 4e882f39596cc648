// How every section of a bundle begins: a header and a directory of parts. Offsets, never pointers,
// so a section means the same wherever its bytes lie.
//
//   | SectionHeader 64 B | PartRow x part_count | pad | part 0 | pad | part 1 | ... | pad |
//
// Parts are arrays of rows of one size and start on cache lines. Native (little-endian) numbers.
#pragma once
#include <bit>
#include <cstdint>

namespace sluice::layout {

static_assert(std::endian::native == std::endian::little, "sections hold little-endian numbers");

enum class SectionKind : std::uint16_t {
    catalog = 1,
    names = 2,
    policy = 3,
    names_delta = 4,  // what changed since `names` was compiled
    geo = 5,
};
inline constexpr unsigned kSectionKinds = 5;

inline constexpr std::uint32_t kSectionMagic = 0x53554c53;  // "SLUS"
inline constexpr std::uint16_t kSectionVersion = 2;         // of all layouts in bundle_layout.h
inline constexpr std::size_t kSectionAlign = 64;  // of a section in memory and of its parts

struct SectionHeader {
    std::uint32_t magic;
    std::uint16_t version;
    SectionKind kind;
    std::uint64_t size;  // of the whole section [bytes], a multiple of kSectionAlign
    std::uint32_t part_count;
    std::uint8_t zero[44];
};
static_assert(sizeof(SectionHeader) == 64);

struct PartRow {
    std::uint64_t offset;  // from the section's first byte, a multiple of kSectionAlign
    std::uint32_t count;
    std::uint32_t row_size;  // [bytes]; readers refuse any other than theirs
};
static_assert(sizeof(PartRow) == 16);

}  // namespace sluice::layout
