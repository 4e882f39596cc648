#include "dataplane/wire/https_record.h"

#include <cstdint>

namespace sluice::wire {
namespace {

constexpr std::uint16_t kEch = 5, kVersion = 0xfe0d;

// Names in RDATA are never compressed (RFC 9460 2.2).
bool skip_target(ByteReader& reader) {
    for (std::uint8_t length = 0; reader.u8(length);) {
        if (length == 0) return true;
        if (length > 63 || !reader.skip(length)) return false;
    }
    return false;
}

std::string_view public_name_of(Bytes contents) {
    constexpr std::size_t kIdAndKem = 3;
    ByteReader reader(contents);
    std::uint8_t name_max = 0;
    Bytes key, suites, name;
    const bool whole = reader.skip(kIdAndKem) && reader.block16(key) && reader.block16(suites) &&
                       reader.u8(name_max) && reader.block8(name);
    return whole ? as_text(name) : std::string_view{};
}

std::string_view first_public_name(Bytes value) {
    ByteReader reader(value);
    Bytes list, contents;
    if (!reader.block16(list) || reader.left() != 0) return {};
    reader = ByteReader(list);
    for (std::uint16_t version = 0; reader.u16(version) && reader.block16(contents);)
        if (version == kVersion) return public_name_of(contents);
    return {};
}

}  // namespace

std::string_view ech_public_name(Bytes data) noexcept {
    ByteReader reader(data);
    std::uint16_t priority = 0, key = 0;
    if (!reader.u16(priority) || priority == 0 || !skip_target(reader)) return {};
    for (Bytes value; reader.u16(key) && reader.block16(value);)
        if (key == kEch) return first_public_name(value);
    return {};
}

}  // namespace sluice::wire
