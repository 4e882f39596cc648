// What the broker answers, and flows that live in the kernel's sockets: who has them, and how what
// the kernel sends finds its wire.
#include "dataplane/pipeline/hand_over.h"

namespace sluice::pipeline {

using flow::Stage;
using ipc::HandoverFlow;
using ipc::HandoverHow;
using model::Verdict;

namespace {

const TcpEnd& end_of(const Cold& cold, Side side) {
    return cold.ends[static_cast<std::size_t>(side)];
}

flow::FlowKey key_of(const ipc::FlowTuple& tuple) noexcept {
    flow::FlowKey key;
    key.user = tuple.user;
    key.remote = tuple.remote;
    key.set_rest(tuple.user_port, tuple.remote_port, tuple.ip_protocol, tuple.operator_id.raw());
    return key;
}

// The flow an answer is about, in this phase; kNoSlot when it is not so any more.
Slot find_handed(Core& core, const HandoverFlow& flow, Phase phase) noexcept {
    const flow::FlowKey key = key_of(flow.tuple);
    const Slot slot = core.table.find(key, core.table.match_one(key));
    if (slot == flow::kNoSlot) return slot;
    const Cold* cold = cold_of(core, core.table.at(slot));
    const bool same =
        cold != nullptr && cold->phase == phase && cold->handover_reference == flow.reference;
    return same ? slot : flow::kNoSlot;
}

}  // namespace

void flow_taken(Turn& turn, const HandoverFlow& flow) noexcept {
    Core& core = turn.core;
    const Slot slot = find_handed(core, flow, Phase::handing);
    if (slot == flow::kNoSlot) {
        core.inspector->end(flow, HandoverHow::forgotten);
        return;
    }
    FlowEntry& entry = core.table.at(slot);
    Cold& cold = *cold_of(core, entry);
    cold.phase = Phase::taken;
    ++core.counters.handed_over;
    while (!cold.held.empty()) {
        Packet packet;
        if (!take_up(turn, core.held.pop(cold.held), packet)) continue;
        send_to_kernel(turn, packet, entry.operator_id);
    }
    // Nobody needs the first bytes any more: sockets keep what they have read.
    cold.first.release(core.buffers);
    cold.answer.release(core.buffers);
    leave_hold_list(core, cold);
}

void flow_not_taken(Turn& turn, const HandoverFlow& flow) noexcept {
    const Slot slot = find_handed(turn.core, flow, Phase::handing);
    if (slot != flow::kNoSlot) fail_handover(turn, slot);
}

void flow_ended(Turn& turn, const HandoverFlow& flow) noexcept {
    const Slot slot = find_handed(turn.core, flow, Phase::taken);
    if (slot == flow::kNoSlot) return;
    FlowEntry& entry = turn.core.table.at(slot);
    cold_of(turn.core, entry)->handover_over = true;
    entry.set_stage(Stage::closing);  // the sockets may still have something to send again
    entry.seen_ms = turn.now_ms;
}

bool adopt_flow(Turn& turn, const HandoverFlow& flow) noexcept {
    Core& core = turn.core;
    const flow::FlowKey key = key_of(flow.tuple);
    const flow::Match match = core.table.match_one(key);
    if (core.table.find(key, match) != flow::kNoSlot)
        return find_handed(core, flow, Phase::taken) != flow::kNoSlot;  // we have not restarted
    auto insertion = core.table.insert(key, match, turn.now_ms);
    if (insertion.slot == flow::kNoSlot) return false;
    if (insertion.evicted) finish_flow(turn, insertion.victim, insertion.slot);
    FlowEntry& entry = core.table.at(insertion.slot);
    const std::uint32_t at = core.cold.take(insertion.slot);
    if (at == kNobody) {
        core.table.erase(insertion.slot);
        return false;
    }
    entry.seen_ms = turn.now_ms;
    entry.org = lookup::find_user(*core.bundle, OperatorId{key.operator_id}, key.user);
    entry.verdict = Verdict::inspect;
    entry.reason = flow.reason;
    entry.protocol = flow.protocol;
    entry.confidence = flow.confidence;
    entry.evidence = flow.evidence;
    entry.generation = core.generation;
    if (flow.from_internet) entry.set(FlowEntry::kFromInternet);
    entry.set(FlowEntry::kSettled);
    entry.set_stage(Stage::established);
    Cold& cold = core.cold[at];
    entry.set(FlowEntry::kHasCold);
    entry.ref = at;
    cold.phase = Phase::taken;
    cold.handover_reference = flow.reference;
    cold.handover_stalled = flow.stalled;
    if (flow.name_size > 0)
        cold.name =
            core.names.acquire(flow.name(), static_cast<std::uint8_t>(flow.name_source), flow.tls);
    for (std::size_t side = 0; side < 2; ++side) {
        const ipc::HandoverEnd& from = flow.ends[side];
        cold.ends[side].wire = static_cast<std::uint8_t>(from.wire % kWiresMax);
        cold.ends[side].link_size = from.link_size;
        cold.ends[side].link = from.link;
    }
    ++core.counters.flows_new;
    ++core.counters.handover_adopted;
    return true;
}

std::optional<Egress> egress_of(Turn& turn, const ipc::FlowTuple& from_to,
                                std::uint32_t bytes) noexcept {
    Core& core = turn.core;
    for (const Side to : {Side::user, Side::internet}) {
        flow::FlowKey key;
        const bool to_user = to == Side::user;
        key.user = to_user ? from_to.remote : from_to.user;
        key.remote = to_user ? from_to.user : from_to.remote;
        key.set_rest(to_user ? from_to.remote_port : from_to.user_port,
                     to_user ? from_to.user_port : from_to.remote_port, wire::kTcp,
                     from_to.operator_id.raw());
        const Slot slot = core.table.find(key, core.table.match_one(key));
        if (slot == flow::kNoSlot) continue;
        FlowEntry& entry = core.table.at(slot);
        const Cold* cold = cold_of(core, entry);
        if (cold == nullptr || cold->phase != Phase::taken) continue;
        const TcpEnd& wears = end_of(*cold, other(to));
        if (wears.link_size == 0) continue;
        entry.count(bytes);
        entry.seen_ms = turn.now_ms;
        return Egress{port_of(wears.wire, to), {wears.link.data(), wears.link_size}};
    }
    return std::nullopt;
}

}  // namespace sluice::pipeline
