// Plain HTTP: every request of a kept-alive connection is read and judged, wherever segments and
// bodies begin and end.
//
//   start                      read_at
//   | head | body ............ | next head ...
//   └ first: bytes known here  └ read when the opener gets here
//
// A head is kept until the far end has acknowledged it, so that nobody can rewrite what was judged;
// then the stream starts at read_at.
#include "dataplane/pipeline/hand_over.h"

namespace sluice::pipeline {

using flow::Added;
using model::DropReason;
using model::NameSource;
using model::Verdict;

namespace {

// Bodies longer than this are not followed to their end: positions are 32-bit [bytes].
constexpr std::uint64_t kBodyFollowedMax = 1u << 30;

std::int32_t distance(std::uint32_t from, std::uint32_t to) noexcept {
    return static_cast<std::int32_t>(to - from);
}

// The far end has the last head that was judged, or is not seen at all: nothing to guard.
bool head_arrived(const Cold& cold, Side opener) noexcept {
    const TcpEnd& far_end = cold.ends[static_cast<std::size_t>(other(opener))];
    return far_end.acked == 0 || distance(cold.start + cold.head_end, far_end.acked) >= 0;
}

// The stream starts at read_at. What is known beyond stays known, and what is held stays held.
void start_at_next_head(Core& core, Cold& cold) noexcept {
    const std::uint32_t bytes = cold.read_at;
    const Bytes known = cold.first.contiguous_from(core.buffers, bytes);
    std::copy(known.begin(), known.end(), core.scratch.begin());
    cold.first.release(core.buffers);
    cold.start += bytes;
    cold.read_at = cold.head_end = 0;
    if (!known.empty()) cold.first.add(core.buffers, 0, Bytes(core.scratch.data(), known.size()));
    core.held.each(cold.held, [&](HeldPackets::Item& item) {
        item.position -= bytes;
        // Bytes behind a hole are known from the packets that are held.
        const std::uint32_t behind = distance(0, item.position) < 0 ? 0 - item.position : 0;
        const Bytes frame(rte_pktmbuf_mtod(item.packet, const std::uint8_t*),
                          item.packet->data_len);
        const std::size_t at = std::size_t{item.payload_offset} + behind;
        if (behind < item.size && at < frame.size())
            cold.first.add(
                core.buffers, item.position + behind,
                frame.subspan(at, std::min<std::size_t>(frame.size() - at, item.size - behind)));
    });
}

void judge_request(Turn& turn, Slot slot, const wire::HttpRequest& request) noexcept {
    Core& core = turn.core;
    const FlowEntry& entry = core.table.at(slot);
    char buffer[254];
    const std::string_view name = readable_name(request.host, buffer);
    const lookup::Facts facts = facts_of(core, entry, turn.now.utc);
    const bool same = entry.has(FlowEntry::kSettled) && entry.generation == core.generation &&
                      !name.empty() && facts.name == name;
    if (!same) judge(turn, slot, name, NameSource::http_host);
}

// Leaves the connection to its verdict: tunnels, and streams that are no longer readable. The
// latter are unnamed from here on: where policy lets that pass, the last request's name and verdict
// stay.
Reading stop_following(Turn& turn, Slot slot, Cold& cold, bool readable) noexcept {
    Core& core = turn.core;
    cold.phase = Phase::decided;
    const bool named = cold.name != flow::kNoName && core.table.at(slot).has(FlowEntry::kSettled);
    const bool open = core.bundle->fail_table()[model::FailCase::unnamed] == model::FailMode::open;
    if (!readable && named && open)
        lost_sight(core, model::FailCase::unnamed);
    else if (!readable)
        judge(turn, slot, {}, NameSource::none);
    return turn.core.table.at(slot).verdict == Verdict::block ? Reading::blocked : Reading::pass;
}

// Where the next request starts. False: too far to follow.
bool step_over(Cold& cold, const wire::HttpRequest& request) noexcept {
    cold.head_end = cold.read_at + request.head_size;
    cold.read_at = cold.head_end;
    cold.chunked = request.body == wire::HttpBody::chunked;
    cold.chunks = {};
    cold.tunnel_asked = request.body == wire::HttpBody::tunnel;
    if (request.body != wire::HttpBody::sized) return true;
    if (request.body_size > kBodyFollowedMax) return false;
    cold.read_at += static_cast<std::uint32_t>(request.body_size);
    return true;
}

// Reads on in a chunked body. False: what follows it is not known yet, or never will be.
bool read_chunks(Cold& cold, Bytes known) noexcept {
    cold.read_at += static_cast<std::uint32_t>(cold.chunks.feed(known));
    cold.chunked = !cold.chunks.done();
    return cold.chunks.done();
}

// The opener's segment is new in part at least: takes its bytes from `position` on.
Added take_bytes(Core& core, Cold& cold, std::uint32_t position, Bytes payload) noexcept {
    const std::int32_t behind = distance(position, cold.read_at);
    if (behind > 0) {
        payload = payload.subspan(
            std::min<std::size_t>(static_cast<std::size_t>(behind), payload.size()));
        position = cold.read_at;
    }
    return payload.empty() ? Added::grew : cold.first.add(core.buffers, position, payload);
}

// The segment waits in its place in the stream while it is judged with what is known.
void read_with(Turn& turn, Packet& packet, Slot slot, std::uint32_t position) noexcept {
    Core& core = turn.core;
    Cold& cold = *cold_of(core, core.table.at(slot));
    const bool waits = hold(turn, packet, cold, position);
    const Reading reading = read_requests(turn, slot, cold);
    if (waits && reading != Reading::blocked && wants_handover(core, core.table.at(slot)))
        return begin_handover(turn, slot);
    if (reading == Reading::blocked) {
        if (waits) core.held.remove(cold.held, packet.mbuf);
        tell_blocked(turn, slot);
        return enforce_block(turn, packet, slot);
    }
    release_requests(turn, cold);
    if (waits) return;
    const std::uint32_t end = position + packet.view.payload_size;
    if (cold.phase == Phase::decided || distance(end, cold.read_at) >= 0)
        return forward(turn, packet);
    handle_no_room(turn, packet, slot);
}

}  // namespace

Reading read_requests(Turn& turn, Slot slot, Cold& cold) noexcept {
    Core& core = turn.core;
    for (;;) {  // bounded: every turn takes bytes, or returns
        const Bytes known = cold.first.contiguous_from(core.buffers, cold.read_at);
        if (known.empty()) return has_hole_ahead(core, cold) ? Reading::more : Reading::pass;
        if (cold.chunked) {
            const bool ended = read_chunks(cold, known);
            if (cold.chunks.broken()) return stop_following(turn, slot, cold, false);
            if (!ended) return has_hole_ahead(core, cold) ? Reading::more : Reading::pass;
            continue;
        }
        const auto request = wire::parse_http_request(known);
        if (!request) {
            if (request.error() == wire::Stop::need_more) return Reading::more;
            // After an Upgrade or CONNECT this is what was asked for, else it is no HTTP.
            return stop_following(turn, slot, cold, cold.tunnel_asked);
        }
        judge_request(turn, slot, *request);
        if (core.table.at(slot).verdict == Verdict::block) return Reading::blocked;
        if (request->body == wire::HttpBody::unclear)
            return stop_following(turn, slot, cold, false);
        if (!step_over(cold, *request) || !cold.name_decides)
            return stop_following(turn, slot, cold, true);
        cold.phase = Phase::following;
    }
}

bool has_hole_ahead(Core& core, const Cold& cold) noexcept {
    const Bytes known = cold.first.contiguous_from(core.buffers, cold.read_at);
    return cold.first.end() > cold.read_at + known.size();
}

void release_requests(Turn& turn, Cold& cold) noexcept {
    if (cold.phase == Phase::following) return release_held_before(turn, cold, cold.read_at);
    release_held(turn, cold);
}

void follow_requests(Turn& turn, Packet& packet, Slot slot) noexcept {
    Core& core = turn.core;
    Cold& cold = *cold_of(core, core.table.at(slot));
    if (rewrites(core, cold, packet, packet.view.tcp_seq - cold.start))
        return drop(turn, packet.mbuf, DropReason::hello_rewritten);
    if (cold.read_at != 0 && head_arrived(cold, packet.side)) start_at_next_head(core, cold);
    const std::uint32_t position = packet.view.tcp_seq - cold.start;
    const Bytes payload = packet.payload();
    if (distance(position + packet.view.payload_size, cold.read_at) >= 0)
        return forward(turn, packet);  // body, or what was judged before
    switch (take_bytes(core, cold, position, payload)) {
        case Added::rewritten:
            return drop(turn, packet.mbuf, DropReason::hello_rewritten);
        case Added::duplicate:
            if (core.held.covers(cold.held, position, packet.view.payload_size))
                return drop(turn, packet.mbuf, DropReason::hold_duplicate);
            break;
        case Added::full:
            // What was judged takes the room until it is acknowledged: the client sends this again.
            if (cold.read_at != 0) return drop(turn, packet.mbuf, DropReason::hold_overflow);
            ++core.counters.hold_limit;
            return give_up_reading(turn, &packet, slot, Phase::decided);
        case Added::no_memory:
            return handle_no_room(turn, packet, slot);
        case Added::grew:
            cold.last_growth = turn.now.mono;
            break;
    }
    read_with(turn, packet, slot, position);
}

}  // namespace sluice::pipeline
