#include "dataplane/wire/quic_packet.h"

namespace sluice::wire {
namespace {

QuicType type_of(std::uint8_t first, std::uint32_t version) {
    const unsigned bits = first >> 4 & 3u;
    // Version 2 turned the numbers by one, so that nobody relies on them.
    return static_cast<QuicType>(version == kQuicVersion2 ? (bits + 3) % 4 : bits);
}

bool skip_token(ByteReader& reader) {
    std::uint64_t size = 0;
    return read_varint(reader, size) && size <= reader.left() &&
           reader.skip(static_cast<std::size_t>(size));
}

}  // namespace

bool read_varint(ByteReader& reader, std::uint64_t& out) noexcept {
    std::uint8_t byte = 0;
    if (!reader.u8(byte)) return false;
    out = byte & 0x3f;
    for (unsigned more = (1u << (byte >> 6)) - 1; more != 0; --more) {
        if (!reader.u8(byte)) return false;
        out = out << 8 | byte;
    }
    return true;
}

std::optional<QuicPacket> parse_quic_packet(Bytes datagram) noexcept {
    constexpr std::uint8_t kLongHeader = 0x80;
    QuicPacket packet;
    ByteReader reader(datagram);
    std::uint8_t first = 0;
    if (!reader.u8(first) || (first & kLongHeader) == 0 || !reader.u32(packet.version) ||
        !reader.block8(packet.destination_id) || !reader.block8(packet.source_id) ||
        packet.destination_id.size() > kConnectionIdMax ||
        packet.source_id.size() > kConnectionIdMax)
        return std::nullopt;
    packet.bytes = datagram;
    if (packet.version == 0) {
        packet.type = QuicType::version_negotiation;
        return packet;
    }
    packet.type = type_of(first, packet.version);
    if (packet.type == QuicType::retry) return packet;
    if (packet.type == QuicType::initial && !skip_token(reader)) return std::nullopt;
    std::uint64_t size = 0;
    if (!read_varint(reader, size) || size > reader.left()) return std::nullopt;
    packet.number_offset = datagram.size() - reader.left();
    packet.bytes = datagram.first(packet.number_offset + static_cast<std::size_t>(size));
    return packet;
}

}  // namespace sluice::wire
