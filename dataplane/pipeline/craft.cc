#include "dataplane/pipeline/craft.h"

#include <algorithm>
#include <array>

namespace sluice::pipeline {
namespace {

constexpr std::uint8_t kTtl = 64;
constexpr std::size_t kIpv4Size = 20, kIpv6Size = 40, kTcpSize = 20, kIcmpSize = 8;
constexpr std::size_t kQuoteV4 = 28;     // RFC 792: IP header + 8 bytes, as old hosts expect
constexpr std::size_t kQuoteV6 = 1'000;  // RFC 4443: as much as fits the minimum MTU

void put16(std::span<std::uint8_t> out, std::size_t at, std::size_t value) {
    out[at] = static_cast<std::uint8_t>(value >> 8);
    out[at + 1] = static_cast<std::uint8_t>(value);
}
void put32(std::span<std::uint8_t> out, std::size_t at, std::uint32_t value) {
    put16(out, at, value >> 16);
    put16(out, at + 2, value & 0xffff);
}

// RFC 1071, over bytes that start at an even position.
std::uint32_t sum(Bytes bytes, std::uint32_t start) {
    std::uint32_t s = start;
    for (std::size_t i = 0; i + 1 < bytes.size(); i += 2)
        s += be16(bytes, i);
    if (bytes.size() % 2 != 0) s += std::uint32_t{bytes.back()} << 8;
    return s;
}
std::uint16_t folded(std::uint32_t s) {
    while (s >> 16 != 0)
        s = (s & 0xffff) + (s >> 16);
    return static_cast<std::uint16_t>(~s);
}

// Lengths that link headers repeat: PPPoE (RFC 2516 4) and 802.3. `size` is what follows the
// header.
void fix_link_lengths(std::span<std::uint8_t> header, std::size_t ip_size) {
    if (header.size() < 14) return;
    std::size_t at = 12;
    while (at + 6 <= header.size() &&
           (be16(header, at) == 0x8100 || be16(header, at) == 0x88a8 || be16(header, at) == 0x9100))
        at += 4;
    const std::size_t type = be16(header, at);
    if (type == 0x8864 && at + 8 <= header.size())
        put16(header, at + 6, ip_size + (header.size() - at - 8));
    else if (type <= 1500)
        put16(header, at, ip_size + (header.size() - at - 2));
}

// Returns the size of the link header; 0 when it does not fit.
std::size_t put_link(const Model& model, bool reply, std::size_t ip_size,
                     std::span<std::uint8_t> out) {
    const Bytes own = model.frame.first(model.view->l3_offset);
    const Bytes header = model.link_header.empty() ? own : model.link_header;
    if (header.size() + ip_size > out.size()) return 0;
    std::copy(header.begin(), header.end(), out.begin());
    if (model.link != wire::Link::ethernet) return header.size();
    if (reply && model.link_header.empty() && header.size() >= 12)
        std::swap_ranges(out.begin(), out.begin() + 6, out.begin() + 6);
    fix_link_lengths(out.first(header.size()), ip_size);
    return header.size();
}

struct Ends {
    IpAddress from, to;
    bool v4() const { return from.is_v4(); }
};

// The IP header before `payload_size` bytes of `protocol`; returns the pseudo-header's sum.
std::uint32_t put_ip(const Ends& ends, std::uint8_t protocol, std::size_t payload_size,
                     std::span<std::uint8_t> out) {
    std::uint32_t pseudo = protocol + static_cast<std::uint32_t>(payload_size);
    if (ends.v4()) {
        std::fill_n(out.begin(), kIpv4Size, std::uint8_t{0});
        out[0] = 0x45;
        put16(out, 2, kIpv4Size + payload_size);
        put16(out, 6, 0x4000);  // don't fragment: then the zero identification is fine (RFC 6864)
        out[8] = kTtl;
        out[9] = protocol;
        std::copy_n(ends.from.bytes.begin() + 12, 4, out.begin() + 12);
        std::copy_n(ends.to.bytes.begin() + 12, 4, out.begin() + 16);
        put16(out, 10, folded(sum(out.first(kIpv4Size), 0)));
        return sum(out.subspan(12, 8), pseudo);
    }
    std::fill_n(out.begin(), 8, std::uint8_t{0});
    out[0] = 0x60;
    put16(out, 4, payload_size);
    out[6] = protocol;
    out[7] = kTtl;
    std::copy(ends.from.bytes.begin(), ends.from.bytes.end(), out.begin() + 8);
    std::copy(ends.to.bytes.begin(), ends.to.bytes.end(), out.begin() + 24);
    return sum(out.subspan(8, 32), pseudo);
}

}  // namespace

std::size_t craft_segment(const Model& model, const OwnSegment& segment,
                          std::span<std::uint8_t> out) noexcept {
    const wire::PacketView& v = *model.view;
    const Ends ends = segment.reply ? Ends{v.destination, v.source} : Ends{v.source, v.destination};
    const std::size_t tcp_size = kTcpSize + segment.payload.size();
    const std::size_t ip_header = ends.v4() ? kIpv4Size : kIpv6Size;
    const std::size_t link = put_link(model, segment.reply, ip_header + tcp_size, out);
    if (link == 0 && model.view->l3_offset != 0) return 0;
    if (link + ip_header + tcp_size > out.size()) return 0;
    const std::uint32_t pseudo = put_ip(ends, wire::kTcp, tcp_size, out.subspan(link));
    const auto tcp = out.subspan(link + ip_header, tcp_size);
    put16(tcp, 0, segment.reply ? v.destination_port : v.source_port);
    put16(tcp, 2, segment.reply ? v.source_port : v.destination_port);
    put32(tcp, 4, segment.seq);
    put32(tcp, 8, segment.ack);
    tcp[12] = 5 << 4;
    tcp[13] = segment.flags;
    put16(tcp, 14, (segment.flags & wire::kRst) != 0 ? 0 : 65'535);
    put32(tcp, 16, 0);
    std::copy(segment.payload.begin(), segment.payload.end(), tcp.begin() + kTcpSize);
    put16(tcp, 16, folded(sum(tcp, pseudo)));
    return link + ip_header + tcp_size;
}

std::size_t craft_unreachable(const Model& model, std::span<std::uint8_t> out) noexcept {
    const wire::PacketView& v = *model.view;
    const Ends ends{v.destination, v.source};
    // Padding of the link is not part of the packet.
    const std::size_t end =
        std::min<std::size_t>(model.frame.size(), std::size_t{v.payload_offset} + v.payload_size);
    const Bytes original = model.frame.first(end).subspan(v.l3_offset);
    const std::size_t header_size = v.l4_offset - v.l3_offset;
    const std::size_t quote_max = ends.v4() ? std::max(kQuoteV4, header_size + 8) : kQuoteV6;
    const Bytes quote = original.first(std::min(original.size(), quote_max));
    const std::size_t icmp_size = kIcmpSize + quote.size();
    const std::size_t ip_header = ends.v4() ? kIpv4Size : kIpv6Size;
    const std::size_t link = put_link(model, true, ip_header + icmp_size, out);
    if (link == 0 && v.l3_offset != 0) return 0;
    if (link + ip_header + icmp_size > out.size()) return 0;
    const std::uint8_t protocol = ends.v4() ? wire::kIcmp : wire::kIcmp6;
    const std::uint32_t pseudo = put_ip(ends, protocol, icmp_size, out.subspan(link));
    const auto icmp = out.subspan(link + ip_header, icmp_size);
    icmp[0] = ends.v4() ? 3 : 1;
    icmp[1] = ends.v4() ? 13 : 1;
    put16(icmp, 2, 0);
    put32(icmp, 4, 0);
    std::copy(quote.begin(), quote.end(), icmp.begin() + kIcmpSize);
    put16(icmp, 2, folded(sum(icmp, ends.v4() ? 0 : pseudo)));
    return link + ip_header + icmp_size;
}

}  // namespace sluice::pipeline
