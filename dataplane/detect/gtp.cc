// words: gtp
// looks at: versions 1 and 2 (and the charging variant): a known message and the message's own
//   length; of user data the packet inside
// limits: none known
// source: 3GPP TS 29.281 5.1, 29.060 6, 29.274 5.1, 32.295 6.1
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

namespace {

// An IP packet of exactly `size` bytes, of which `packet` is the beginning.
bool is_ip_of(Bytes packet, std::size_t size) {
    if (packet.size() >= 20 && packet[0] >> 4 == 4) return be16(packet, 2) == size;
    return packet.size() >= 40 && packet[0] >> 4 == 6 && be16(packet, 4) + 40u == size;
}

// Version 1: flags | type | length of what follows the first 8 bytes | tunnel.
// `cut`: the datagram goes on in IP fragments.
bool version_1(Bytes bytes, bool cut) {
    constexpr std::size_t kHeaderSize = 8, kOptionsSize = 4;
    constexpr std::uint8_t kOptions = 0x07, kUserData = 255;
    if (bytes.size() < kHeaderSize || bytes[0] >> 4 != 3 || (bytes[0] & 0x08) != 0) return false;
    const std::size_t size = be16(bytes, 2), whole = size + kHeaderSize;
    if (cut ? whole < bytes.size() : whole != bytes.size()) return false;
    const std::uint8_t type = bytes[1];
    if (type == kUserData) {
        std::size_t at = kHeaderSize + ((bytes[0] & kOptions) != 0 ? kOptionsSize : 0);
        // Extension headers: their length in words, the next one's type in their last byte.
        for (unsigned n = 0; n < 4 && (bytes[0] & 4) != 0 && at <= bytes.size() &&
                             at > kHeaderSize && bytes[at - 1] != 0;
             ++n) {
            if (at >= bytes.size() || bytes[at] == 0) return false;
            at += bytes[at] * 4u;
        }
        return at < bytes.size() && is_ip_of(bytes.subspan(at), whole - at);
    }
    // Echo, version, error, supported headers, end marker; create, update, delete, notes of
    // contexts
    const bool known = (type >= 1 && type <= 7) || type == 26 || type == 31 || type == 254 ||
                       (type >= 16 && type <= 37) || (type >= 48 && type <= 61) ||
                       (type >= 96 && type <= 105) || (type >= 240 && type <= 241);
    return known && (bytes[0] & 0x02) != 0 && size >= kOptionsSize;
}

// Version 2: flags | type | length of what follows the first 4 bytes | [tunnel] | sequence, spare
// 0.
bool version_2(Bytes bytes) {
    if (bytes.size() < 8 || bytes[0] >> 5 != 2 || (bytes[0] & 0x07) != 0) return false;
    const bool has_tunnel = (bytes[0] & 0x08) != 0, piggybacks = (bytes[0] & 0x10) != 0;
    const std::size_t size = be16(bytes, 2) + 4u, sequence_at = has_tunnel ? 8 : 4;
    if (size < sequence_at + 4 || size > bytes.size()) return false;
    if (!piggybacks && size != bytes.size()) return false;
    const std::uint8_t type = bytes[1];
    const bool known = (type >= 1 && type <= 3) || (type >= 25 && type <= 73) ||
                       (type >= 95 && type <= 101) || (type >= 128 && type <= 200);
    return known && bytes[sequence_at + 3] == 0;
}

// Charging: version 2 with bit 5 clear; echo and record transfer, six or twenty bytes of header.
bool charging(Bytes bytes) {
    constexpr std::size_t kHeaderSize = 6;
    if (bytes.size() < kHeaderSize || (bytes[0] & 0x10) != 0 || bytes[0] >> 5 > 2) return false;
    if ((bytes[0] & 0x0e) != 0x0e) return false;
    const std::uint8_t type = bytes[1];
    const bool known = (type >= 1 && type <= 7) || type == 240 || type == 241;
    return known && be16(bytes, 2) + kHeaderSize == bytes.size();
}

}  // namespace

Answer gtp_over_udp(const FirstBytesView& view) noexcept {
    return yes_if(version_1(view.bytes, view.cut) || version_2(view.bytes) || charging(view.bytes));
}

}  // namespace sluice::detect
