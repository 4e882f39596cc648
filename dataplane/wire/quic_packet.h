// QUIC packets with a long header, as far as anybody on the way can read them (RFC 8999, 9000 17.2,
// 9369 3.2 and the drafts from 22 on, whose headers are the same).
#pragma once
#include <cstdint>
#include <optional>

#include "rules/base/bytes.h"

namespace sluice::wire {

enum class QuicType : std::uint8_t { initial, zero_rtt, handshake, retry, version_negotiation };

inline constexpr std::uint32_t kQuicVersion1 = 1, kQuicVersion2 = 0x6b3343cf;
inline constexpr std::size_t kConnectionIdMax = 20;

// Views point into the datagram.
struct QuicPacket {
    std::uint32_t version = 0;
    QuicType type = QuicType::initial;
    Bytes destination_id, source_id;
    Bytes bytes;                    // the whole packet; of a retry or a negotiation: the rest
    std::size_t number_offset = 0;  // of the protected packet number, in `bytes`
};

// The first bit of a QUIC packet: set until the handshake is through.
inline bool has_long_header(Bytes datagram) {
    return !datagram.empty() && (datagram[0] & 0x80) != 0;
}

// The packet at the front of `datagram`; several may share one (RFC 9000 12.2): call again with
// what is behind `bytes`. Nothing when it is no packet with a long header, or its lengths do not
// fit.
std::optional<QuicPacket> parse_quic_packet(Bytes datagram) noexcept;

// RFC 9000 16. False: cut short.
bool read_varint(ByteReader& reader, std::uint64_t& out) noexcept;

}  // namespace sluice::wire
