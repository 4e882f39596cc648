// words: stun turn
// looks at: the magic cookie and the message's own length; of the older version, attributes that
//   fill the message; allocations, permissions and channels are turn
// limits: channel data alone are not told
// source: RFC 8489 5, RFC 3489 11.1, RFC 8656 17, RFC 4571
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

namespace {

constexpr std::size_t kHeaderSize = 20;
constexpr std::uint32_t kCookie = 0x2112a442;

// The method is spread around the two bits of the class.
unsigned method_of(std::uint16_t type) {
    return (type & 0xfu) | (type & 0xe0u) >> 1 | (type & 0x3e00u) >> 2;
}
bool is_turn(unsigned method) {
    return method == 3 || method == 4 || (method >= 6 && method <= 12 && method != 5);
}

bool attributes_fit(Bytes bytes) {
    constexpr unsigned kAttributesMax = 32;
    unsigned count = 0;
    while (!bytes.empty()) {
        if (bytes.size() < 4 || ++count > kAttributesMax) return false;
        const std::uint16_t type = be16(bytes, 0);
        const std::size_t size = (be16(bytes, 2) + 3u) & ~std::size_t{3};
        if (size + 4 > bytes.size() || type == 0 || (type > 0x0030 && type < 0x8000)) return false;
        bytes = bytes.subspan(size + 4);
    }
    return true;
}

bool is_message(Bytes bytes, bool& turn) {
    if (bytes.size() < kHeaderSize || bytes[0] > 0x3f) return false;
    const std::uint16_t type = be16(bytes, 0);
    const std::size_t size = be16(bytes, 2);
    const unsigned method = method_of(type);
    turn = is_turn(method);
    if (size % 4 != 0 || size + kHeaderSize != bytes.size()) return false;
    if (be32(bytes, 4) == kCookie) return true;
    return (method == 1 || turn) && size != 0 && attributes_fit(bytes.subspan(kHeaderSize)) &&
           !all_zero(bytes.subspan(4, 16));
}

Answer framed(const FirstBytesView& view, bool want_turn) {
    std::uint16_t type = 0, size = 0;
    Probe probe(view.bytes);
    probe.u16(type).fail_unless(type <= 0x3fff && type != 0).u16(size).fail_unless(size % 4 == 0);
    probe.fail_unless(size <= 2048).u32_in(kCookie, kCookie);
    return probe.fail_unless(is_turn(method_of(type)) == want_turn).answer();
}

}  // namespace

Answer stun_over_udp(const FirstBytesView& view) noexcept {
    bool turn = false;
    return yes_if(is_message(view.bytes, turn) && !turn);
}
Answer turn_over_udp(const FirstBytesView& view) noexcept {
    bool turn = false;
    return yes_if(is_message(view.bytes, turn) && turn);
}
Answer stun_over_tcp(const FirstBytesView& view) noexcept { return framed(view, false); }
Answer turn_over_tcp(const FirstBytesView& view) noexcept { return framed(view, true); }

}  // namespace sluice::detect
