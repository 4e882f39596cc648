// The way nearly every packet takes: Ethernet, perhaps one tag, IP, TCP or UDP. Straight through.
#include "dataplane/wire/packet_view.h"

#include "dataplane/wire/packet_parts.h"

namespace sluice::wire {

bool parse_packet_into(Bytes frame, std::uint32_t wire_size, Link link, PacketView& view,
                       DropReason& why) noexcept {
    constexpr std::size_t kHeader = 14, kTag = 4;
    view = PacketView{};
    const std::size_t wire_end = wire_size < frame.size() ? frame.size() : wire_size;
    if (link != Link::ethernet) [[unlikely]]
        return parse_other_link(frame, wire_end, link, view, why);
    if (frame.size() < kHeader) [[unlikely]]
        return drop(why, DropReason::eth_short);
    std::size_t at = kHeader;
    unsigned type = be16(frame, 12);
    unsigned tags = 0;
    if (type == kEtherVlan) {
        if (frame.size() < kHeader + kTag) [[unlikely]]
            return drop(why, DropReason::vlan_short);
        type = be16(frame, 16);
        at = kHeader + kTag;
        tags = 1;
    }
    // Keeps gcc from working out every offset below for both values of `at` beforehand: a dozen
    // stores to the stack for each frame.
    asm("" : "+r"(at));
    if (type == kEtherIpv4) [[likely]]
        return parse_ipv4(frame, wire_end, at, view, why);
    if (type == kEtherIpv6) return parse_ipv6(frame, wire_end, at, view, why);
    return parse_ether_rest(frame, wire_end, at, type | tags << 16, view, why);
}

Result<PacketView, DropReason> parse_packet(Bytes frame, std::uint32_t wire_size,
                                            Link link) noexcept {
    PacketView view;
    DropReason why{};
    if (parse_packet_into(frame, wire_size, link, view, why)) return view;
    return Err{why};
}

}  // namespace sluice::wire
