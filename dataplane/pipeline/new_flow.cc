// Whose: a flow begins, and ends.
#include "dataplane/pipeline/hand_over.h"
#include "dataplane/pipeline/opener.h"
#include "dataplane/pipeline/stages.h"

namespace sluice::pipeline {

using model::DropReason;
using model::FailCase;
using model::FailMode;

namespace {

// SYN options, kept in the entry's `ref` until the answer comes and a cold record is taken: a flood
// of SYNs must not cost a cold record each.
std::uint32_t pack_options(const Packet& packet) noexcept {
    const Bytes frame = packet.frame();
    const std::size_t at = packet.view.l4_offset + 20u;
    wire::TcpOptions o;
    bool signature = false;
    if (packet.view.payload_offset <= frame.size() && at < packet.view.payload_offset) {
        const Bytes options = frame.subspan(at, packet.view.payload_offset - at);
        o = wire::parse_tcp_options(options);
        signature = has_signature(options);
    }
    return std::uint32_t{signature} << 26 | std::uint32_t{o.mss} |
           std::uint32_t{o.window_scale} << 16 | std::uint32_t{o.sack_permitted} << 24 |
           std::uint32_t{o.timestamps} << 25;
}

// A stream shows more later; of a datagram the first one is all that decides.
void judge_first_packet(Turn& turn, const Packet& packet, Slot slot) noexcept {
    if (packet.is_tcp()) return judge_early(turn, slot);
    recognise_datagram(turn.core, packet, slot);
    if (begins_datagram_hello(packet, turn.core.table.at(slot))) return judge_early(turn, slot);
    if (follow_moved(turn, packet, slot)) return;
    judge(turn, slot, {}, model::NameSource::none);
}

void make_room(Turn& turn, flow::FlowTable::Insertion& insertion) noexcept {
    ++turn.core.counters.flows_evicted;
    finish_flow(turn, insertion.victim, insertion.slot);
}

}  // namespace

bool spoofed(const Core& core, const Packet& packet) noexcept {
    if (packet.from_user() || !core.wires[packet.wire].check_spoofing) return false;
    const OperatorId op{packet.key.operator_id};
    return core.bundle->is_catalogued(op, packet.key.remote) &&
           !core.bundle->is_hairpin(packet.key.remote);
}

Slot begin_flow(Turn& turn, Packet& packet, const flow::Match& match) noexcept {
    Core& core = turn.core;
    if (spoofed(core, packet)) {
        drop(turn, packet.mbuf, DropReason::spoofed_source);
        return flow::kNoSlot;
    }
    const OrgId org =
        packet.org_known
            ? packet.org
            : lookup::find_user(*core.bundle, OperatorId{packet.key.operator_id}, packet.key.user);
    if (!core.gate.admits(org, match.hash, turn.now_ms)) {
        tell_refused(turn, org);
        drop(turn, packet.mbuf, DropReason::new_flow_quota);
        return flow::kNoSlot;
    }
    auto insertion = core.table.insert(packet.key, match, turn.now_ms);
    if (insertion.slot == flow::kNoSlot) {
        if (lost_sight(core, FailCase::flow_table_full) == FailMode::open)
            forward(turn, packet);
        else
            drop(turn, packet.mbuf, DropReason::flow_table_closed);
        return flow::kNoSlot;
    }
    if (insertion.evicted) make_room(turn, insertion);
    FlowEntry& entry = core.table.at(insertion.slot);
    entry.seen_ms = turn.now_ms;
    entry.org = org;
    if (packet.from_user() != opened_by_sender(packet.view)) entry.set(FlowEntry::kFromInternet);
    if (packet.is_tcp()) {
        if (!packet.has(wire::kSyn)) entry.set(FlowEntry::kMidstream);
        if (packet.has(wire::kSyn) && !packet.has(wire::kAck)) entry.ref = pack_options(packet);
    }
    ++core.counters.flows_new;
    judge_first_packet(turn, packet, insertion.slot);
    if (entry.org == kNoOrg && entry.reason != model::Reason::link_local &&
        entry.reason != model::Reason::bypass) {
        ++core.counters.unknown_sources;
        tell_unknown_source(turn, entry, 1);
    }
    if (entry.verdict == model::Verdict::block) tell_blocked(turn, insertion.slot);
    return insertion.slot;
}

void finish_flow(Turn& turn, FlowEntry& entry, Slot slot) noexcept {
    Core& core = turn.core;
    if (core.flow_ended != nullptr)
        core.flow_ended(core.flow_ended_context, record_of(core, entry, slot, turn.now_ms));
    tell_evidence_ended(turn, entry, slot, ipc::EvidenceEnd::closed);
    if (entry.org == kNoOrg && entry.packets > 1 && entry.reason != model::Reason::link_local &&
        entry.reason != model::Reason::bypass)
        tell_unknown_source(turn, entry, entry.packets - 1);
    if (Cold* cold = cold_of(core, entry)) {
        forget_handed(core, *cold, entry);
        drop_held(turn, *cold, DropReason::hold_aborted);
        give_cold_back(core, entry);
    }
    if (entry.has(FlowEntry::kHasName)) core.names.release(entry.ref);
    ++core.counters.flows_ended;
}

void end_flow(Turn& turn, Slot slot) noexcept {
    finish_flow(turn, turn.core.table.at(slot), slot);
    turn.core.table.erase(slot);
}

void sweep_flows(Turn& turn) noexcept {
    Core& core = turn.core;
    constexpr std::uint64_t kGroupsPerTick = 64;                 // bounds the pause a tick can make
    constexpr std::int64_t kElapsedMaxNs = 3600 * kNsPerSecond;  // keeps the product below in range
    if (core.swept_ns == 0) core.swept_ns = turn.now.mono.raw();
    const std::int64_t elapsed_ns = std::min(turn.now.mono.raw() - core.swept_ns, kElapsedMaxNs);
    const std::int64_t round_ns = std::int64_t{core.limits.sweep_ms} * kNsPerMs;
    const std::uint64_t owed = elapsed_ns <= 0 ? 0
                                               : static_cast<std::uint64_t>(elapsed_ns) *
                                                     core.table.group_count() /
                                                     static_cast<std::uint64_t>(round_ns);
    if (owed == 0) return;
    core.swept_ns = turn.now.mono.raw();
    core.table.sweep(
        static_cast<std::uint32_t>(std::min(owed, kGroupsPerTick)), turn.now_ms,
        [&](Slot slot) noexcept { end_flow(turn, slot); },
        [&](Slot slot) noexcept {
            FlowEntry& entry = core.table.at(slot);
            if (is_stale(core, entry) && entry.generation != kUntold && judge_again(turn, slot))
                entry.generation = kUntold;
        });
}

}  // namespace sluice::pipeline
