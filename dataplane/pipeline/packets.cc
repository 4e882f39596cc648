// Frames that are not simply a packet of a flow: non-IP by policy, fragments, ICMP errors.
#include "dataplane/pipeline/hand_over.h"
#include "dataplane/pipeline/packet_key.h"

namespace sluice::pipeline {

using model::DropReason;
using model::FailCase;
using model::FailMode;
using wire::PacketKind;

namespace {

void handle_non_ip(Turn& turn, const Packet& packet) noexcept {
    if (lost_sight(turn.core, FailCase::non_ip) == FailMode::open)
        forward(turn, packet);
    else
        drop(turn, packet.mbuf, DropReason::non_ip_closed);
}

// Gives a later fragment the ports of its head and its place in the head's stream.
void join_head(Packet& packet, const flow::FragmentHead& head) noexcept {
    wire::PacketView& v = packet.view;
    packet.is_fragment_rest = true;
    v.source_port = head.source_port;
    v.destination_port = head.destination_port;
    v.ip_protocol = head.ip_protocol;
    v.tcp_flags = static_cast<std::uint8_t>(head.tcp_flags & wire::kAck);
    v.tcp_seq = head.tcp_seq + v.fragment_offset - head.l4_header_size;
    v.tcp_ack = head.tcp_ack;
    v.tcp_window = head.tcp_window;
}

void wait_for_head(Turn& turn, const Packet& packet, std::uint32_t datagram) noexcept {
    Core& core = turn.core;
    const FailMode mode = core.bundle->fail_table()[FailCase::fragment_without_head];
    if (mode == FailMode::open) {
        lost_sight(core, FailCase::fragment_without_head);
        return forward(turn, packet);
    }
    const HeldPackets::Item item{.packet = packet.mbuf,
                                 .next = kNobody,
                                 .position = 0,
                                 .size = 0,
                                 .payload_offset = 0,
                                 .wire = packet.wire,
                                 .side = static_cast<std::uint8_t>(packet.side)};
    if (!core.held.push(core.waiting_fragments[datagram], item))
        drop(turn, packet.mbuf, DropReason::fragment_headless);
}

// True: the packet has a flow now.
bool find_fragment_key(Turn& turn, Packet& packet) noexcept {
    Core& core = turn.core;
    const std::uint8_t op = core.wires[packet.wire].operator_id.raw();
    const auto answer = core.fragments.add(packet.view, op, turn.now_ms);
    if (!answer) {
        drop(turn, packet.mbuf, answer.error());
        return false;
    }
    if (packet.view.kind == PacketKind::fragment_head) {
        set_key(core, packet, packet.from_user());
        if (!answer->head_arrived) return true;
        run_one(turn, packet);  // the head first, then those that waited for it
        release_fragments(turn, answer->datagram, answer->head);
        return false;
    }
    if (answer->state == flow::FragmentState::wait) {
        wait_for_head(turn, packet, answer->datagram);
        return false;
    }
    join_head(packet, answer->head);
    set_key(core, packet, packet.from_user());
    return true;
}

}  // namespace

bool find_key(Turn& turn, Packet& packet) noexcept {
    packet.is_fragment_rest = false;
    packet.is_icmp_error = false;
    switch (packet.view.kind) {
        case PacketKind::flow:
            // The wire's own, whatever addresses it is about: hop limit 255 says that no router
            // passed it on (RFC 4861 11.2). It is nobody's flow, as ARP is.
            if (packet.view.neighbour_discovery) [[unlikely]] {
                forward(turn, packet);
                return false;
            }
            set_key(turn.core, packet, packet.from_user());
            return true;
        case PacketKind::icmp_error:
            // The quoted packet went the other way.
            set_key(turn.core, packet, !packet.from_user());
            packet.is_icmp_error = true;
            return true;
        case PacketKind::fragment_head:
        case PacketKind::fragment_rest:
            return find_fragment_key(turn, packet);
        case PacketKind::non_ip:
            break;
    }
    handle_non_ip(turn, packet);
    return false;
}

bool take_up(Turn& turn, const HeldPackets::Item& item, Packet& packet) noexcept {
    packet.mbuf = item.packet;
    packet.wire = item.wire;
    packet.side = static_cast<Side>(item.side);
    const auto view =
        wire::parse_packet(packet.frame(), packet.mbuf->pkt_len, turn.core.wires[packet.wire].link);
    if (!view) {
        drop(turn, packet.mbuf, view.error());
        return false;
    }
    packet.view = *view;
    set_key(turn.core, packet, packet.from_user());
    return true;
}

void release_fragments(Turn& turn, std::uint32_t datagram,
                       const flow::FragmentHead& head) noexcept {
    Core& core = turn.core;
    HeldList waiting = core.waiting_fragments[datagram];
    core.waiting_fragments[datagram] = {};
    while (!waiting.empty()) {
        Packet packet;
        if (!take_up(turn, core.held.pop(waiting), packet)) continue;
        join_head(packet, head);
        set_key(core, packet, packet.from_user());
        run_one(turn, packet);
    }
}

void expire_fragments(Turn& turn) noexcept {
    Core& core = turn.core;
    core.fragments.expire(turn.now_ms, [&](std::uint32_t datagram) noexcept {
        HeldList& waiting = core.waiting_fragments[datagram];
        while (!waiting.empty()) {
            lost_sight(core, FailCase::fragment_without_head);
            drop(turn, core.held.pop(waiting).packet, DropReason::fragment_headless);
        }
    });
}

void handle_icmp_error(Turn& turn, Packet& packet, Slot slot) noexcept {
    Core& core = turn.core;
    if (slot == flow::kNoSlot) {
        if (lost_sight(core, FailCase::icmp_error_unmatched) == FailMode::open)
            forward(turn, packet);
        else
            drop(turn, packet.mbuf, DropReason::icmp_error_orphan);
        return;
    }
    const FlowEntry& entry = core.table.at(slot);
    const Cold* cold = cold_of(core, entry);
    if (cold != nullptr && cold->phase == Phase::taken)  // whoever sent the quoted packet is there
        send_to_kernel(turn, packet, entry.operator_id);
    else if (entry.verdict == model::Verdict::block)
        drop_blocked(turn, packet.mbuf, entry.reason);
    else
        forward(turn, packet);
}

}  // namespace sluice::pipeline
