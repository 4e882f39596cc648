#include "dataplane/pipeline/hand_over.h"

#include <cstring>

namespace sluice::pipeline {

using flow::Stage;
using ipc::HandoverFlow;
using ipc::HandoverHow;
using model::DropReason;
using model::FailCase;
using model::FailMode;
using model::Reason;
using model::Verdict;

namespace {

constexpr std::uint32_t kEndGraceMs = 1'000;  // sockets have this long to end an unwanted flow

const TcpEnd& end_of(const Cold& cold, Side side) {
    return cold.ends[static_cast<std::size_t>(side)];
}

Side opener_of(const FlowEntry& entry) {
    return entry.has(FlowEntry::kFromInternet) ? Side::internet : Side::user;
}

// The opener's next byte that has not gone to the far end.
std::uint32_t first_kept(const Core& core, const Cold& cold) noexcept {
    return cold.start + core.held.front(cold.held).position;
}

bool is_quiet(const Core& core, const FlowEntry& entry, const Cold& cold) noexcept {
    const TcpEnd& opener = end_of(cold, opener_of(entry));
    const TcpEnd& answerer = end_of(cold, other(opener_of(entry)));
    return answerer.acked == first_kept(core, cold) && opener.acked == answerer.next_seq;
}

ipc::HandoverEnd handover_end(const TcpEnd& end, bool scaled, std::uint32_t next_seq) noexcept {
    ipc::HandoverEnd to;
    to.next_seq = next_seq;
    const unsigned shift = scaled && end.window_scaled ? end.options.window_scale : 0;
    to.window = std::uint32_t{end.window} << shift;
    to.ts_value = end.options.ts_value;
    to.mss = end.options.mss;
    to.window_scale = end.options.window_scale;
    to.sack = end.options.sack_permitted;
    to.timestamps = end.options.timestamps;
    to.wire = end.wire;
    to.link_size = end.link_size;
    to.link = end.link;
    return to;
}

HandoverFlow describe(const Core& core, const FlowEntry& entry, const Cold& cold) noexcept {
    HandoverFlow flow;
    flow.reference = cold.handover_reference;
    flow.tuple = {.user = entry.user,
                  .remote = entry.remote,
                  .user_port = entry.user_port,
                  .remote_port = entry.remote_port,
                  .ip_protocol = entry.ip_protocol,
                  .operator_id = OperatorId{entry.operator_id}};
    flow.org = entry.org;
    flow.generation = entry.generation;
    flow.reason = entry.reason;
    flow.protocol = entry.protocol;
    flow.confidence = entry.confidence;
    flow.evidence = entry.evidence;
    flow.from_internet = entry.has(FlowEntry::kFromInternet);
    flow.stalled = cold.handover_stalled;
    flow.tls = tls_facts_of(core, entry);
    if (cold.name != flow::kNoName) {
        const std::string_view name = core.names.name(cold.name);
        flow.name_source = static_cast<model::NameSource>(core.names.source(cold.name));
        flow.name_size = static_cast<std::uint8_t>(std::min(name.size(), ipc::kNameSizeMax));
        std::memcpy(flow.name_bytes, name.data(), flow.name_size);
    }
    return flow;
}

// The same with both ends' numbers, as the sockets need them.
HandoverFlow describe_whole(const Core& core, const FlowEntry& entry, const Cold& cold) noexcept {
    HandoverFlow flow = describe(core, entry, cold);
    const bool scaled = cold.ends[0].options.window_scale != ipc::kNoWindowScale &&
                        cold.ends[1].options.window_scale != ipc::kNoWindowScale;
    for (const Side side : {Side::user, Side::internet}) {
        const TcpEnd& end = end_of(cold, side);
        const std::uint32_t next = side == opener_of(entry) ? first_kept(core, cold) : end.next_seq;
        flow.ends[static_cast<std::size_t>(side)] = handover_end(end, scaled, next);
    }
    return flow;
}

bool ask(Turn& turn, const FlowEntry& entry, Cold& cold) noexcept {
    Core& core = turn.core;
    if (core.inspector == nullptr || !core.inspector->ready()) return false;
    cold.handover_reference = ++core.handover_count;
    if (!core.inspector->take_over(describe_whole(core, entry, cold))) return false;
    cold.handover_asked = true;
    ++core.counters.handover_asked;
    return true;
}

void ask_when_quiet(Turn& turn, Slot slot) noexcept {
    FlowEntry& entry = turn.core.table.at(slot);
    Cold& cold = *cold_of(turn.core, entry);
    if (cold.handover_asked || cold.held.empty() || !is_quiet(turn.core, entry, cold)) return;
    if (!ask(turn, entry, cold)) fail_handover(turn, slot);
}

void give_up(Turn& turn, Packet* packet, Slot slot) noexcept {
    FlowEntry& entry = turn.core.table.at(slot);
    Cold& cold = *cold_of(turn.core, entry);
    cold.handover_declined = true;
    cold.handover_asked = false;
    cold.phase = cold.read_at != 0 ? Phase::following : Phase::decided;
    ++turn.core.counters.handover_failed;
    if (lost_sight(turn.core, FailCase::inspect_unavailable) == FailMode::open) {
        release_held(turn, cold);
        if (packet != nullptr) forward(turn, *packet);
        return;
    }
    entry.verdict = Verdict::block;
    entry.reason = Reason::inspect_unavailable;
    ++turn.core.counters.decided[static_cast<std::size_t>(entry.reason)];
    tell_blocked(turn, slot);
    if (packet != nullptr) return enforce_block(turn, *packet, slot);
    Packet first_held;
    if (!cold.held.empty() && take_up(turn, turn.core.held.pop(cold.held), first_held))
        return enforce_block(turn, first_held, slot);
    drop_held_blocked(turn, cold, entry.reason);
}

// Not yet asked for: packets pass as ever, but for the opener's bytes. Asked for: nothing passes,
// so that the numbers the sockets are made with stay true.
void handle_handing(Turn& turn, Packet& packet, Slot slot, Cold& cold) noexcept {
    Core& core = turn.core;
    FlowEntry& entry = core.table.at(slot);
    const bool opener = packet.side == opener_of(entry);
    if (packet.has(wire::kRst)) {
        drop_held(turn, cold, DropReason::hold_aborted);
        if (cold.handover_asked && core.inspector != nullptr)
            core.inspector->end(describe(core, entry, cold), HandoverHow::reset);
        cold.handover_asked = false;
        cold.handover_declined = true;
        cold.phase = Phase::decided;
        entry.set_stage(Stage::closed);
        return forward(turn, packet);
    }
    const bool says = packet.view.payload_size > 0 || packet.has(wire::kFin);
    if (opener && says) {
        const std::uint32_t position = packet.view.tcp_seq - cold.start;
        if (packet.view.payload_size > 0 &&
            core.held.covers(cold.held, position, packet.view.payload_size))
            return drop(turn, packet.mbuf, DropReason::hold_duplicate);
        if (!hold(turn, packet, cold, position)) {
            lost_sight(core, FailCase::hold_full);
            drop(turn, packet.mbuf, DropReason::hold_overflow);
        }
    } else if (cold.handover_asked) {
        drop(turn, packet.mbuf, DropReason::handover_pending);
    } else {
        forward(turn, packet);
    }
    ask_when_quiet(turn, slot);
}

void handle_taken(Turn& turn, Packet& packet, Slot slot, Cold& cold) noexcept {
    FlowEntry& entry = turn.core.table.at(slot);
    const bool unwanted = cold.handover_ending && entry.verdict == Verdict::block;
    if (unwanted && turn.now_ms - cold.handover_ending_ms > kEndGraceMs)
        return answer_blocked(turn, packet, slot);
    send_to_kernel(turn, packet, entry.operator_id);
}

}  // namespace

bool can_hand_over(const Core& core, const FlowEntry& entry) noexcept {
    if (core.inspector == nullptr || !core.inspector->ready()) return false;
    if (entry.ip_protocol != wire::kTcp || !entry.has(FlowEntry::kHasCold)) return false;
    const Cold& cold = core.cold[entry.ref];
    const bool holds = cold.phase == Phase::reading || cold.phase == Phase::following;
    return holds && cold.numbers_known && cold.name_decides && !cold.upgraded &&
           !cold.handover_declined && !cold.options_signed && cold.ends[0].link_size > 0 &&
           cold.ends[1].link_size > 0;
}

bool wants_handover(const Core& core, const FlowEntry& entry) noexcept {
    // A flow opened from the internet (WAF) was judged before its first byte could be held.
    if (entry.verdict != Verdict::inspect || entry.has(FlowEntry::kFromInternet)) return false;
    if (!entry.has(FlowEntry::kHasCold)) return false;
    const Cold& cold = core.cold[entry.ref];
    return core.inspector != nullptr && core.inspector->ready() && cold.numbers_known &&
           cold.name_decides && !cold.upgraded && !cold.handover_declined && !cold.options_signed;
}

void begin_handover(Turn& turn, Packet& packet, Slot slot, std::uint32_t position) noexcept {
    Cold& cold = *cold_of(turn.core, turn.core.table.at(slot));
    const bool known = turn.core.held.covers(cold.held, position, packet.view.payload_size);
    if (!cold.held.empty() && known)
        drop(turn, packet.mbuf, DropReason::hold_duplicate);
    else if (!hold(turn, packet, cold, position))
        return give_up(turn, &packet, slot);
    begin_handover(turn, slot);
}

void begin_handover(Turn& turn, Slot slot) noexcept {
    cold_of(turn.core, turn.core.table.at(slot))->phase = Phase::handing;
    ask_when_quiet(turn, slot);
}

bool hand_over_stalled(Turn& turn, Slot slot) noexcept {
    Core& core = turn.core;
    FlowEntry& entry = core.table.at(slot);
    Cold& cold = *cold_of(core, entry);
    constexpr std::uint8_t kHandshakeRecord = 22;
    if (cold.phase != Phase::reading || !can_hand_over(core, entry)) return false;
    const Bytes known = cold.first.contiguous(core.buffers);
    if (known.empty() || cold.first.has_hole()) return false;
    const bool web = known[0] == kHandshakeRecord || entry.protocol == model::Protocol::tls ||
                     speaks_http(entry.protocol);
    if (!web || entry.has(FlowEntry::kFromInternet)) return false;
    if (!lookup::inspects_user(*core.bundle, facts_of(core, entry, turn.now.utc))) return false;
    entry.verdict = Verdict::inspect;
    entry.reason = Reason::under_inspection;
    entry.generation = core.generation;
    entry.set(FlowEntry::kSettled);
    ++core.counters.decided[static_cast<std::size_t>(entry.reason)];
    ++core.counters.handover_stalled;
    cold.handover_stalled = true;
    cold.phase = Phase::handing;
    ask_when_quiet(turn, slot);
    return true;
}

void handle_handed(Turn& turn, Packet& packet, Slot slot) noexcept {
    Cold& cold = *cold_of(turn.core, turn.core.table.at(slot));
    if (cold.phase == Phase::handing) return handle_handing(turn, packet, slot, cold);
    handle_taken(turn, packet, slot, cold);
}

void fail_handover(Turn& turn, Slot slot) noexcept { give_up(turn, nullptr, slot); }

void judge_handed_again(Turn& turn, Slot slot, const lookup::Decision& decision) noexcept {
    Core& core = turn.core;
    FlowEntry& entry = core.table.at(slot);
    Cold& cold = *cold_of(core, entry);
    if (decision.verdict == Verdict::inspect || decision.reason == Reason::learning) return;
    // A flow whose name nobody knows is judged by who reads it.
    if (cold.handover_stalled && decision.verdict == Verdict::forward) return;
    entry.verdict = decision.verdict;
    entry.reason = decision.reason;
    if (cold.handover_ending || core.inspector == nullptr) return;
    cold.handover_ending = true;
    cold.handover_ending_ms = turn.now_ms;
    const bool blocks = decision.verdict == Verdict::block;
    core.inspector->end(describe(core, entry, cold),
                        blocks ? HandoverHow::became_blocked : HandoverHow::became_exempt);
    if (blocks) tell_blocked(turn, slot);
}

void forget_handed(Core& core, Cold& cold, const FlowEntry& entry) noexcept {
    const bool known = cold.phase == Phase::taken || cold.handover_asked;
    if (!known || cold.handover_over || core.inspector == nullptr) return;
    core.inspector->end(describe(core, entry, cold), HandoverHow::forgotten);
}

void send_to_kernel(Turn& turn, const Packet& packet, std::uint8_t operator_id) noexcept {
    const std::uint32_t end = std::uint32_t{packet.view.payload_offset} + packet.view.payload_size;
    const std::uint32_t size =
        std::min<std::uint32_t>(end, packet.mbuf->pkt_len) - packet.view.l3_offset;
    auto& c = turn.core.counters;
    ++c.forwarded;
    c.forwarded_bytes += packet.mbuf->pkt_len;
    ++c.to_inspect;
    turn.core.inspector->to_kernel(
        {packet.mbuf, packet.view.l3_offset, size, OperatorId{operator_id}});
}

}  // namespace sluice::pipeline
