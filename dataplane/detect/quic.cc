// words: quic
// looks at: a long header of a known version whose lengths fit the datagram, or a gQUIC header with
//   a version (Q0xx, T0xx)
// limits: short headers are not told
// source: RFC 8999 5.1, 6; RFC 9000 17.2; RFC 9369 3.2
#include "dataplane/detect/recognisers.h"
#include "dataplane/wire/quic_packet.h"

namespace sluice::detect {
namespace {

constexpr std::uint32_t kVersion1 = 1, kVersion2 = 0x6b3343cf;
constexpr std::size_t kInitialSizeMin = 1200;  // datagram of a client's Initial, RFC 9000 14.1

bool is_draft(std::uint32_t version) {
    const bool ietf = version >> 8 == 0xff0000 && (version & 0xff) >= 1 && (version & 0xff) <= 34;
    return ietf || version >> 4 == 0xfaceb00;  // mvfst
}
bool is_google(std::uint32_t version) {  // "Q043", "T051"
    const auto digit = [&](unsigned shift) { return (version >> shift & 255) - '0' <= 9u; };
    return (version >> 24 == 'Q' || version >> 24 == 'T') && (version >> 16 & 255) == '0' &&
           digit(8) && digit(0);
}
bool is_reserved(std::uint32_t version) { return (version & 0x0f0f0f0f) == 0x0a0a0a0a; }
bool is_known(std::uint32_t version) {
    return version == kVersion1 || version == kVersion2 || is_draft(version) || is_google(version);
}

bool skip_token(ByteReader& reader) {
    std::uint64_t size = 0;
    return wire::read_varint(reader, size) && size <= reader.left() &&
           reader.skip(static_cast<std::size_t>(size));
}

// The packet's own length field covers packet number and payload, and lies inside the datagram.
bool length_fits(ByteReader& reader) {
    constexpr std::uint64_t kProtectedMin = 20;  // what header protection samples, RFC 9001 5.4.2
    std::uint64_t size = 0;
    return wire::read_varint(reader, size) && size >= kProtectedMin && size <= reader.left();
}

enum class Type : std::uint8_t { initial, zero_rtt, handshake, retry };

Type type_of(std::uint8_t first, std::uint32_t version) {
    const unsigned bits = first >> 4 & 3u;
    // Version 2 turned the numbers by one, so that nobody relies on them.
    return static_cast<Type>(version == kVersion2 ? (bits + 3) % 4 : bits);
}

// `cut`: the rest is in other fragments, lengths may reach beyond what is here.
bool body_fits(std::uint8_t first, std::uint32_t version, ByteReader reader, bool cut) {
    constexpr std::size_t kRetryTagSize = 16,
                          kCutMin = 200;  // of an Initial: no noise is that lucky
    if (cut) return type_of(first, version) == Type::initial && reader.left() >= kCutMin;
    switch (type_of(first, version)) {
        case Type::initial:
            return skip_token(reader) && length_fits(reader);
        case Type::zero_rtt:
        case Type::handshake:
            return length_fits(reader);
        case Type::retry:
            return reader.left() >= kRetryTagSize;
    }
    return false;
}

// Version negotiation: what the server offers, at least one of it known.
bool offers_known(Bytes list) {
    bool known = false;
    if (list.empty() || list.size() % 4 != 0) return false;
    for (std::size_t at = 0; at < list.size(); at += 4)
        known = known || is_known(be32(list, at));
    return known;
}

// Q046 wrote both connection id lengths into one byte; Q050 and T05x follow the drafts.
bool is_google_long(ByteReader reader, std::uint32_t version) {
    std::uint8_t lengths = 0;
    if ((version & 0xffff) >= ('4' << 8 | '9')) {
        Bytes destination, source;
        return reader.block8(destination) && reader.block8(source) && destination.size() <= 20 &&
               source.size() <= 20;
    }
    return reader.u8(lengths) && (lengths == 0x50 || lengths == 0x05) && reader.left() > 8;
}

Answer long_header(Bytes bytes, bool cut) {
    constexpr std::size_t kConnectionIdMax = 20;
    constexpr std::uint8_t kFixedBit = 0x40;
    ByteReader reader(bytes);
    std::uint8_t first = 0;
    std::uint32_t version = 0;
    Bytes destination, source;
    if (!reader.u8(first) || !reader.u32(version)) return Answer::no;
    if (is_google(version)) return is_google_long(reader, version) ? Answer::yes : Answer::no;
    if (!reader.block8(destination) || !reader.block8(source) ||
        destination.size() > kConnectionIdMax || source.size() > kConnectionIdMax)
        return Answer::no;
    if (version == 0) return offers_known(reader.rest()) ? Answer::yes : Answer::no;
    if ((first & kFixedBit) == 0) return Answer::no;
    // A client may begin with a version that exists in order to be refused (RFC 9000 6.3).
    if (is_reserved(version)) return bytes.size() >= kInitialSizeMin ? Answer::yes : Answer::no;
    return is_known(version) && body_fits(first, version, reader, cut) ? Answer::yes : Answer::no;
}

// gQUIC up to Q043: flags with the version bit, an 8-byte connection id, the version.
Answer google_header(Bytes bytes) {
    constexpr std::uint8_t kVersionBit = 0x01, kResetBit = 0x02, kIdBit = 0x08, kMultipath = 0x40;
    constexpr std::size_t kVersionAt = 9, kHeaderMin = 14;
    const bool fits = bytes.size() >= kHeaderMin && (bytes[0] & kVersionBit) != 0 &&
                      (bytes[0] & kIdBit) != 0 && (bytes[0] & (kResetBit | kMultipath)) == 0;
    return fits && is_google(be32(bytes, kVersionAt)) ? Answer::yes : Answer::no;
}

}  // namespace

Answer quic_over_udp(const FirstBytesView& view) noexcept {
    constexpr std::uint8_t kLongHeader = 0x80;
    if (view.bytes.empty()) return Answer::no;
    return (view.bytes[0] & kLongHeader) != 0 ? long_header(view.bytes, view.cut)
                                              : google_header(view.bytes);
}

}  // namespace sluice::detect
