// parse_packet on anything: whatever it says is inside the frame, in order, and says so again.
//
// Input: link type; how much longer the frame was on the wire (2 bytes); the frame.
#include <cstdlib>
#include <memory>

#include "dataplane/wire/packet_view.h"
#include "rules/base/assert.h"

namespace {

using namespace sluice;
using namespace sluice::wire;

bool same(const PacketView& a, const PacketView& b) {
    return a.kind == b.kind && a.ip_protocol == b.ip_protocol && a.tcp_flags == b.tcp_flags &&
           a.icmp_type == b.icmp_type && a.neighbour_discovery == b.neighbour_discovery &&
           a.ether_type == b.ether_type && a.l3_offset == b.l3_offset &&
           a.l4_offset == b.l4_offset && a.payload_offset == b.payload_offset &&
           a.payload_size == b.payload_size && a.source == b.source &&
           a.destination == b.destination && a.source_port == b.source_port &&
           a.destination_port == b.destination_port && a.tcp_seq == b.tcp_seq &&
           a.tcp_ack == b.tcp_ack && a.tcp_window == b.tcp_window &&
           a.fragment_id == b.fragment_id && a.fragment_offset == b.fragment_offset &&
           a.more_fragments == b.more_fragments;
}

void check_offsets(const PacketView& v, std::size_t captured, std::size_t on_wire) {
    SLUICE_ASSERT(v.ether_type == 0x0800 || v.ether_type == 0x86dd);
    SLUICE_ASSERT(v.l3_offset + (v.ether_type == 0x0800 ? 20 : 40) <= v.l4_offset);
    SLUICE_ASSERT(v.l4_offset <= v.payload_offset);
    SLUICE_ASSERT(v.payload_offset <= captured);
    SLUICE_ASSERT(v.payload_offset + std::size_t{v.payload_size} <= on_wire);
    SLUICE_ASSERT(v.source.is_v4() == (v.ether_type == 0x0800) || v.ether_type == 0x86dd);
}

void check_kind(const PacketView& v) {
    const bool fragment = v.fragment_offset != 0 || v.more_fragments;
    switch (v.kind) {
        case PacketKind::non_ip:
            SLUICE_ASSERT(false);
            break;
        case PacketKind::flow:
            SLUICE_ASSERT(!fragment);
            break;
        case PacketKind::fragment_head:
            SLUICE_ASSERT(v.more_fragments && v.fragment_offset == 0);
            break;
        case PacketKind::fragment_rest:
            SLUICE_ASSERT(v.fragment_offset != 0 && v.payload_size > 0);
            SLUICE_ASSERT(v.source_port == 0 && v.destination_port == 0 && v.tcp_flags == 0);
            SLUICE_ASSERT(v.fragment_offset + std::size_t{v.payload_size} <= 65'535);
            break;
        case PacketKind::icmp_error:
            SLUICE_ASSERT(v.icmp_type != 0 && v.tcp_flags == 0 && !v.neighbour_discovery);
            break;
    }
    if (v.neighbour_discovery) SLUICE_ASSERT(v.ip_protocol == kIcmp6 && v.kind == PacketKind::flow);
    const bool tcp_itself = v.ip_protocol == kTcp && v.kind != PacketKind::fragment_rest &&
                            v.kind != PacketKind::icmp_error;
    SLUICE_ASSERT(((v.tcp_flags & 0x3f) != 0) == tcp_itself);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 3) return 0;
    const Link link = static_cast<Link>(data[0] % kLinkCount);
    const std::size_t captured = size - 3;
    const auto on_wire = static_cast<std::uint32_t>(captured + (data[1] << 8 | data[2]));
    const Bytes frame(data + 3, captured);
    PacketView view;
    model::DropReason why{};
    const bool ok = parse_packet_into(frame, on_wire, link, view, why);

    const auto again = parse_packet(frame, on_wire, link);
    SLUICE_ASSERT(again.ok() == ok);
    if (!ok) {
        SLUICE_ASSERT(again.error() == why);
        return 0;
    }
    SLUICE_ASSERT(same(view, *again));
    if (view.kind == PacketKind::non_ip) {
        SLUICE_ASSERT(view.payload_size == 0 && view.l3_offset == 0 && view.ip_protocol == 0);
        return 0;
    }
    check_offsets(view, captured, on_wire);
    check_kind(view);
    if (view.ip_protocol == kTcp && view.kind == PacketKind::flow) {
        const Bytes options =
            frame.subspan(view.l4_offset + 20u, view.payload_offset - view.l4_offset - 20u);
        const TcpOptions parsed = parse_tcp_options(options);
        SLUICE_ASSERT(parsed.window_scale <= 14 || parsed.window_scale == 0xff);
    }
    return 0;
}
