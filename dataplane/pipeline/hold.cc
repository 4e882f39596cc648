// Holding: packets wait in order of the stream until their flow has a name, bounded in number and
// time, and leave once.
#include "dataplane/pipeline/hand_over.h"

namespace sluice::pipeline {

using model::DropReason;
using model::Reason;

namespace {

void enter_hold_list(Core& core, Cold& cold, std::uint32_t index) noexcept {
    cold.older = core.youngest_hold;
    cold.younger = kNobody;
    if (core.youngest_hold != kNobody) core.cold[core.youngest_hold].younger = index;
    core.youngest_hold = index;
    if (core.oldest_hold == kNobody) core.oldest_hold = index;
    cold.in_hold_list = true;
}

std::uint32_t index_of(const Core& core, const Cold& cold) noexcept {
    return core.table.at(cold.slot).ref;
}

void let_go(Turn& turn, const HeldPackets::Item& item) noexcept {
    auto& c = turn.core.counters;
    ++c.forwarded;
    c.forwarded_bytes += item.packet->pkt_len;
    turn.out.forward(port_of(item.wire, other(static_cast<Side>(item.side))), item.packet);
}

bool overdue(Core& core, const Cold& cold, MonoTime now) noexcept {
    if (ms_between(cold.held_since, now) >= core.limits.hold_hole_ms) return true;
    if (cold.phase == Phase::handing) return false;
    const bool hole =
        cold.phase == Phase::following ? has_hole_ahead(core, cold) : cold.first.has_hole();
    return !hole && ms_between(cold.last_growth, now) >= core.limits.hold_stalled_ms;
}

}  // namespace

void leave_hold_list(Core& core, Cold& cold) noexcept {
    if (!cold.in_hold_list) return;
    (cold.older == kNobody ? core.oldest_hold : core.cold[cold.older].younger) = cold.younger;
    (cold.younger == kNobody ? core.youngest_hold : core.cold[cold.younger].older) = cold.older;
    cold.in_hold_list = false;
}

bool hold(Turn& turn, const Packet& packet, Cold& cold, std::uint32_t position) noexcept {
    Core& core = turn.core;
    const HeldPackets::Item item{.packet = packet.mbuf,
                                 .next = kNobody,
                                 .position = position,
                                 .size = packet.view.payload_size,
                                 .payload_offset = packet.view.payload_offset,
                                 .wire = packet.wire,
                                 .side = static_cast<std::uint8_t>(packet.side)};
    // One flow may not take what all need.
    if (cold.held.count >= core.limits.held_per_flow_max) return false;
    if (cold.held.empty()) cold.held_since = cold.last_growth = turn.now.mono;
    if (!core.held.push_by_position(cold.held, item)) return false;
    leave_hold_list(core, cold);  // to the young end: its stream has just grown
    enter_hold_list(core, cold, index_of(core, cold));
    return true;
}

void release_held(Turn& turn, Cold& cold) noexcept {
    while (!cold.held.empty())
        let_go(turn, turn.core.held.pop(cold.held));
    leave_hold_list(turn.core, cold);
}

void release_held_before(Turn& turn, Cold& cold, std::uint32_t position) noexcept {
    Core& core = turn.core;
    while (!cold.held.empty() &&
           static_cast<std::int32_t>(core.held.front(cold.held).end() - position) <= 0) {
        let_go(turn, core.held.pop(cold.held));
        cold.held_since = turn.now.mono;
    }
    if (cold.held.empty()) leave_hold_list(core, cold);
}

void drop_held(Turn& turn, Cold& cold, DropReason why) noexcept {
    while (!cold.held.empty())
        drop(turn, turn.core.held.pop(cold.held).packet, why);
    leave_hold_list(turn.core, cold);
}

void drop_held_blocked(Turn& turn, Cold& cold, Reason why) noexcept {
    while (!cold.held.empty())
        drop_blocked(turn, turn.core.held.pop(cold.held).packet, why);
    leave_hold_list(turn.core, cold);
}

void check_holds(Turn& turn) noexcept {
    Core& core = turn.core;
    // The list is in order of last growth: what stalled longest is first. Flows that wait for a
    // retransmission may stand before others; at most held_packets_max are looked at.
    for (std::uint32_t at = core.oldest_hold; at != kNobody;) {
        Cold& cold = core.cold[at];
        at = cold.younger;
        if (ms_between(cold.last_growth, turn.now.mono) < core.limits.hold_stalled_ms) return;
        if (!overdue(core, cold, turn.now.mono)) continue;
        if (cold.phase == Phase::handing) {
            fail_handover(turn, cold.slot);
            continue;
        }
        if (hand_over_stalled(turn, cold.slot)) continue;
        ++core.counters.hold_stalled;
        const Phase next = cold.phase == Phase::following ? Phase::following : Phase::tentative;
        give_up_reading(turn, nullptr, cold.slot, next);
    }
}

}  // namespace sluice::pipeline
