#include "dataplane/wire/dtls.h"

namespace sluice::wire {

std::optional<DtlsPiece> next_hello_piece(Bytes& datagram) noexcept {
    constexpr std::uint8_t kHandshakeRecord = 22, kClientHello = 1, kMajor = 0xfe;
    constexpr std::size_t kEpochAndNumber = 8;
    constexpr unsigned kRecordsMax = 16;
    for (unsigned i = 0; i < kRecordsMax; ++i) {
        ByteReader reader(datagram);
        std::uint8_t type = 0, major = 0, minor = 0, message_type = 0;
        Bytes content;
        if (!reader.u8(type) || !reader.u8(major) || !reader.u8(minor) || major != kMajor ||
            !reader.skip(kEpochAndNumber) || !reader.block16(content))
            return std::nullopt;
        datagram = reader.rest();
        if (type != kHandshakeRecord) continue;
        ByteReader message(content);
        DtlsPiece piece;
        std::uint32_t length = 0;
        if (!message.u8(message_type) || !message.u24(piece.size) || !message.u16(piece.message) ||
            !message.u24(piece.at) || !message.u24(length) || !message.take(length, piece.bytes))
            return std::nullopt;
        if (message_type != kClientHello) continue;
        if (piece.size > kHelloSizeMax || piece.at + length > piece.size) return std::nullopt;
        return piece;
    }
    return std::nullopt;
}

}  // namespace sluice::wire
