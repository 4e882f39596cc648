// The opener's first bytes: put in order, held, read until they name something or plainly never
// will.
#include "dataplane/detect/detect.h"
#include "dataplane/pipeline/hand_over.h"
#include "dataplane/wire/dns.h"
#include "dataplane/wire/http2_start.h"
#include "rules/base/canonical_name.h"

namespace sluice::pipeline {

using flow::Added;
using model::DropReason;
using model::FailCase;
using model::FailMode;
using model::NameSource;
using model::Protocol;
using model::Verdict;

namespace {

// What the bytes so far say.
enum class Seen : std::uint8_t { more, judged };

Seen read_hello(Turn& turn, Slot slot, Cold& cold, Bytes known) noexcept {
    const auto hello = wire::parse_client_hello(known, turn.core.scratch);
    if (!hello && hello.error() == wire::Stop::need_more) return Seen::more;
    cold.hello_read = hello.ok();
    // In the middle of another protocol these were bytes like any others, if they are no hello.
    if (hello || !cold.upgraded) judge_hello(turn, slot, hello, wire::HelloOver::tls);
    return Seen::judged;
}

// DNS over TCP: two bytes of length, then a message (RFC 7766). Its question is told, not judged.
Seen judge_dns(Turn& turn, Slot slot, Bytes known) noexcept {
    constexpr std::size_t kLengthSize = 2;
    if (known.size() < kLengthSize || known.size() - kLengthSize < be16(known, 0))
        return Seen::more;
    const auto message = wire::parse_dns_question(known.subspan(kLengthSize, be16(known, 0)));
    judge(turn, slot, {}, NameSource::none);
    if (message && message->name_size > 0) tell_question(turn.core, slot, message->name());
    return Seen::judged;
}

// HTTP/2 in clear: the first request's authority names the connection.
Seen judge_http2(Turn& turn, Slot slot, Bytes known) noexcept {
    const auto start = wire::parse_http2_start(known, turn.core.scratch);
    if (!start && start.error() == wire::Stop::need_more) return Seen::more;
    char buffer[254];
    std::string_view name;
    if (start)
        if (const auto host = wire::host_of_authority({start->bytes, start->size}))
            name = readable_name(*host, buffer);
    judge(turn, slot, name, name.empty() ? NameSource::none : NameSource::http_host);
    return Seen::judged;
}

detect::DetectResult recognise(const Packet& packet, Bytes known) noexcept {
    detect::FirstBytesView view;
    view.ip_protocol = wire::kTcp;
    view.user_port = packet.key.user_port;
    view.remote_port = packet.key.remote_port;
    view.from_user = packet.from_user();
    view.bytes = known;
    return detect::detect_tcp(view);
}

// Requests are read whatever the flow was recognised as: a tracker's, or one behind SOCKS. Only
// what begins in the middle is waited for: all else has been recognised by now.
detect::Answer asks_in_http(const FlowEntry& entry, const Cold& cold, Bytes known) noexcept {
    if (speaks_http(entry.protocol) && !cold.upgraded) return detect::Answer::yes;
    const auto line = wire::parse_http_request_line(known);
    if (line) return detect::Answer::yes;
    const bool wait = cold.upgraded && line.error() == wire::Stop::need_more;
    return wait ? detect::Answer::maybe : detect::Answer::no;
}

// Reads what is known of the stream from its first byte on.
Reading read(Turn& turn, const Packet& packet, Slot slot, Cold& cold) noexcept {
    FlowEntry& entry = turn.core.table.at(slot);
    const Bytes known = cold.first.contiguous(turn.core.buffers);
    if (known.empty()) return Reading::more;
    if (entry.protocol == Protocol::unknown && !cold.upgraded) {
        const auto found = recognise(packet, known);
        if (found.answer == detect::Answer::maybe) return Reading::more;
        if (found.answer == detect::Answer::yes) {
            entry.protocol = found.protocol;
            entry.confidence = found.confidence;
        } else if (!entry.has(FlowEntry::kMidstream) && detect::looks_like_noise(known)) {
            entry.protocol = Protocol::obfuscated;
            entry.confidence = model::Confidence::likely;
        }
    }
    if (const auto asks = asks_in_http(entry, cold, known); asks != detect::Answer::no)
        return asks == detect::Answer::yes ? read_requests(turn, slot, cold) : Reading::more;
    if (entry.protocol == Protocol::tls || cold.upgraded) {
        if (read_hello(turn, slot, cold, known) == Seen::more) return Reading::more;
    } else if (entry.protocol == Protocol::h2c) {
        if (judge_http2(turn, slot, known) == Seen::more) return Reading::more;
    } else if (entry.protocol == Protocol::dns) {
        if (judge_dns(turn, slot, known) == Seen::more) return Reading::more;
    } else {
        judge(turn, slot, {}, NameSource::none);
    }
    cold.phase = Phase::decided;
    return entry.verdict == Verdict::block ? Reading::blocked : Reading::pass;
}

// After the verdict: only what the classifier saw may reach the far end.
void guard_first_bytes(Turn& turn, Packet& packet, Cold& cold, std::uint32_t position) noexcept {
    if (rewrites(turn.core, cold, packet, position))
        return drop(turn, packet.mbuf, DropReason::hello_rewritten);
    forward(turn, packet);
}

void wait_for_more(Turn& turn, Packet& packet, Slot slot, Cold& cold,
                   std::uint32_t position) noexcept {
    const bool passes = cold.phase == Phase::tentative || packet.has(wire::kSyn);
    if (passes) return forward(turn, packet);
    if (!hold(turn, packet, cold, position)) return handle_no_room(turn, packet, slot);
    // A first request has been judged, and only what is behind it waits.
    if (cold.phase == Phase::following) release_requests(turn, cold);
}

void let_pass(Turn& turn, Packet& packet, Cold& cold, std::uint32_t position) noexcept {
    // Through the held list, so that it leaves in its place.
    const bool waits = !cold.held.empty() && hold(turn, packet, cold, position);
    release_requests(turn, cold);
    if (!waits) forward(turn, packet);
}

}  // namespace

void handle_no_room(Turn& turn, Packet& packet, Slot slot) noexcept {
    Core& core = turn.core;
    if (lost_sight(core, FailCase::hold_full) == FailMode::open) {
        ++core.counters.hold_limit;
        return give_up_reading(turn, &packet, slot, Phase::decided);
    }
    Cold& cold = *cold_of(core, core.table.at(slot));
    drop_held(turn, cold, DropReason::hold_overflow);
    drop(turn, packet.mbuf, DropReason::hold_overflow);
}

bool rewrites(Core& core, const Cold& cold, const Packet& packet, std::uint32_t position) noexcept {
    const TcpEnd& far_end = cold.ends[static_cast<std::size_t>(other(packet.side))];
    Bytes payload = packet.payload();
    if (const auto before = -static_cast<std::int32_t>(position); before > 0) {
        if (static_cast<std::size_t>(before) >= payload.size()) return false;
        payload = payload.subspan(static_cast<std::size_t>(before));
        position = 0;
    }
    const auto known_there = static_cast<std::int32_t>(far_end.acked - cold.start - position);
    if (far_end.acked != 0 && known_there > 0) {
        if (static_cast<std::size_t>(known_there) >= payload.size()) return false;
        payload = payload.subspan(static_cast<std::size_t>(known_there));
        position += static_cast<std::uint32_t>(known_there);
    }
    return !cold.first.agrees(core.buffers, position, payload);
}

std::string_view readable_name(std::string_view sent, char (&buffer)[254]) noexcept {
    std::size_t size = 0;
    if (canonical_name(sent, buffer, size)) return {buffer, size};
    if (sent.empty() || sent.size() > ipc::kNameSizeMax) return {};
    for (std::size_t i = 0; i < sent.size(); ++i) {
        const char c = sent[i];
        if (c <= ' ' || c > '~') return {};
        buffer[i] = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return {buffer, sent.size()};
}

void give_up_reading(Turn& turn, Packet* packet, Slot slot, Phase next) noexcept {
    FlowEntry& entry = turn.core.table.at(slot);
    Cold& cold = *cold_of(turn.core, entry);
    judge(turn, slot, {}, NameSource::none);
    cold.phase = next;
    if (entry.verdict != Verdict::block) {
        release_held(turn, cold);
        if (packet != nullptr) forward(turn, *packet);
        return;
    }
    tell_blocked(turn, slot);
    if (packet != nullptr) return enforce_block(turn, *packet, slot);
    Packet first_held;  // both ends are told by what was held first
    if (!cold.held.empty() && take_up(turn, turn.core.held.pop(cold.held), first_held))
        return enforce_block(turn, first_held, slot);
    drop_held_blocked(turn, cold, entry.reason);
}

void read_opener_data(Turn& turn, Packet& packet, Slot slot) noexcept {
    Core& core = turn.core;
    Cold& cold = *cold_of(core, core.table.at(slot));
    const std::uint32_t seq = packet.view.tcp_seq + (packet.has(wire::kSyn) ? 1 : 0);
    if (!cold.start_known) {
        cold.start = seq;
        cold.start_known = true;
    }
    const std::uint32_t position = seq - cold.start;
    if (cold.phase == Phase::decided || cold.phase == Phase::paged)
        return guard_first_bytes(turn, packet, cold, position);
    // Bytes from before the stream are nothing to read, but those behind them in the packet are.
    const auto before = -static_cast<std::int32_t>(position);
    const std::size_t skipped = before > 0 ? static_cast<std::size_t>(before) : 0;
    const Bytes payload = packet.payload();
    if (skipped != 0 && skipped >= payload.size())
        return forward(turn, packet);   // keep-alive probe
    if (packet.view.payload_size == 0)  // FIN behind held bytes
        return wait_for_more(turn, packet, slot, cold, position);

    switch (cold.first.add(core.buffers, skipped != 0 ? 0 : position, payload.subspan(skipped))) {
        case Added::rewritten:
            return drop(turn, packet.mbuf, DropReason::hello_rewritten);
        case Added::duplicate:
            // What is known but held no more (a reset let it go) waits like the first time.
            if (cold.phase == Phase::reading &&
                core.held.covers(cold.held, position, packet.view.payload_size))
                return drop(turn, packet.mbuf, DropReason::hold_duplicate);
            return wait_for_more(turn, packet, slot, cold, position);
        case Added::full:
            ++core.counters.hold_limit;
            return give_up_reading(turn, &packet, slot, Phase::decided);
        case Added::no_memory:
            return handle_no_room(turn, packet, slot);
        case Added::grew:
            break;
    }
    cold.last_growth = turn.now.mono;
    const Reading reading = read(turn, packet, slot, cold);
    if (reading != Reading::blocked && wants_handover(core, core.table.at(slot)))
        return begin_handover(turn, packet, slot, position);
    switch (reading) {
        case Reading::more:
            return wait_for_more(turn, packet, slot, cold, position);
        case Reading::pass:
            return let_pass(turn, packet, cold, position);
        case Reading::blocked:
            tell_blocked(turn, slot);
            return enforce_block(turn, packet, slot);
    }
}

}  // namespace sluice::pipeline
