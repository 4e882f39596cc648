#include "tools/replay/pcapng.h"

#include <algorithm>

namespace sluice::replay {
namespace {

constexpr std::uint32_t kByteOrder = 0x1a2b3c4d, kByteOrderSwapped = 0x4d3c2b1a;
constexpr std::uint32_t kInterfaceBlock = 1, kOldPacketBlock = 2, kSimpleBlock = 3,
                        kEnhancedBlock = 6;
constexpr std::uint32_t kFrame = 12;  // type, size, and the size again at the end
constexpr std::uint16_t kOptionResolution = 9, kOptionOffset = 14;

constexpr std::uint32_t swapped(std::uint32_t v) { return __builtin_bswap32(v); }

std::uint64_t power(std::uint64_t base, unsigned exponent) {
    std::uint64_t result = 1;
    while (exponent-- != 0)
        result *= base;
    return result;
}

}  // namespace

std::uint16_t PcapngFile::u16(Bytes bytes, std::size_t at) const {
    const std::uint16_t big = be16(bytes, at);
    return big_endian_ ? big : __builtin_bswap16(big);
}
std::uint32_t PcapngFile::u32(Bytes bytes, std::size_t at) const {
    const std::uint32_t big = be32(bytes, at);
    return big_endian_ ? big : swapped(big);
}

bool PcapngFile::fail(std::string what) {
    damage_ = std::move(what);
    return false;
}

// The size field of a section header is only readable once its byte order mark is.
bool PcapngFile::read_section(std::uint32_t& size_field) {
    std::uint8_t mark[4];
    if (std::fread(mark, sizeof mark, 1, file_.get()) != 1)
        return fail("the file ends inside a section header");
    const std::uint32_t order = be32(mark, 0);
    if (order != kByteOrder && order != kByteOrderSwapped)
        return fail("a section header has no byte order mark");
    const bool was_big = big_endian_;
    big_endian_ = order == kByteOrder;
    if (was_big != big_endian_) size_field = swapped(size_field);
    if (std::fseek(file_.get(), -4, SEEK_CUR) != 0) return fail("the file cannot be read again");
    interfaces_.clear();
    return true;
}

// One block into type_ and block_.
PcapngFile::Step PcapngFile::read_block() {
    std::uint8_t head[8];
    const std::size_t got = std::fread(head, 1, sizeof head, file_.get());
    if (got == 0) return Step::end;
    const auto damaged = [this](const char* what) {
        fail(what);
        return Step::damaged;
    };
    if (got != sizeof head) return damaged("the file ends inside the header of a block");
    type_ = u32(head, 0);
    std::uint32_t size = u32(head, 4);
    if (type_ == kMagic && !read_section(size)) return Step::damaged;
    if (size < kFrame || size % 4 != 0 || size > kBlockBytesMax)
        return damaged("a block's size is not possible");
    block_.resize(size - kFrame);
    std::uint8_t tail[4];
    if ((!block_.empty() && std::fread(block_.data(), block_.size(), 1, file_.get()) != 1) ||
        std::fread(tail, sizeof tail, 1, file_.get()) != 1)
        return damaged("the file ends inside a block");
    if (u32(tail, 0) != size) return damaged("the two sizes of a block differ");
    return Step::block;
}

void PcapngFile::read_option(Interface& interface, std::uint16_t code, Bytes value) const {
    if (code == kOptionResolution && value.size() == 1) {
        // High bit: a power of two, else of ten. Finer than this fits no 64 bits.
        const unsigned exponent = value[0] & 0x7f;
        if (value[0] & 0x80)
            interface.units_per_second = exponent < 63 ? std::uint64_t{1} << exponent : 1;
        else
            interface.units_per_second = exponent <= 18 ? power(10, exponent) : 1;
    }
    if (code == kOptionOffset && value.size() == 8) {
        const std::uint64_t first = u32(value, 0), second = u32(value, 4);
        interface.offset_s =
            static_cast<std::int64_t>(big_endian_ ? first << 32 | second : second << 32 | first);
    }
}

bool PcapngFile::read_interface(Bytes body) {
    if (body.size() < 8) return fail("an interface description is too short");
    if (interfaces_.size() == kInterfacesMax) return fail("too many interfaces");
    Interface interface { .link_type = u16(body, 0), .snap_bytes = u32(body, 4) };
    for (std::size_t at = 8; at + 4 <= body.size();) {
        const std::uint16_t code = u16(body, at), size = u16(body, at + 2);
        at += 4;
        if (code == 0 || size > body.size() - at) break;
        read_option(interface, code, body.subspan(at, size));
        at = std::min<std::size_t>(at + (size + 3u) / 4 * 4, body.size());
    }
    interfaces_.push_back(interface);
    return true;
}

std::optional<PcapngPacket> PcapngFile::packet_of(std::size_t interface, std::uint64_t units,
                                                  Bytes data, std::uint32_t wire_size) {
    const Interface& from = interfaces_[interface];
    const std::uint64_t per_second = from.units_per_second;
    __extension__ using Wide = unsigned __int128;
    const auto fraction_ns =
        static_cast<std::int64_t>(Wide{units % per_second} * 1'000'000'000 / per_second);
    // Years beyond the range of nanoseconds (2262) are not times anybody captured at.
    constexpr std::int64_t kSecondsMax = 9'000'000'000;
    const auto seconds =
        static_cast<std::int64_t>(std::min<std::uint64_t>(units / per_second, kSecondsMax));
    const std::int64_t at_s = std::clamp<std::int64_t>(
        seconds + std::clamp<std::int64_t>(from.offset_s, -kSecondsMax, kSecondsMax), 0,
        kSecondsMax);
    last_ns_ = at_s * 1'000'000'000 + fraction_ns;
    return PcapngPacket{data, wire_size, last_ns_, from.link_type};
}

std::optional<PcapngPacket> PcapngFile::read_packet(Bytes body) {
    const std::size_t fixed = type_ == kSimpleBlock ? 4 : 20;
    const auto damaged = [this](const char* what) {
        fail(what);
        return std::nullopt;
    };
    if (body.size() < fixed) return damaged("a packet block is too short");
    if (type_ == kSimpleBlock) {
        if (interfaces_.empty()) return damaged("a packet comes before its interface");
        const std::uint32_t wire_size = u32(body, 0), snap = interfaces_[0].snap_bytes;
        std::size_t size = std::min<std::size_t>(wire_size, body.size() - fixed);
        if (snap != 0) size = std::min<std::size_t>(size, snap);
        return PcapngPacket{body.subspan(fixed, size), wire_size, last_ns_,
                            interfaces_[0].link_type};
    }
    // The old block has 16 bits of interface, then of drops.
    const std::size_t interface = type_ == kOldPacketBlock ? u16(body, 0) : u32(body, 0);
    if (interface >= interfaces_.size()) return damaged("a packet comes before its interface");
    const std::uint32_t size = u32(body, 12), wire_size = u32(body, 16);
    if (size > body.size() - fixed) return damaged("a packet is longer than its block");
    const std::uint64_t units = std::uint64_t{u32(body, 4)} << 32 | u32(body, 8);
    return packet_of(interface, units, body.subspan(fixed, size), wire_size);
}

std::optional<PcapngPacket> PcapngFile::next() {
    while (damage_.empty() && read_block() == Step::block) {
        if (type_ == kInterfaceBlock && !read_interface(block_)) break;
        if (type_ == kEnhancedBlock || type_ == kSimpleBlock || type_ == kOldPacketBlock)
            return read_packet(block_);
    }
    return std::nullopt;
}

}  // namespace sluice::replay
