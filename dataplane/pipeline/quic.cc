// QUIC: the client's Initials are opened and its hello put together out of them, in whatever order,
// packets and datagrams its pieces come; then the flow is judged by that name, as TLS over TCP is.
//
//   client's datagrams ──► held until the hello is whole ──► judged ──► released
//   server's Handshake or short header: it has the hello, nobody can rewrite it: the record goes
//   back
//
// A server takes whatever Initial opens with the keys of its destination id. So every one is read,
// also on a settled flow: after a Retry, a version negotiation, or for another connection between
// the same ports, the client's first Initial has keys of its own, and the hello behind them is
// judged. What opens with no keys cannot be read by the server either.
#include "dataplane/pipeline/stages.h"
#include "dataplane/wire/dtls.h"

namespace sluice::pipeline {

using flow::Added;
using model::DropReason;
using model::Protocol;
using model::Reason;
using model::Verdict;
using wire::QuicPacket;
using wire::QuicType;

namespace {

// Packets in one datagram that are looked at: four kinds, and room for odd clients.
constexpr unsigned kPacketsMax = 8;
// A client whose hello is not whole after this many datagrams is not read on.
constexpr std::uint16_t kDatagramsMax = 64;

// What a client's datagram brought.
enum class Got : std::uint8_t {
    nothing,     // no Initial
    unreadable,  // an Initial that no keys open
    same,        // what was known already, or no part of a hello
    grew,
    rewritten,  // the hello, with other content than was known
    full,       // more of it than is kept
    no_memory,
};

bool derived_from(const QuicOpening& quic, const QuicPacket& packet) noexcept {
    return quic.version == packet.version &&
           std::ranges::equal(packet.destination_id, Bytes(quic.id.data(), quic.id_size));
}

// The frames of an Initial, opened by the keys that are known or else by those of its own id. With
// the latter a hello begins, and what was read of another is forgotten.
std::optional<Bytes> open_initial(Core& core, Cold& cold, const QuicPacket& packet) noexcept {
    QuicOpening& quic = cold.quic;
    if (quic.version != 0 && quic.version == packet.version)
        if (const auto frames = core.quic.open(quic.keys, packet, core.scratch)) return frames;
    if (derived_from(quic, packet)) return std::nullopt;
    wire::QuicKeys keys;
    std::optional<Bytes> frames;
    for (unsigned i = 0;
         !frames && core.quic.derive(packet.version, packet.destination_id, keys, i); ++i)
        frames = core.quic.open(keys, packet, core.scratch);
    if (!frames) return std::nullopt;
    quic.keys = keys;
    quic.version = packet.version;
    quic.id_size = static_cast<std::uint8_t>(packet.destination_id.size());
    std::ranges::copy(packet.destination_id, quic.id.begin());
    cold.first.release(core.buffers);
    if (cold.phase == Phase::decided) cold.phase = Phase::reading;
    return frames;
}

Got got_of(Added added) noexcept {
    switch (added) {
        case Added::grew:
            return Got::grew;
        case Added::duplicate:
            return Got::same;
        case Added::rewritten:
            return Got::rewritten;
        case Added::full:
            return Got::full;
        case Added::no_memory:
            break;
    }
    return Got::no_memory;
}

Got take_pieces(Core& core, Cold& cold, Bytes frames) noexcept {
    std::array<wire::CryptoPiece, wire::kCryptoPiecesMax> pieces;
    const auto count = wire::read_crypto_frames(frames, cold.quic.version, pieces);
    if (!count) return Got::unreadable;
    Got got = Got::same;
    for (const wire::CryptoPiece& piece : std::span(pieces).first(*count)) {
        if (piece.bytes.empty()) continue;
        const Got one = got_of(cold.first.add(core.buffers, piece.at, piece.bytes));
        if (one > Got::grew) return one;
        got = std::max(got, one);
    }
    return got;
}

Got read_datagram(Core& core, Cold& cold, Bytes datagram) noexcept {
    Got got = Got::nothing;
    for (unsigned i = 0; i < kPacketsMax && wire::has_long_header(datagram); ++i) {
        const auto packet = wire::parse_quic_packet(datagram);
        if (!packet) return got == Got::nothing ? Got::unreadable : got;
        datagram = datagram.subspan(packet->bytes.size());
        if (packet->type != QuicType::initial) continue;
        const auto frames = open_initial(core, cold, *packet);
        const Got one = frames ? take_pieces(core, cold, *frames) : Got::unreadable;
        if (one == Got::unreadable) ++core.counters.quic_unreadable;
        if (one > Got::grew) return one;
        // One that can be read outweighs another that cannot.
        got = got == Got::nothing || one == Got::grew || got == Got::unreadable ? one : got;
    }
    return got;
}

// DTLS: the fragments of the hello. One with another number is another hello: with a cookie, or of
// a client that begins again.
Got read_dtls(Core& core, Cold& cold, Bytes datagram) noexcept {
    Got got = Got::nothing;
    while (const auto piece = wire::next_hello_piece(datagram)) {
        if (cold.first.end() != 0 &&
            (piece->message != cold.hello_message || piece->size != cold.hello_size)) {
            cold.first.release(core.buffers);
            if (cold.phase == Phase::decided) cold.phase = Phase::reading;
        }
        cold.hello_message = piece->message;
        cold.hello_size = piece->size;
        if (piece->bytes.empty()) continue;
        const Got one = got_of(cold.first.add(core.buffers, piece->at, piece->bytes));
        if (one > Got::grew) return one;
        got = std::max(got, one);
    }
    return got;
}

bool has_hello(const FlowEntry& entry, Bytes datagram) noexcept {
    if (entry.protocol == Protocol::dtls) return wire::next_hello_piece(datagram).has_value();
    for (unsigned i = 0; i < kPacketsMax && wire::has_long_header(datagram); ++i) {
        const auto packet = wire::parse_quic_packet(datagram);
        if (!packet) return false;
        if (packet->type == QuicType::initial) return true;
        datagram = datagram.subspan(packet->bytes.size());
    }
    return false;
}

// The server answers a whole hello with these, and nothing less. DTLS: a ServerHello, not the
// question for a cookie.
bool proves_hello(const FlowEntry& entry, Bytes datagram) noexcept {
    constexpr std::size_t kDtlsRecord = 13;
    if (entry.protocol == Protocol::dtls)
        return datagram.size() > kDtlsRecord && (datagram[0] != 22 || datagram[kDtlsRecord] == 2);
    for (unsigned i = 0; i < kPacketsMax && !datagram.empty(); ++i) {
        constexpr std::uint8_t kFixedBit = 0x40;  // not padding behind an Initial
        if (!wire::has_long_header(datagram)) return (datagram[0] & kFixedBit) != 0;
        const auto packet = wire::parse_quic_packet(datagram);
        if (!packet) return false;
        if (packet->type == QuicType::handshake) return true;
        datagram = datagram.subspan(packet->bytes.size());
    }
    return false;
}

void settle(Core& core, FlowEntry& entry) noexcept {
    if (entry.has(FlowEntry::kHasCold)) give_cold_back(core, entry);
    if (entry.reason != Reason::learning) entry.set(FlowEntry::kSettled);
}

// True: judged, by its hello or because there never will be one.
bool judge_known(Turn& turn, Slot slot, Cold& cold) noexcept {
    Core& core = turn.core;
    const bool dtls = core.table.at(slot).protocol == Protocol::dtls;
    const Bytes known = cold.first.contiguous(core.buffers);
    if (dtls && known.size() < cold.hello_size) return false;
    const auto hello = dtls ? wire::parse_dtls_hello(known.first(cold.hello_size))
                            : wire::parse_client_hello_message(known);
    if (!hello && hello.error() == wire::Stop::need_more) return false;
    if (hello && !dtls) ++core.counters.quic_hellos;
    judge_hello(turn, slot, hello, dtls ? wire::HelloOver::dtls : wire::HelloOver::quic);
    cold.phase = Phase::decided;
    return true;
}

void wait_or_pass(Turn& turn, Packet& packet, Slot slot, Cold& cold) noexcept {
    if (cold.phase != Phase::reading) return forward(turn, packet);
    if (!hold(turn, packet, cold, cold.quic.datagrams)) return handle_no_room(turn, packet, slot);
}

void read_client(Turn& turn, Packet& packet, Slot slot, Cold& cold) noexcept {
    Core& core = turn.core;
    if (++cold.quic.datagrams > kDatagramsMax) {
        give_up_reading(turn, &packet, slot, Phase::decided);
        return settle(core, core.table.at(slot));
    }
    const bool dtls = core.table.at(slot).protocol == Protocol::dtls;
    switch (dtls ? read_dtls(core, cold, packet.payload())
                 : read_datagram(core, cold, packet.payload())) {
        case Got::nothing:
        case Got::same:
            return wait_or_pass(turn, packet, slot, cold);
        case Got::rewritten:
            return drop(turn, packet.mbuf, DropReason::hello_rewritten);
        case Got::unreadable:
            if (cold.phase != Phase::reading || cold.first.end() != 0)
                return wait_or_pass(turn, packet, slot, cold);
            return give_up_reading(turn, &packet, slot, Phase::tentative);
        case Got::full:
            ++core.counters.hold_limit;
            if (cold.phase == Phase::decided)
                return drop(turn, packet.mbuf, DropReason::hold_overflow);
            return give_up_reading(turn, &packet, slot, Phase::decided);
        case Got::no_memory:
            return handle_no_room(turn, packet, slot);
        case Got::grew:
            break;
    }
    cold.last_growth = turn.now.mono;
    if (cold.phase == Phase::decided || !judge_known(turn, slot, cold))
        return wait_or_pass(turn, packet, slot, cold);
    if (core.table.at(slot).verdict == Verdict::block) {
        tell_blocked(turn, slot);
        return enforce_block(turn, packet, slot);
    }
    release_held(turn, cold);
    forward(turn, packet);
}

// nullptr: nothing to read, or no room; then the packet has left.
Cold* cold_for(Turn& turn, Packet& packet, Slot slot) noexcept {
    Core& core = turn.core;
    FlowEntry& entry = core.table.at(slot);
    if (Cold* cold = cold_of(core, entry)) return cold;
    const bool waits = entry.reason == Reason::learning;
    if (!waits && !has_hello(entry, packet.payload())) {
        forward(turn, packet);
        return nullptr;
    }
    const std::uint32_t at = core.cold.take(slot);
    if (at == kNobody) {
        const bool open = lost_sight(core, model::FailCase::pool_full) == model::FailMode::open;
        if (waits) {
            entry.verdict = open ? Verdict::forward : Verdict::block;
            entry.reason = open ? Reason::unclassified_open : Reason::unclassified_closed;
            entry.generation = core.generation;
            entry.set(FlowEntry::kSettled);
        }
        if (open)
            forward(turn, packet);
        else
            enforce_block(turn, packet, slot);
        return nullptr;
    }
    Cold& cold = core.cold[at];
    cold.name_decides = waits;
    cold.phase = waits ? Phase::reading : Phase::tentative;
    if (entry.has(FlowEntry::kHasName)) cold.name = entry.ref;
    entry.clear(FlowEntry::kHasName);
    entry.set(FlowEntry::kHasCold);
    entry.ref = at;
    return &cold;
}

void handle_server(Turn& turn, Packet& packet, Slot slot) noexcept {
    Core& core = turn.core;
    FlowEntry& entry = core.table.at(slot);
    Cold* cold = cold_of(core, entry);
    if (cold != nullptr && proves_hello(entry, packet.payload())) {
        if (const auto first = wire::parse_quic_packet(packet.payload()))
            core.quic_ids.remember(entry, first->source_id, slot);
        // It knows a hello that was not seen here: nothing more comes.
        if (cold->phase == Phase::reading) give_up_reading(turn, nullptr, slot, Phase::decided);
        settle(core, entry);
        if (entry.verdict == Verdict::block) return answer_blocked(turn, packet, slot);
    }
    forward(turn, packet);
}

}  // namespace

bool begins_datagram_hello(const Packet& packet, const FlowEntry& entry) noexcept {
    if (packet.is_fragment_rest || packet.from_user() == entry.has(FlowEntry::kFromInternet))
        return false;
    if (entry.protocol == Protocol::dtls) return has_hello(entry, packet.payload());
    return entry.protocol == Protocol::quic && wire::has_long_header(packet.payload());
}

bool follow_moved(Turn& turn, const Packet& packet, Slot slot) noexcept {
    constexpr std::uint8_t kFormMask = 0xc0, kShortHeader = 0x40;
    Core& core = turn.core;
    FlowEntry& entry = core.table.at(slot);
    const Bytes payload = packet.payload();
    if (entry.protocol != Protocol::unknown || entry.ip_protocol != wire::kUdp ||
        packet.is_fragment_rest || entry.has(FlowEntry::kFromInternet) || !packet.from_user() ||
        payload.size() <= QuicIds::kIdSize || (payload[0] & kFormMask) != kShortHeader)
        return false;
    const Slot old = core.quic_ids.find(entry, payload.subspan(1));
    if (old == flow::kNoSlot || old == slot || !core.table.occupied(old)) return false;
    const FlowEntry& before = core.table.at(old);
    if (before.protocol != Protocol::quic || before.remote != entry.remote ||
        before.remote_port != entry.remote_port || before.operator_id != entry.operator_id)
        return false;
    ++core.counters.quic_moved;
    entry.protocol = Protocol::quic;
    entry.confidence = model::Confidence::certain;
    const lookup::Facts known = facts_of(core, before, turn.now.utc);
    judge(turn, slot, known.name, known.name_source, &tls_facts_of(core, before));
    return true;
}

void handle_datagram_hello(Turn& turn, Packet& packet, Slot slot) noexcept {
    Core& core = turn.core;
    FlowEntry& entry = core.table.at(slot);
    if (packet.from_user() == entry.has(FlowEntry::kFromInternet))
        return handle_server(turn, packet, slot);
    const bool readable = !packet.is_fragment_rest &&
                          begins_hello_of(entry.protocol, packet.payload()) &&
                          entry.reason != Reason::bypass;
    const bool waiting =
        cold_of(core, entry) != nullptr && cold_of(core, entry)->phase == Phase::reading;
    if (!readable && !waiting) return forward(turn, packet);
    // In pieces it cannot be opened here, but at the server it could.
    if (readable && entry.protocol == Protocol::quic &&
        packet.view.kind == wire::PacketKind::fragment_head)
        return drop(turn, packet.mbuf, DropReason::quic_fragmented);
    Cold* cold = cold_for(turn, packet, slot);
    if (cold != nullptr) read_client(turn, packet, slot, *cold);
}

}  // namespace sluice::pipeline
