// Fragments for tests, as the parser describes them.
#pragma once
#include "dataplane/wire/packet_view.h"

namespace sluice::test {

struct Fragment {
    std::uint32_t id = 1;
    std::uint16_t offset = 0;
    std::uint16_t size = 0;  // bytes of the datagram it carries, header of the head included
    bool more = true;
    std::uint32_t user = 0x0a00'0001;
    bool is_v6 = false;
    std::uint8_t ip_protocol = 17;
};

inline wire::PacketView fragment_view(const Fragment& f) {
    constexpr std::uint16_t kL4 = 34, kUdpHeader = 8;
    wire::PacketView view;
    const bool is_head = f.offset == 0;
    view.kind = is_head ? wire::PacketKind::fragment_head : wire::PacketKind::fragment_rest;
    view.ip_protocol = f.ip_protocol;
    view.l4_offset = kL4;
    view.payload_offset = is_head ? kL4 + kUdpHeader : kL4;
    view.payload_size = static_cast<std::uint16_t>(is_head ? f.size - kUdpHeader : f.size);
    view.source = IpAddress::v4(f.user);
    view.destination = IpAddress::v4(0xcb00'7109);
    if (f.is_v6) view.source.bytes[0] = view.destination.bytes[0] = 0x20;
    if (is_head) {
        view.source_port = static_cast<std::uint16_t>(1000 + f.id);
        view.destination_port = 53;
        view.tcp_seq = f.id * 1000;
    }
    view.fragment_id = f.id;
    view.fragment_offset = f.offset;
    view.more_fragments = f.more;
    return view;
}

}  // namespace sluice::test
