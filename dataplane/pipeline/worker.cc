// The fast path on one page: parse, flow, act. Everything that is not an established flow in use
// goes out of line, to the stage of its name.
#include "dataplane/pipeline/worker.h"

#include "dataplane/pipeline/evidence.h"
#include "dataplane/pipeline/hand_over.h"
#include "dataplane/pipeline/packet_key.h"
#include "dataplane/pipeline/stages.h"
#include "dataplane/pipeline/users_ahead.h"

namespace sluice::pipeline {

using model::Verdict;

namespace {
// Reused from burst to burst: nothing in it is read before it is written.
struct Burst {
    unsigned count = 0;
    BurstPackets packets;
    std::array<flow::Match, flow::kBurstMax> matches;
    UsersAhead users;
};
}  // namespace

struct Worker::State {
    Core core;
    Burst burst;
    State(const WorkerLimits& limits, const WorkerDeps& deps) : core(limits, deps) {}
};

Worker::Worker(const WorkerLimits& limits, const WorkerDeps& deps)
    : state_(std::make_unique<State>(limits, deps)) {}
Worker::~Worker() = default;

namespace {

// A settled flow that is forwarded and whose connection is merely going on.
bool may_pass(const Turn& turn, const FlowEntry& entry, const Packet& packet) noexcept {
    constexpr std::uint8_t kNeeded =
        FlowEntry::kSettled | static_cast<std::uint8_t>(flow::Stage::established);
    constexpr std::uint8_t kLooked = kNeeded | FlowEntry::kStageMask | FlowEntry::kHasCold;
    constexpr std::uint8_t kNews = wire::kSyn | wire::kFin | wire::kRst;
    return (entry.marks & kLooked) == kNeeded && entry.verdict != Verdict::block &&
           (entry.generation == turn.core.generation || turn.judged_again >= kJudgedAgainMax) &&
           (packet.view.tcp_flags & kNews) == 0 &&
           turn.now_ms - entry.seen_ms < turn.core.shortest_timeout_ms && !packet.is_icmp_error &&
           !may_begin_hello(entry, packet);
}

// The tuple is the same, the flow is not: it has timed out and the expiry hand has not come by yet,
// or it has ended and a new connection begins.
bool is_another(const Turn& turn, const Packet& packet, const FlowEntry& entry) noexcept {
    return turn.now_ms - entry.seen_ms > flow::timeout_ms(entry, turn.core.limits.timeouts) ||
           (packet.is_tcp() && begins_anew(packet, entry, turn.now_ms));
}

// Everything but an established flow in use.
[[gnu::noinline]] void act_slowly(Turn& turn, Packet& packet, Slot slot) noexcept {
    if (packet.is_icmp_error) return handle_icmp_error(turn, packet, slot);
    Core& core = turn.core;
    if (is_another(turn, packet, core.table.at(slot))) {
        end_flow(turn, slot);
        slot = begin_flow(turn, packet, core.table.match_one(packet.key));
        if (slot == flow::kNoSlot) return;
    }
    FlowEntry& entry = core.table.at(slot);
    entry.count(packet.mbuf->pkt_len);
    entry.seen_ms = turn.now_ms;
    const bool untold = entry.generation == kUntold;
    if (is_stale(core, entry) && (untold || turn.judged_again < kJudgedAgainMax)) {
        ++turn.judged_again;
        const bool newly = judge_again(turn, slot);
        if (newly || (untold && entry.verdict == Verdict::block))
            return enforce_block(turn, packet, slot);
    }
    if (packet.is_tcp()) return handle_tcp(turn, packet, slot);
    handle_datagram(turn, packet, slot);
}

// A flow the table did not have when the burst was looked up. An earlier packet of the burst may
// have begun it since.
[[gnu::noinline]] void act_on_unknown(Turn& turn, Packet& packet,
                                      const flow::Match& match) noexcept {
    Core& core = turn.core;
    Slot slot = core.table.find(packet.key, match);
    if (slot == flow::kNoSlot && !packet.is_icmp_error) slot = begin_flow(turn, packet, match);
    if (packet.is_icmp_error) return handle_icmp_error(turn, packet, slot);
    if (slot != flow::kNoSlot) act_slowly(turn, packet, slot);
}

// Has a flow by its own header, like nearly all.
bool is_plain(const wire::PacketView& view) noexcept {
    return view.kind == wire::PacketKind::flow && !view.neighbour_discovery;
}

void parse(Turn& turn, std::span<rte_mbuf*> mbufs, WireId wire, Side side, Burst& burst) noexcept {
    Core& core = turn.core;
    const WireInfo& info = core.wires[wire];
    std::uint64_t bytes = 0;
    unsigned count = 0;
    for (rte_mbuf* mbuf : mbufs) {
        Packet& packet = burst.packets[count];
        packet.mbuf = mbuf;
        packet.wire = wire;
        packet.side = side;
        packet.is_fragment_rest = packet.is_icmp_error = packet.org_known = false;
        bytes += mbuf->pkt_len;
        model::DropReason why{};
        if (!wire::parse_packet_into(packet.frame(), mbuf->pkt_len, info.link, packet.view, why)) {
            drop(turn, mbuf, why);
            continue;
        }
        if (is_plain(packet.view)) [[likely]]
            set_key(core, packet, side == Side::user);
        else if (!find_key(turn, packet))
            continue;
        ++count;
    }
    burst.count = count;
    core.counters.rx += mbufs.size();
    core.counters.rx_bytes += bytes;
}

// Memory latency of the whole burst overlaps: tag lines, then entries; catalog lines of new flows.
void look_up(const Core& core, Burst& burst) noexcept {
    const std::span matches(burst.matches.data(), burst.count);
    core.table.hash_burst({&burst.packets[0].key, sizeof(Packet)}, matches);
    core.table.match_burst(matches);
    burst.users.clear();
    for (std::size_t i = 0; i < matches.size(); ++i)
        if (matches[i].candidates == 0) [[unlikely]]
            if (core.table.find(burst.packets[i].key, matches[i]) == flow::kNoSlot)
                burst.users.add(i);
    if (!burst.users.empty()) burst.users.start(*core.bundle, burst.packets);
}

void act(Turn& turn, Burst& burst) noexcept {
    Core& core = turn.core;
    std::uint64_t passed = 0, passed_bytes = 0;
    const unsigned all = burst.count;
    for (unsigned i = 0; i < all; ++i) {
        Packet& packet = burst.packets[i];
        const Slot slot = core.table.find(packet.key, burst.matches[i]);
        if (slot == flow::kNoSlot) [[unlikely]] {
            burst.users.reach(*core.bundle, burst.packets, i);
            act_on_unknown(turn, packet, core.table.match_again(burst.matches[i]));
            continue;
        }
        FlowEntry& entry = core.table.at(slot);
        if (!may_pass(turn, entry, packet)) [[unlikely]] {
            act_slowly(turn, packet, slot);
            continue;
        }
        const std::uint32_t bytes = packet.mbuf->pkt_len;
        entry.count(bytes);
        entry.seen_ms = turn.now_ms;
        turn.out.forward(packet.out_port(), packet.mbuf);
        ++passed;
        passed_bytes += bytes;
    }
    core.counters.forwarded += passed;
    core.counters.forwarded_bytes += passed_bytes;
}

void publish_levels(Core& core) noexcept {
    core.counters.held = core.held.used();
    core.counters.flows_live = core.table.size();
    core.counters.cold_live = core.cold.used();
    core.counters.names_live = core.names.size();
    core.counters.dns_names_live = core.dns.size();
}

}  // namespace

void run_one(Turn& turn, Packet& packet) noexcept {
    act_on_unknown(turn, packet, turn.core.table.match_one(packet.key));
}

void Worker::run_burst(std::span<rte_mbuf*> mbufs, WireId wire, Side side, Now now,
                       Outbox& out) noexcept {
    Core& core = state_->core;
    SLUICE_DEBUG_ASSERT(core.bundle != nullptr && mbufs.size() <= flow::kBurstMax);
    Turn turn{core, out, now, low_ms(now.mono)};
    Burst& burst = state_->burst;
    burst.count = 0;
    parse(turn, mbufs, wire, side, burst);
    look_up(core, burst);
    act(turn, burst);
    publish_levels(core);
}

void Worker::tick(Now now, Outbox& out) noexcept {
    Core& core = state_->core;
    Turn turn{core, out, now, low_ms(now.mono)};
    check_holds(turn);
    expire_fragments(turn);
    sweep_flows(turn);
    tell_late_unknown_sources(turn);
    tell_late_refused(turn);
    publish_levels(core);
}

void Worker::set_wire(WireId wire, const WireInfo& info) { state_->core.wires[wire] = info; }

void Worker::set_bundle(const lookup::BundleView* bundle, std::uint16_t generation) {
    SLUICE_ASSERT(generation != 0);
    state_->core.bundle = bundle;
    state_->core.generation = generation;
}

const ipc::CounterBlock& Worker::counters() const noexcept { return state_->core.counters; }
ipc::CounterBlock& Worker::counters() noexcept { return state_->core.counters; }

std::size_t Worker::scan(std::uint64_t& cursor, std::uint32_t groups, const ipc::FlowFilter& filter,
                         Now now, std::span<ipc::FlowRecord> out) const noexcept {
    return scan_flows(state_->core, cursor, groups, filter, low_ms(now.mono), out);
}

std::optional<ipc::FlowRecord> Worker::find(const ipc::FlowTuple& tuple, Now now) const noexcept {
    return find_flow(state_->core, tuple, low_ms(now.mono));
}

void Worker::on_flow_ended(FlowEnded callback, void* context) {
    state_->core.flow_ended = callback;
    state_->core.flow_ended_context = context;
}

void Worker::on_name_learnt(NameLearnt callback, void* context) {
    state_->core.name_learnt = callback;
    state_->core.name_learnt_context = context;
}

void Worker::learn_name(std::uint8_t operator_id, const IpAddress& address, std::string_view name,
                        std::uint32_t ttl_s, Now now) noexcept {
    learn(state_->core, operator_id, address, name, ttl_s, now.mono);
}

void Worker::set_inspector(Inspector* inspector, std::uint64_t reference_base) {
    state_->core.inspector = inspector;
    state_->core.handover_count = reference_base;
}

void Worker::taken(const ipc::HandoverFlow& flow, Now now, Outbox& out) noexcept {
    Turn turn{state_->core, out, now, low_ms(now.mono)};
    flow_taken(turn, flow);
    publish_levels(state_->core);
}

void Worker::not_taken(const ipc::HandoverFlow& flow, Now now, Outbox& out) noexcept {
    Turn turn{state_->core, out, now, low_ms(now.mono)};
    flow_not_taken(turn, flow);
    publish_levels(state_->core);
}

void Worker::handed_ended(const ipc::HandoverFlow& flow, Now now, Outbox& out) noexcept {
    Turn turn{state_->core, out, now, low_ms(now.mono)};
    flow_ended(turn, flow);
}

bool Worker::adopt(const ipc::HandoverFlow& flow, Now now, Outbox& out) noexcept {
    Turn turn{state_->core, out, now, low_ms(now.mono)};
    return adopt_flow(turn, flow);
}

std::optional<Egress> Worker::egress_of(const ipc::FlowTuple& from_to, std::uint32_t bytes, Now now,
                                        Outbox& out) noexcept {
    Turn turn{state_->core, out, now, low_ms(now.mono)};
    return pipeline::egress_of(turn, from_to, bytes);
}

std::size_t Worker::memory_bytes() const noexcept {
    const Core& c = state_->core;
    return c.table.memory_bytes() + c.gate.memory_bytes() + c.cold.memory_bytes() +
           c.held.memory_bytes() + c.buffers.memory_bytes() + c.names.memory_bytes() +
           c.dns.memory_bytes() + c.ech_names.memory_bytes() + c.past.memory_bytes() + c.fragments.memory_bytes() +
           c.scratch.capacity() + c.waiting_fragments.capacity() * sizeof(HeldList) +
           c.refused.capacity() * sizeof(Refused);
}
const char* Worker::code_path() const noexcept { return state_->core.table.code_path(); }

}  // namespace sluice::pipeline
