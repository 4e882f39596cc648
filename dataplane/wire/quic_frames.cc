// The frames of an Initial packet: which of them carry the handshake (RFC 9000 12.4, 19).
#include <algorithm>

#include "dataplane/wire/quic_initial.h"

namespace sluice::wire {
namespace {

enum Frame : std::uint64_t {
    kPadding = 0,
    kPing = 1,
    kAck = 2,
    kAckEcn = 3,
    kCrypto = 6,
    kGooglePing = 7,
    kGoogleCrypto = 8,
    kConnectionClose = 0x1c,
    kUnknown = ~std::uint64_t{0},
};

std::uint64_t from_google(std::uint64_t type) {
    if (type == kGoogleCrypto) return kCrypto;
    return type == kPadding ? kPadding : type == kGooglePing ? kPing : kUnknown;
}

bool skip_varints(ByteReader& reader, std::uint64_t count) {
    std::uint64_t ignored = 0;
    for (; count != 0; --count)
        if (!read_varint(reader, ignored)) return false;
    return true;
}

bool skip_ack(ByteReader& reader, bool ecn) {
    std::uint64_t ranges = 0;
    if (!skip_varints(reader, 2) || !read_varint(reader, ranges)) return false;
    if (ranges > reader.left()) return false;  // two bytes each at least: bounds the loop
    return skip_varints(reader, 1 + 2 * ranges + (ecn ? 3 : 0));
}

bool skip_close(ByteReader& reader) {
    std::uint64_t size = 0;
    return skip_varints(reader, 2) && read_varint(reader, size) && size <= reader.left() &&
           reader.skip(static_cast<std::size_t>(size));
}

bool read_crypto(ByteReader& reader, CryptoPiece& piece) {
    constexpr std::uint64_t kStreamMax = 1u << 31;
    std::uint64_t at = 0, size = 0;
    if (!read_varint(reader, at) || !read_varint(reader, size) || at > kStreamMax ||
        size > reader.left())
        return false;
    piece.at = static_cast<std::uint32_t>(at);
    piece.bytes = reader.rest().first(static_cast<std::size_t>(size));
    return reader.skip(static_cast<std::size_t>(size));
}

}  // namespace

std::optional<std::size_t> read_crypto_frames(
    Bytes frames, std::uint32_t version, std::span<CryptoPiece, kCryptoPiecesMax> pieces) noexcept {
    std::size_t count = 0;
    bool understood = true;
    for (ByteReader reader(frames); reader.left() != 0 && understood;) {
        std::uint64_t type = 0;
        bool fits = read_varint(reader, type);
        if (!fits) return std::nullopt;
        if (is_google_version(version)) type = from_google(type);
        switch (type) {
            case kPadding:
            case kPing:
                break;
            case kAck:
            case kAckEcn:
                fits = skip_ack(reader, type == kAckEcn);
                break;
            case kConnectionClose:
                fits = skip_close(reader);
                break;
            case kCrypto:
                fits = count < pieces.size() && read_crypto(reader, pieces[count]);
                if (fits) ++count;
                break;
            case kUnknown:
                understood = false;
                break;
            default:
                return std::nullopt;
        }
        if (!fits) return std::nullopt;
    }
    std::sort(pieces.begin(), pieces.begin() + static_cast<std::ptrdiff_t>(count),
              [](const CryptoPiece& a, const CryptoPiece& b) { return a.at < b.at; });
    return count;
}

}  // namespace sluice::wire
