// TCP options of a SYN (RFC 9293 3.2): kind, length, value; kinds 0 and 1 are a byte alone.
#include "dataplane/wire/packet_view.h"

namespace sluice::wire {
namespace {

constexpr std::uint8_t kEnd = 0, kNop = 1, kMss = 2, kWindowScale = 3, kSackPermitted = 4,
                       kTimestamps = 8;
constexpr std::uint8_t kWindowScaleMax = 14;  // RFC 7323 2.3: a larger one counts as 14

// False when a kind we know has a length it cannot have.
bool read_option(std::uint8_t kind, Bytes value, TcpOptions& out) {
    switch (kind) {
        case kMss:
            if (value.size() != 2) return false;
            out.mss = be16(value, 0);
            return true;
        case kWindowScale:
            if (value.size() != 1) return false;
            out.window_scale = value[0] < kWindowScaleMax ? value[0] : kWindowScaleMax;
            return true;
        case kSackPermitted:
            if (!value.empty()) return false;
            out.sack_permitted = true;
            return true;
        case kTimestamps:
            if (value.size() != 8) return false;
            out.timestamps = true;
            out.ts_value = be32(value, 0);
            out.ts_echo = be32(value, 4);
            return true;
        default:
            return true;
    }
}

}  // namespace

TcpOptions parse_tcp_options(Bytes options) noexcept {
    TcpOptions out;
    ByteReader reader(options);
    std::uint8_t kind = kEnd;
    while (reader.u8(kind) && kind != kEnd) {
        if (kind == kNop) continue;
        std::uint8_t size = 0;
        Bytes value;
        if (!reader.u8(size) || size < 2 || !reader.take(size - 2u, value)) break;
        if (!read_option(kind, value, out)) break;
    }
    return out;
}

}  // namespace sluice::wire
