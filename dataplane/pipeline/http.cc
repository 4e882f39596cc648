// Plain HTTP: every request of a kept-alive connection is read and judged, wherever segments and
// bodies begin and end.
//
//   start                      start + skip_until
//   | head | body ............ | next head ...
//   └ first: bytes known here  └ read when the opener gets here
#include "dataplane/pipeline/stages.h"

namespace sluice::pipeline {

using flow::Added;
using model::DropReason;
using model::NameSource;
using model::Verdict;

namespace {

// Bodies longer than this are not followed to their end: positions are 32-bit [bytes].
constexpr std::uint64_t kBodyFollowedMax = 1u << 30;

// The stream now starts `bytes` later. What is known beyond stays known, also what is held.
void advance(Core& core, Cold& cold, std::uint32_t bytes) noexcept {
    const Bytes known = cold.first.contiguous(core.buffers);
    const std::size_t left = known.size() > bytes ? known.size() - bytes : 0;
    std::copy_n(known.end() - static_cast<std::ptrdiff_t>(left), left, core.scratch.begin());
    cold.first.release(core.buffers);
    cold.start += bytes;
    cold.skip_until = 0;
    if (left > 0) cold.first.add(core.buffers, 0, Bytes(core.scratch.data(), left));
    // Bytes of held packets behind a hole are still in the packets.
    core.held.each(cold.held, [&](HeldPackets::Item& item) {
        item.position -= bytes;
        const std::uint32_t end = item.position + item.size;
        if (static_cast<std::int32_t>(end) <= static_cast<std::int32_t>(left)) return;
        const std::uint32_t behind = static_cast<std::int32_t>(item.position) < 0
                                         ? static_cast<std::uint32_t>(-static_cast<std::int32_t>(item.position))
                                         : 0;
        const Bytes frame(rte_pktmbuf_mtod(item.packet, const std::uint8_t*), item.packet->data_len);
        const std::size_t at = std::size_t{item.payload_offset} + behind;
        if (at < frame.size())
            cold.first.add(core.buffers, item.position + behind,
                           frame.subspan(at, std::min<std::size_t>(frame.size() - at,
                                                                   item.size - behind)));
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

// Leaves the connection to its verdict: tunnels, and streams that are no longer readable. The latter
// are unnamed from here on: where policy lets that pass, the last request's name and verdict stay.
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

// A chunked body: true when it has ended, and the stream starts at what follows.
bool read_chunks(Core& core, Cold& cold) noexcept {
    const Bytes known = cold.first.contiguous(core.buffers);
    const std::size_t taken = cold.chunks.feed(known);
    advance(core, cold, static_cast<std::uint32_t>(taken));
    return cold.chunks.done();
}

// Where the next request starts. False: there will be none to read.
bool step_over(Core& core, Cold& cold, const wire::HttpRequest& request) noexcept {
    if (request.body == wire::HttpBody::tunnel) return false;
    if (request.body == wire::HttpBody::chunked) {
        cold.chunked = true;
        cold.chunks = {};
        advance(core, cold, request.head_size);
        return true;
    }
    const std::uint64_t body = request.body == wire::HttpBody::sized ? request.body_size : 0;
    if (body > kBodyFollowedMax) return false;
    const auto total = static_cast<std::uint32_t>(request.head_size + body);
    // Kept until the next request comes: a retransmission of this head must be the same bytes.
    if (total >= cold.first.contiguous(core.buffers).size())
        cold.skip_until = total;
    else
        advance(core, cold, total);
    return true;
}

}  // namespace

Reading read_requests(Turn& turn, Slot slot, Cold& cold) noexcept {
    Core& core = turn.core;
    for (;;) {  // bounded: every turn takes bytes away, or returns
        if (cold.skip_until != 0) return Reading::pass;
        if (cold.chunked) {
            const bool ended = read_chunks(core, cold);
            if (cold.chunks.broken()) return stop_following(turn, slot, cold, false);
            if (!ended) return cold.first.has_hole() ? Reading::more : Reading::pass;
            cold.chunked = false;
        }
        const Bytes known = cold.first.contiguous(core.buffers);
        if (known.empty()) return cold.first.has_hole() ? Reading::more : Reading::pass;
        const auto request = wire::parse_http_request(known);
        if (!request) {
            if (request.error() == wire::Stop::need_more) return Reading::more;
            return stop_following(turn, slot, cold, false);
        }
        judge_request(turn, slot, *request);
        if (core.table.at(slot).verdict == Verdict::block) return Reading::blocked;
        if (cold.phase == Phase::reading) cold.phase = Phase::following;
        if (!step_over(core, cold, *request)) return stop_following(turn, slot, cold, true);
    }
}

void follow_requests(Turn& turn, Packet& packet, Slot slot) noexcept {
    Core& core = turn.core;
    Cold& cold = *cold_of(core, core.table.at(slot));
    std::uint32_t position = packet.view.tcp_seq - cold.start;
    const Bytes payload = packet.payload();
    const std::uint32_t end = position + packet.view.payload_size;
    if (rewrites(core, cold, packet, position))
        return drop(turn, packet.mbuf, DropReason::hello_rewritten);
    if (static_cast<std::int32_t>(end) <= static_cast<std::int32_t>(cold.skip_until) &&
        cold.held.empty())
        return forward(turn, packet);  // body, or what was judged before
    if (cold.skip_until != 0) {
        const std::uint32_t skipped = cold.skip_until;
        advance(core, cold, skipped);
        position -= skipped;
    }
    const std::uint32_t behind =
        static_cast<std::int32_t>(position) < 0 ? 0u - position : 0u;
    if (behind >= payload.size() && !payload.empty()) return forward(turn, packet);
    const Added added = payload.empty() ? Added::grew
                                        : cold.first.add(core.buffers, position + behind,
                                                         payload.subspan(behind));
    if (added == Added::rewritten)
        return drop(turn, packet.mbuf, DropReason::hello_rewritten);
    if (added == Added::duplicate)
        return drop(turn, packet.mbuf, DropReason::hold_duplicate);
    if (added != Added::grew) {
        ++core.counters.hold_limit;
        return give_up_reading(turn, &packet, slot, Phase::decided);
    }
    cold.last_growth = turn.now.mono;
    // The packet waits in its place in the stream while it is judged with what is known.
    const bool waits = hold(turn, packet, cold, position);
    switch (read_requests(turn, slot, cold)) {
        case Reading::more:
            if (!waits) give_up_reading(turn, &packet, slot, Phase::decided);
            return;
        case Reading::pass:
            release_held(turn, cold);
            if (!waits) forward(turn, packet);
            return;
        case Reading::blocked:
            if (waits) core.held.remove(cold.held, packet.mbuf);
            tell_blocked(turn, slot);
            return enforce_block(turn, packet, slot);
    }
}

}  // namespace sluice::pipeline
