// IP beyond the ordinary: fragments of both versions, IPv6 extension headers, lengths of 0.
#include "dataplane/wire/packet_parts.h"

namespace sluice::wire {
namespace {

constexpr std::uint8_t kRouting = 43, kFragment = 44, kAuthentication = 51, kDestination = 60,
                       kMobility = 135, kHip = 139, kShim6 = 140;
constexpr unsigned kExtensionsMax = 8;
constexpr std::size_t kDatagramMax = 65'535;

bool is_extension(std::uint8_t next) {
    switch (next) {
        case kHopByHop:
        case kRouting:
        case kFragment:
        case kAuthentication:
        case kDestination:
        case kMobility:
        case kHip:
        case kShim6:
            return true;
        default:
            return false;
    }
}

// What both versions have in common once offset, id and "more" are in the view.
//   before  bytes of the reassembled packet in front of its fragmentable part that count towards
//   its
//           65,535: the IPv4 header; none in IPv6, whose length leaves its header out.
bool check_fragment(const PacketView& view, std::size_t size, std::size_t before, DropReason& why) {
    if (size == 0 || (view.more_fragments && size % 8 != 0))
        return drop(why, DropReason::ip_bad_length);
    if (before + view.fragment_offset + size > kDatagramMax)
        return drop(why, DropReason::fragment_oversize);
    return true;
}

bool later_fragment(PacketView& view, std::size_t at, std::size_t end) {
    view.kind = PacketKind::fragment_rest;
    view.l4_offset = static_cast<std::uint16_t>(at);
    set_payload(view, at, end - at);
    return true;
}

}  // namespace

std::size_t offloaded_size(std::size_t wire_end, std::size_t at, std::uint8_t protocol) noexcept {
    constexpr std::size_t kOrdinaryMax = 1'500;  // a frame of this size needs no offload
    if (protocol != kTcp || wire_end < at) return 0;
    const std::size_t size = wire_end - at;
    // With the IP header back in, still a length that the 16 bits could have said.
    return size > kOrdinaryMax && size + 60 <= kDatagramMax ? size : 0;
}

bool parse_ipv4_fragment(Bytes frame, std::size_t at, std::size_t end, std::uint16_t field,
                         PacketView& view, DropReason& why) noexcept {
    view.fragment_id = be16(frame, view.l3_offset + 4u);
    view.fragment_offset = static_cast<std::uint16_t>((field & 0x1fff) * 8);
    view.more_fragments = (field & 0x2000) != 0;
    if (!check_fragment(view, end - at, at - view.l3_offset, why)) return false;
    if (view.fragment_offset == 0) return parse_transport(frame, at, end, true, view, why);
    // The rest of a TCP header after a first fragment of 8 bytes could say anything (RFC 1858 3).
    if (view.fragment_offset == 8 && view.ip_protocol == kTcp)
        return drop(why, DropReason::fragment_tiny);
    return later_fragment(view, at, end);
}

bool walk_extensions(Bytes frame, std::size_t end, ExtensionWalk& walk, DropReason& why) noexcept {
    constexpr std::size_t kSmallest = 8;
    for (unsigned count = 0; is_extension(walk.next); ++count) {
        // A first fragment must have the whole chain (RFC 7112 5).
        const DropReason too_long =
            walk.is_fragment ? DropReason::fragment_tiny : DropReason::ipv6_extension;
        const bool misplaced =
            (walk.next == kHopByHop && count != 0) || (walk.next == kFragment && walk.is_fragment);
        if (count == kExtensionsMax || misplaced) return drop(why, DropReason::ipv6_extension);
        const std::size_t left = end - walk.at;
        if (left < kSmallest) return drop(why, too_long);
        if (frame.size() < walk.at + kSmallest) return drop(why, DropReason::ipv6_extension);
        std::size_t size = (frame[walk.at + 1] + 1u) * 8;
        if (walk.next == kAuthentication) size = (frame[walk.at + 1] + 2u) * 4;
        if (walk.next == kFragment) {
            size = kSmallest;
            const std::uint16_t field = be16(frame, walk.at + 2);
            walk.fragment_offset = field & 0xfff8;
            walk.more_fragments = (field & 1) != 0;
            walk.fragment_id = be32(frame, walk.at + 4);
            walk.is_fragment = walk.fragment_offset != 0 || walk.more_fragments;
            walk.fragment_data_at = walk.at + kSmallest;
        }
        if (left < size) return drop(why, too_long);
        if (frame.size() < walk.at + size) return drop(why, DropReason::ipv6_extension);
        walk.next = frame[walk.at];
        walk.at += size;
        if (walk.is_fragment && walk.fragment_offset != 0) return true;
    }
    return true;
}

bool parse_ipv6_chain(Bytes frame, std::size_t at, std::size_t end, PacketView& view,
                      DropReason& why) noexcept {
    ExtensionWalk walk{.next = view.ip_protocol, .at = at};
    const bool walked = walk_extensions(frame, end, walk, why);
    if (walk.is_fragment) {
        // A bad fragment is that first, whatever its inside looks like.
        view.fragment_id = walk.fragment_id;
        view.fragment_offset = walk.fragment_offset;
        view.more_fragments = walk.more_fragments;
        if (!check_fragment(view, end - walk.fragment_data_at, 0, why)) return false;
    }
    if (!walked) return false;
    view.ip_protocol = walk.next;
    if (walk.is_fragment && walk.fragment_offset != 0) return later_fragment(view, walk.at, end);
    return parse_transport(frame, walk.at, end, walk.is_fragment, view, why);
}

}  // namespace sluice::wire
