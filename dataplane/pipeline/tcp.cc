// The life of a TCP connection: stages for sane timeouts, both ends' numbers for the handover, and
// whose turn it is to read a packet.
#include "dataplane/detect/detect.h"
#include "dataplane/pipeline/hand_over.h"

namespace sluice::pipeline {

using flow::Stage;
using model::Protocol;
using model::Reason;
using model::Verdict;

namespace {

bool from_opener(const Packet& packet, const FlowEntry& entry) noexcept {
    return packet.from_user() != entry.has(FlowEntry::kFromInternet);
}

void move_stage(const Packet& packet, FlowEntry& entry) noexcept {
    const Stage stage = entry.stage();
    if (packet.has(wire::kRst)) {
        // Without ACK it is no answer to a SYN (RFC 9293 3.10.7.3): the opener goes on waiting.
        const bool believed =
            stage != Stage::embryonic || from_opener(packet, entry) || packet.has(wire::kAck);
        if (believed) entry.set_stage(Stage::closed);
        return;
    }
    if (packet.has(wire::kFin)) {
        if (stage != Stage::closing && stage != Stage::closed) {
            entry.set_stage(Stage::closing);
            entry.clear(FlowEntry::kFinFromUser);
            if (packet.from_user()) entry.set(FlowEntry::kFinFromUser);
        } else if (packet.from_user() != entry.has(FlowEntry::kFinFromUser)) {
            entry.set_stage(Stage::closed);
        }
        return;
    }
    if (stage == Stage::embryonic && !from_opener(packet, entry))
        entry.set_stage(Stage::established);
    // Data after a RST: the RST was not believed (or was forged), so the flow goes on.
    if (stage == Stage::closed && packet.view.payload_size > 0) entry.set_stage(Stage::closing);
}

wire::TcpOptions unpack_options(std::uint32_t packed) noexcept {
    wire::TcpOptions o;
    o.mss = static_cast<std::uint16_t>(packed);
    o.window_scale = static_cast<std::uint8_t>(packed >> 16);
    o.sack_permitted = (packed >> 24 & 1) != 0;
    o.timestamps = (packed >> 25 & 1) != 0;
    return o;
}

wire::TcpOptions options_of(const Packet& packet) noexcept {
    const Bytes frame = packet.frame();
    const std::size_t at = packet.view.l4_offset + 20u;
    if (packet.view.payload_offset > frame.size() || at >= packet.view.payload_offset) return {};
    return wire::parse_tcp_options(frame.subspan(at, packet.view.payload_offset - at));
}

// The connection ends, or goes on, without an answer to its SYN: where the opener's stream starts
// takes the place of the SYN's options in `ref`.
void leave_start(const Packet& packet, FlowEntry& entry, bool opener) noexcept {
    if (entry.has(FlowEntry::kHasName)) return;
    entry.ref =
        opener ? packet.view.tcp_seq + (packet.has(wire::kSyn) ? 1 : 0) : packet.view.tcp_ack;
}

// The other end's answer: from here on the flow is worth a cold record. Also for an opener's first
// data when the handshake was missed.
Cold* take_cold(Turn& turn, const Packet& packet, Slot slot) noexcept {
    Core& core = turn.core;
    FlowEntry& entry = core.table.at(slot);
    const std::uint32_t at = core.cold.take(slot);
    if (at == kNobody) return nullptr;
    Cold& cold = core.cold[at];
    cold.name_decides = !entry.has(FlowEntry::kSettled);
    cold.phase = cold.name_decides ? Phase::reading : Phase::tentative;
    const bool user_opened = !entry.has(FlowEntry::kFromInternet);
    if (entry.has(FlowEntry::kHasName)) {
        cold.name = entry.ref;
    } else if (packet.has(wire::kSyn) && packet.has(wire::kAck)) {
        TcpEnd& opener = cold.ends[user_opened ? 0 : 1];
        opener.isn = packet.view.tcp_ack - 1;
        opener.options = unpack_options(entry.ref);
        cold.numbers_known = true;
        cold.options_signed = (entry.ref >> 26 & 1) != 0;
        cold.start = packet.view.tcp_ack;
        cold.start_known = true;
    } else if (entry.stage() != Stage::embryonic && !entry.has(FlowEntry::kMidstream)) {
        cold.start = entry.ref;  // the answer left it there, having found no record
        cold.start_known = true;
    }
    entry.clear(FlowEntry::kHasName);
    entry.set(FlowEntry::kHasCold);
    entry.ref = at;
    return &cold;
}

void note_timestamp(const Packet& packet, TcpEnd& end) noexcept {
    const wire::TcpOptions now = options_of(packet);
    if (now.timestamps && static_cast<std::int32_t>(now.ts_value - end.options.ts_value) > 0)
        end.options.ts_value = now.ts_value;
}

void note_end(const Packet& packet, Cold& cold) noexcept {
    TcpEnd& end = cold.ends[static_cast<std::size_t>(packet.side)];
    const wire::PacketView& v = packet.view;
    if (packet.has(wire::kSyn)) {
        end.isn = v.tcp_seq;
        end.options = options_of(packet);
    }
    const std::uint32_t next = v.tcp_seq + v.payload_size + (packet.has(wire::kSyn) ? 1 : 0) +
                               (packet.has(wire::kFin) ? 1 : 0);
    if (end.next_seq == 0 || static_cast<std::int32_t>(next - end.next_seq) > 0)
        end.next_seq = next;
    const bool older = end.acked != 0 && static_cast<std::int32_t>(v.tcp_ack - end.acked) < 0;
    if (packet.has(wire::kAck) && !older) {
        end.acked = v.tcp_ack;
        end.window = v.tcp_window;
        end.window_scaled = !packet.has(wire::kSyn);
    }
    if (end.options.timestamps && !packet.has(wire::kSyn)) note_timestamp(packet, end);
    const std::size_t size = std::min<std::size_t>(v.l3_offset, end.link.size());
    if (size == v.l3_offset) {
        std::copy_n(packet.frame().begin(), size, end.link.begin());
        end.link_size = static_cast<std::uint8_t>(size);
        end.wire = packet.wire;
    }
}

// Does anybody still want to read what the opener says?
bool worth_reading(const FlowEntry& entry) noexcept {
    return entry.verdict != Verdict::block && entry.reason != Reason::bypass &&
           (!entry.has(FlowEntry::kSettled) || entry.protocol == Protocol::unknown);
}

// The far end has everything that was judged: nobody can rewrite it any more.
bool acknowledged(Core& core, const Cold& cold, const Packet& packet) noexcept {
    if (cold.phase != Phase::decided || !packet.has(wire::kAck) || !cold.held.empty()) return false;
    const std::size_t kept =
        std::max<std::size_t>(cold.first.contiguous(core.buffers).size(), cold.head_end);
    return static_cast<std::int32_t>(packet.view.tcp_ack - cold.start) >=
           static_cast<std::int32_t>(kept);
}

// The answering end: its banner may say what this is before the opener speaks (SSH, SMTP).
void read_answer(Turn& turn, Packet& packet, Slot slot, Cold* cold) noexcept {
    FlowEntry& entry = turn.core.table.at(slot);
    const Bytes payload = packet.payload();
    if (cold != nullptr && waits_for_server(entry, *cold)) read_server(turn, packet, slot, *cold);
    if (cold != nullptr && acknowledged(turn.core, *cold, packet) &&
        !waits_for_server(entry, *cold))
        give_cold_back(turn.core, entry);
    else if (!payload.empty() && entry.protocol == Protocol::unknown &&
             (cold == nullptr || cold->first.contiguous(turn.core.buffers).empty())) {
        detect::FirstBytesView view;
        view.ip_protocol = wire::kTcp;
        view.user_port = packet.key.user_port;
        view.remote_port = packet.key.remote_port;
        view.from_user = packet.from_user();
        view.bytes = payload;
        const auto found = detect::detect_tcp(view);
        if (found.answer == detect::Answer::yes) {
            entry.protocol = found.protocol;
            entry.confidence = found.confidence;
            if (found.protocol != Protocol::tls && !speaks_http(found.protocol))
                judge(turn, slot, {}, model::NameSource::none);
        }
    }
    if (entry.verdict == Verdict::block) {
        tell_blocked(turn, slot);
        return enforce_block(turn, packet, slot);
    }
    forward(turn, packet);
}

void read_opener(Turn& turn, Packet& packet, Slot slot, Cold* cold) noexcept {
    Core& core = turn.core;
    if (packet.has(wire::kRst)) {
        if (cold != nullptr) drop_held(turn, *cold, model::DropReason::hold_aborted);
        return forward(turn, packet);
    }
    const bool speaks = packet.view.payload_size > 0;
    if (!speaks && !(packet.has(wire::kFin) && cold != nullptr && !cold->held.empty()))
        return forward(turn, packet);
    if (cold == nullptr) {
        cold = take_cold(turn, packet, slot);
        if (cold == nullptr) {  // pool empty: judged on what is known, by policy
            FlowEntry& entry = core.table.at(slot);
            const bool open = lost_sight(core, model::FailCase::pool_full) == model::FailMode::open;
            entry.verdict = open ? Verdict::forward : Verdict::block;
            entry.reason = open ? Reason::unclassified_open : Reason::unclassified_closed;
            entry.generation = core.generation;
            entry.set(FlowEntry::kSettled);
            if (open) return forward(turn, packet);
            tell_blocked(turn, slot);
            return enforce_block(turn, packet, slot);
        }
        note_end(packet, *cold);
    }
    if (cold->phase == Phase::following) return follow_requests(turn, packet, slot);
    read_opener_data(turn, packet, slot);
}

// TLS, or a request behind SOCKS, begins in the middle of a connection that is settled: it is read,
// and judged, too.
Cold* begin_upgrade(Turn& turn, const Packet& packet, Slot slot) noexcept {
    Cold* cold = take_cold(turn, packet, slot);
    if (cold == nullptr) {
        lost_sight(turn.core, model::FailCase::pool_full);
        return nullptr;
    }
    note_end(packet, *cold);
    cold->upgraded = true;
    cold->name_decides = true;
    cold->phase = Phase::reading;
    cold->start = packet.view.tcp_seq;
    cold->start_known = true;
    return cold;
}

// A copy of a SYN may come this long after it [ms]. It must not make a blocked connection, of which
// the client may still send parts, look new: a client that means it asks again after a second.
constexpr std::uint32_t kDelayedMs = 500;

}  // namespace

bool begins_anew(const Packet& packet, const FlowEntry& entry, std::uint32_t now_ms) noexcept {
    if (!packet.has(wire::kSyn) || packet.has(wire::kAck)) return false;
    if (entry.verdict == Verdict::block)
        return entry.stage() != Stage::embryonic && now_ms - entry.seen_ms >= kDelayedMs;
    return entry.stage() == Stage::closed || entry.stage() == Stage::closing;
}

void give_cold_back(Core& core, FlowEntry& entry) noexcept {
    const std::uint32_t at = entry.ref;
    Cold& cold = core.cold[at];
    SLUICE_DEBUG_ASSERT(cold.held.empty());
    leave_hold_list(core, cold);
    cold.first.release(core.buffers);
    cold.answer.release(core.buffers);
    entry.clear(FlowEntry::kHasCold);
    entry.ref = 0;
    if (cold.name != flow::kNoName) {
        entry.set(FlowEntry::kHasName);
        entry.ref = cold.name;
    }
    core.cold.give(at);
}

void handle_tcp(Turn& turn, Packet& packet, Slot slot) noexcept {
    Core& core = turn.core;
    FlowEntry& entry = core.table.at(slot);
    const bool opener = from_opener(packet, entry);
    const bool was_embryonic = entry.stage() == Stage::embryonic;
    if (entry.stage() == Stage::embryonic && !opener && spoofed(core, packet))
        return drop(turn, packet.mbuf, model::DropReason::spoofed_source);
    if (Cold* handed = cold_of(core, entry); handed != nullptr && is_handed(handed->phase)) {
        note_end(packet, *handed);
        return handle_handed(turn, packet, slot);
    }
    if (core.inspector != nullptr && opener && packet.from_user() && packet.has(wire::kSyn) &&
        !entry.has(FlowEntry::kSettled))
        strip_syn(packet);
    const bool answers = !opener && packet.has(wire::kSyn);
    const bool maybe_copy = packet.has(wire::kSyn) && !was_embryonic;
    move_stage(packet, entry);
    if (entry.verdict == Verdict::block && maybe_copy)
        return drop_blocked(turn, packet.mbuf, entry.reason);
    if (entry.verdict == Verdict::block) return answer_blocked(turn, packet, slot);

    Cold* cold = cold_of(core, entry);
    // A server may refuse first and answer then: its client need not have believed the reset.
    const bool first_answer = answers && packet.has(wire::kAck) && !entry.has(FlowEntry::kHasName);
    if (cold == nullptr && (was_embryonic || first_answer) && answers && worth_reading(entry))
        cold = take_cold(turn, packet, slot);
    // A record may be free when the opener speaks, in whatever order its bytes come.
    if (cold == nullptr && first_answer) entry.ref = packet.view.tcp_ack;
    if (cold == nullptr && was_embryonic && entry.stage() != Stage::embryonic && !answers)
        leave_start(packet, entry, opener);
    if (cold != nullptr) note_end(packet, *cold);
    const bool all_read = entry.has(FlowEntry::kSettled) && entry.stage() != Stage::embryonic;
    if (cold == nullptr && opener && all_read && entry.reason != Reason::bypass &&
        may_begin_hello(entry, packet))
        cold = begin_upgrade(turn, packet, slot);
    if (cold == nullptr && (all_read || !worth_reading(entry))) return forward(turn, packet);
    if (opener)
        read_opener(turn, packet, slot, cold);
    else
        read_answer(turn, packet, slot, cold);
}

}  // namespace sluice::pipeline
