// How a block reaches both ends: a reset to each for TCP, a page for plain HTTP, silence or an ICMP
// error for the rest (by policy).
#include "dataplane/pipeline/block_page.h"
#include "dataplane/pipeline/craft.h"
#include "dataplane/pipeline/stages.h"
#include "rules/ipc/reference.h"

namespace sluice::pipeline {

using model::DropReason;
using model::Protocol;
using wire::kAck;
using wire::kFin;
using wire::kPsh;
using wire::kRst;
using wire::kSyn;

namespace {

Model model_of(const Turn& turn, const Packet& packet, const Cold* cold, bool reply) noexcept {
    Model model{.frame = packet.frame(),
                .view = &packet.view,
                .link = turn.core.wires[packet.wire].link,
                .link_header = {}};
    if (cold != nullptr && reply) {
        // What goes back wears the header that packets in that direction were last seen with.
        const TcpEnd& peer = cold->ends[static_cast<std::size_t>(other(packet.side))];
        model.link_header = Bytes(peer.link.data(), peer.link_size);
    }
    return model;
}

// The wire of what goes back: the one that packets in that direction were last seen on.
unsigned port_back(const Packet& packet, const Cold* cold) noexcept {
    WireId wire = packet.wire;
    if (cold != nullptr) {
        const TcpEnd& peer = cold->ends[static_cast<std::size_t>(other(packet.side))];
        if (peer.link_size > 0) wire = peer.wire;
    }
    return port_of(wire, packet.side);
}

template <class Craft>
void send_own(Turn& turn, unsigned port, Craft&& craft) noexcept {
    rte_mbuf* mbuf = turn.out.allocate();
    if (mbuf == nullptr) return;  // nothing is owed: the other end times out, and asks again
    const std::size_t room = std::min<std::size_t>(rte_pktmbuf_tailroom(mbuf), kOwnPacketMax);
    const std::size_t size = craft(std::span(rte_pktmbuf_mtod(mbuf, std::uint8_t*), room));
    if (size == 0) return turn.out.drop_blocked(mbuf);  // not even the headers fit the buffer
    mbuf->data_len = static_cast<std::uint16_t>(size);
    mbuf->pkt_len = static_cast<std::uint32_t>(size);
    ++turn.core.counters.own;
    turn.out.send_own(port, mbuf);
}

std::uint32_t sequence_length(const Packet& packet) noexcept {
    return packet.view.payload_size + (packet.has(kSyn) ? 1u : 0u) + (packet.has(kFin) ? 1u : 0u);
}

// RFC 9293 3.10.7.1: the reset a closed port answers this segment with.
OwnSegment reset_for(const Packet& packet) noexcept {
    if (packet.has(kAck)) return {.reply = true, .seq = packet.view.tcp_ack, .flags = kRst};
    return {.reply = true,
            .seq = 0,
            .ack = packet.view.tcp_seq + sequence_length(packet),
            .flags = kRst | kAck};
}

void reply(Turn& turn, const Packet& packet, const Cold* cold, const OwnSegment& segment) noexcept {
    const Model model = model_of(turn, packet, cold, true);
    send_own(turn, port_back(packet, cold), [&](std::span<std::uint8_t> out) noexcept {
        return craft_segment(model, segment, out);
    });
}

// A reset for the end this packet was going to; it has everything up to `seq`.
void reset_onward(Turn& turn, const Packet& packet, std::uint32_t seq) noexcept {
    if (!packet.has(kAck)) return;  // a SYN: the far end knows nothing of this connection
    const OwnSegment segment{
        .reply = false, .seq = seq, .ack = packet.view.tcp_ack, .flags = kRst | kAck};
    const Model model = model_of(turn, packet, nullptr, false);
    send_own(turn, packet.out_port(), [&](std::span<std::uint8_t> out) noexcept {
        return craft_segment(model, segment, out);
    });
}

// Where the page begins: behind everything that has gone to the client already.
std::uint32_t page_start(const Packet& packet, const Cold& cold) noexcept {
    const std::uint32_t sent = cold.ends[static_cast<std::size_t>(other(packet.side))].next_seq;
    const bool in_flight = sent != 0 && static_cast<std::int32_t>(sent - packet.view.tcp_ack) > 0;
    return in_flight ? sent : packet.view.tcp_ack;
}

// The page, as the answer to this request segment; the connection ends with it.
void send_page(Turn& turn, const Packet& packet, const FlowEntry& entry,
               const Cold& cold) noexcept {
    char page[kPageMax];
    const auto reference = ipc::reference_text(cold.reference);
    const std::size_t size = write_block_page(entry.reason, reference.view(), page);
    reply(turn, packet, &cold,
          {.reply = true,
           .seq = cold.page_seq,
           .ack = packet.view.tcp_seq + sequence_length(packet),
           .flags = kAck | kPsh | kFin,
           .payload = as_bytes({page, size})});
}

// What the end this packet is going to expects next: it has everything before the first held byte.
std::uint32_t next_for_far_end(Core& core, const Packet& packet, const Cold* cold) noexcept {
    std::uint32_t seq = packet.view.tcp_seq;
    if (cold == nullptr) return seq;
    core.held.each(cold->held, [&](HeldPackets::Item& item) noexcept {
        if (item.side == static_cast<std::uint8_t>(packet.side) &&
            static_cast<std::int32_t>(cold->start + item.position - seq) < 0)
            seq = cold->start + item.position;
    });
    const TcpEnd& far_end = cold->ends[static_cast<std::size_t>(other(packet.side))];
    const bool has_more = far_end.acked != 0 && static_cast<std::int32_t>(far_end.acked - seq) > 0;
    return has_more ? far_end.acked : seq;
}

bool gets_page(const Packet& packet, const FlowEntry& entry, const Cold* cold) noexcept {
    return cold != nullptr && speaks_http(entry.protocol) && packet.from_user() &&
           !entry.has(FlowEntry::kFromInternet) && packet.has(kAck) && packet.view.payload_size > 0;
}

void answer_paged(Turn& turn, const Packet& packet, const FlowEntry& entry, Cold& cold) noexcept {
    const bool read = static_cast<std::int32_t>(packet.view.tcp_ack - cold.page_seq) > 0;
    if (packet.from_user() && sequence_length(packet) > 0 && !read) {
        send_page(turn, packet, entry, cold);  // the first one was lost
        return drop(turn, packet.mbuf, DropReason::answered_by_page);
    }
    if (packet.from_user() && sequence_length(packet) > 0)  // FIN, or more that nobody reads
        reply(turn, packet, &cold,
              {.reply = true,
               .seq = packet.view.tcp_ack,
               .ack = packet.view.tcp_seq + sequence_length(packet),
               .flags = kAck});
    drop_blocked(turn, packet.mbuf, entry.reason);
}

bool answers_with_icmp(const Turn& turn, const Packet& packet, const FlowEntry& entry) noexcept {
    constexpr std::uint32_t kAnswered = 4;  // packets of a flow: a flood is not answered
    return turn.core.bundle->blocked_udp() == model::BlockedUdp::icmp &&
           packet.key.ip_protocol == wire::kUdp && packet.from_user() && !packet.is_fragment_rest &&
           entry.packets <= kAnswered;
}

}  // namespace

void enforce_block(Turn& turn, Packet& packet, Slot slot) noexcept {
    Core& core = turn.core;
    FlowEntry& entry = core.table.at(slot);
    Cold* cold = cold_of(core, entry);
    if (!packet.is_tcp()) {
        if (cold != nullptr) {  // a QUIC client whose datagrams were held
            drop_held_blocked(turn, *cold, entry.reason);
            give_cold_back(core, entry);
        }
        return answer_blocked(turn, packet, slot);
    }
    const std::uint32_t seq = next_for_far_end(core, packet, cold);
    if (cold != nullptr) drop_held_blocked(turn, *cold, entry.reason);
    if (!packet.has(kRst)) {
        reset_onward(turn, packet, seq);
        if (gets_page(packet, entry, cold)) {
            cold->phase = Phase::paged;
            cold->page_seq = page_start(packet, *cold);
            send_page(turn, packet, entry, *cold);
        } else {
            reply(turn, packet, cold, reset_for(packet));
        }
    }
    if (cold != nullptr && cold->phase != Phase::paged) give_cold_back(core, entry);
    drop_blocked(turn, packet.mbuf, entry.reason);
}

void answer_blocked(Turn& turn, Packet& packet, Slot slot) noexcept {
    FlowEntry& entry = turn.core.table.at(slot);
    Cold* cold = cold_of(turn.core, entry);
    if (packet.is_tcp() && cold != nullptr && cold->phase == Phase::paged)
        return answer_paged(turn, packet, entry, *cold);
    if (packet.is_tcp() && !packet.has(kRst) && !packet.is_fragment_rest)
        reply(turn, packet, cold, reset_for(packet));
    if (answers_with_icmp(turn, packet, entry)) {
        const Model model = model_of(turn, packet, nullptr, true);
        send_own(
            turn, port_of(packet.wire, packet.side),
            [&](std::span<std::uint8_t> out) noexcept { return craft_unreachable(model, out); });
    }
    drop_blocked(turn, packet.mbuf, entry.reason);
}

}  // namespace sluice::pipeline
