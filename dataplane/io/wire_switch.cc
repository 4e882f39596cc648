// Frames that keep routes alive.
#include "dataplane/io/wire_switch.h"

#include <algorithm>

#include "dataplane/wire/packet_view.h"

namespace sluice::io {
namespace {

bool one_of(unsigned value, std::initializer_list<unsigned> values) {
    return std::find(values.begin(), values.end(), value) != values.end();
}

bool is_link_multicast(const IpAddress& address) {
    if (address.is_v4()) return address.as_v4() >> 8 == 0xe00000;
    return address.bytes[0] == 0xff && address.bytes[1] == 0x02;
}

// RSVP, EIGRP, OSPF, PIM, VRRP.
bool is_routing_protocol(unsigned protocol) { return one_of(protocol, {46, 88, 89, 103, 112}); }
// RIP, RIPng, LDP, BFD (single hop, echo, multihop).
bool is_routing_udp(unsigned port) { return one_of(port, {520, 521, 646, 3784, 3785, 4784}); }
bool is_routing_tcp(unsigned port) { return one_of(port, {179, 646}); }

}  // namespace

bool keeps_routes_alive(Bytes frame, std::uint32_t wire_size) noexcept {
    wire::PacketView view;
    model::DropReason why{};
    if (!wire::parse_packet_into(frame, wire_size, wire::Link::ethernet, view, why)) return false;
    if (view.kind == wire::PacketKind::non_ip || view.neighbour_discovery) return true;
    if (view.kind == wire::PacketKind::icmp_error) return false;
    if (is_link_multicast(view.destination) || is_routing_protocol(view.ip_protocol)) return true;
    if (view.ip_protocol == wire::kUdp) return is_routing_udp(view.destination_port);
    if (view.ip_protocol == wire::kTcp)
        return is_routing_tcp(view.destination_port) || is_routing_tcp(view.source_port);
    return false;
}

}  // namespace sluice::io
