// The stages, in the order a packet meets them. Each is a file of its own name.
#pragma once
#include "dataplane/pipeline/core.h"
#include "dataplane/wire/tls_facts.h"
#include "rules/lookup/decide.h"

namespace sluice::pipeline {

using flow::FlowEntry;
using flow::Slot;

// ---- packets.cc: frames that are not simply a packet of a flow ----
// Fills packet.key (and view, for later fragments). False: the packet has left or is held.
bool find_key(Turn& turn, Packet& packet) noexcept;
// A packet that was held is read again. False: it cannot be, and has left.
bool take_up(Turn& turn, const HeldPackets::Item& item, Packet& packet) noexcept;
// A fragment's head has come: the fragments that waited for it go through the stages.
void release_fragments(Turn& turn, std::uint32_t datagram, const flow::FragmentHead& head) noexcept;
void expire_fragments(Turn& turn) noexcept;
// The flow an ICMP error quotes decides about it.
void handle_icmp_error(Turn& turn, Packet& packet, Slot slot) noexcept;

// ---- new_flow.cc: whose ----
// Makes the packet's flow and judges it as far as its first packet allows. kNoSlot: the packet has
// left (spoofed, or no room).
Slot begin_flow(Turn& turn, Packet& packet, const flow::Match& match) noexcept;
// The last record of a flow, then everything it holds is given back and the slot is free.
void end_flow(Turn& turn, Slot slot) noexcept;
// The same for an entry that is out of the table already (evicted).
void finish_flow(Turn& turn, FlowEntry& entry, Slot slot) noexcept;

// The expiry hand: a few groups a tick, all of them in sweep_ms.
void sweep_flows(Turn& turn) noexcept;

// A source on the internet side that is in the operator's own catalog (design section 3).
bool spoofed(const Core& core, const Packet& packet) noexcept;

// ---- judge.cc: what, decide ----
lookup::Facts facts_of(const Core& core, const FlowEntry& entry, UtcTime now) noexcept;
// Judges on what is known; writes verdict, reason, generation; settles unless the answer is
// `learning`. `name` may be empty: then an answer of a resolver for the address is used if there is
// one, and else the flow is unnamed. `tls`: what its hello said; nullptr = as known before.
void judge(Turn& turn, Slot slot, std::string_view name, model::NameSource source,
           const model::TlsFacts* tls = nullptr) noexcept;
const model::TlsFacts& tls_facts_of(const Core& core, const FlowEntry& entry) noexcept;
// What its hellos said is known better now; name and verdict stay.
void keep_facts(Core& core, Slot slot, const model::TlsFacts& facts) noexcept;
// While the name is still to come: only what holds whatever it may be.
void judge_early(Turn& turn, Slot slot) noexcept;
// The bundle has changed since this flow was judged. True: it is blocked now and was not before.
bool judge_again(Turn& turn, Slot slot) noexcept;
// Judged, by another bundle than today's.
inline bool is_stale(const Core& core, const FlowEntry& entry) noexcept {
    return entry.generation != core.generation && entry.reason != model::Reason::learning;
}
// Generation of a flow the expiry hand has blocked: its next packet tells both ends.
inline constexpr std::uint16_t kUntold = 0;

// The first question of a DNS flow becomes its name where it has none: informative, never judged.
void tell_question(Core& core, Slot slot, std::string_view question) noexcept;

// ---- tcp.cc: the life of a connection, both ends' numbers ----
// The packet has left or is held afterwards.
void handle_tcp(Turn& turn, Packet& packet, Slot slot) noexcept;
// An old connection's tuple is used again. One that was blocked by what it said is over too: both
// ends have been reset. One that was refused at its SYN has said nothing new.
bool begins_anew(const Packet& packet, const FlowEntry& entry, std::uint32_t now_ms) noexcept;
// The cold record goes back; a name it knew moves into the entry.
void give_cold_back(Core& core, FlowEntry& entry) noexcept;

// Requests that name what they are for: also those to a proxy.
constexpr bool speaks_http(model::Protocol protocol) {
    return protocol == model::Protocol::http || protocol == model::Protocol::http_connect;
}

// ---- udp.cc: UDP and everything without a stream ----
void handle_datagram(Turn& turn, Packet& packet, Slot slot) noexcept;
// Later datagrams of the flow may still say what it is, or are DNS: none may take the fast path.
bool still_read(const FlowEntry& entry) noexcept;
// What the packet shows, and for UDP those before it: written into the entry.
void recognise_datagram(Core& core, const Packet& packet, Slot slot) noexcept;

// ---- quic.cc: the ClientHello in a client's datagrams: QUIC Initials, DTLS ----
// A packet of such a flow that may still be read. It has left or is held afterwards.
void handle_datagram_hello(Turn& turn, Packet& packet, Slot slot) noexcept;
// Is this how a client begins: is a hello to be waited for?
bool begins_datagram_hello(const Packet& packet, const FlowEntry& entry) noexcept;
// The flow begins with an id that a server gave a client whose flow is known: it is judged by that
// flow's name. False: it is not such a flow.
bool follow_moved(Turn& turn, const Packet& packet, Slot slot) noexcept;

// ---- hello.cc: what a ClientHello says, wherever it was read ----
// Judges the flow by it. `hello` may be an error: then there is no name.
void judge_hello(Turn& turn, Slot slot, const Result<wire::ClientHello, wire::Stop>& hello,
                 wire::HelloOver over) noexcept;
// May these bytes of a settled flow begin a hello? Then the packet does not take the fast path.
// QUIC: Initials may come at any time, for another connection too. Protocols that go over to TLS in
// the middle (STARTTLS) and whatever has not shown itself: a handshake record. SOCKS: a request,
// too.
bool begins_hello_of(model::Protocol protocol, Bytes payload) noexcept;
inline bool may_begin_hello(const FlowEntry& entry, const Packet& packet) noexcept {
    if (entry.protocol == model::Protocol::tls || speaks_http(entry.protocol)) return false;
    return begins_hello_of(entry.protocol, packet.payload());
}

// ---- server_hello.cc: what the server answers ----
bool waits_for_server(const FlowEntry& entry, const Cold& cold) noexcept;
// The server's segment, from a copy: the packet stays the caller's.
void read_server(Turn& turn, const Packet& packet, Slot slot, Cold& cold) noexcept;

// ---- first_data.cc: the opener's bytes until they name something ----
void read_opener_data(Turn& turn, Packet& packet, Slot slot) noexcept;
// Nothing more comes, or no room: judged without a name. `packet` may be nullptr.
void give_up_reading(Turn& turn, Packet* packet, Slot slot, Phase next) noexcept;
// Does this segment say something else than was judged, where the far end could still take it? What
// the far end has acknowledged it will not read again: keep-alive probes carry a byte of anything.
bool rewrites(Core& core, const Cold& cold, const Packet& packet, std::uint32_t position) noexcept;
// No buffer, or no room for the packet, which must be read: by policy.
void handle_no_room(Turn& turn, Packet& packet, Slot slot) noexcept;
// The name as it is looked up: canonical, or as sent where it is no domain name (an address, odd
// bytes); empty when it cannot be printed. Lives in `buffer`.
std::string_view readable_name(std::string_view sent, char (&buffer)[254]) noexcept;

// ---- http.cc: every request of a plain HTTP connection ----
enum class Reading : std::uint8_t { more, pass, blocked };
// Reads requests from the front of cold.first and judges each.
Reading read_requests(Turn& turn, Slot slot, Cold& cold) noexcept;
// An opener's segment of a connection that is being followed. It has left or is held afterwards.
void follow_requests(Turn& turn, Packet& packet, Slot slot) noexcept;
// The packet is held, or has been read to its end: what was judged leaves.
void release_requests(Turn& turn, Cold& cold) noexcept;
// Bytes are known beyond those that could be read.
bool has_hole_ahead(Core& core, const Cold& cold) noexcept;

// ---- hold.cc ----
// Holds the packet, whose payload starts at `position`. False: no room, the packet is still ours.
bool hold(Turn& turn, const Packet& packet, Cold& cold, std::uint32_t position) noexcept;
// Everything held leaves, in order of the stream, each byte once.
void release_held(Turn& turn, Cold& cold) noexcept;
// Those that end at or before `position` of the stream leave; others wait on.
void release_held_before(Turn& turn, Cold& cold, std::uint32_t position) noexcept;
void drop_held(Turn& turn, Cold& cold, model::DropReason why) noexcept;
void drop_held_blocked(Turn& turn, Cold& cold, model::Reason why) noexcept;
// Deadlines: stalled streams are released unnamed.
void check_holds(Turn& turn) noexcept;
void leave_hold_list(Core& core, Cold& cold) noexcept;

// ---- block.cc: how a block reaches both ends ----
// The flow has just been judged block on this packet: tell both ends. The packet has left
// afterwards.
void enforce_block(Turn& turn, Packet& packet, Slot slot) noexcept;
// A further packet of a blocked flow.
void answer_blocked(Turn& turn, Packet& packet, Slot slot) noexcept;

// ---- records.cc, events.cc ----
ipc::FlowRecord record_of(const Core& core, const FlowEntry& entry, Slot slot,
                          std::uint32_t now_ms) noexcept;
std::size_t scan_flows(const Core& core, std::uint64_t& cursor, std::uint32_t groups,
                       const ipc::FlowFilter& filter, std::uint32_t now_ms,
                       std::span<ipc::FlowRecord> out) noexcept;
std::optional<ipc::FlowRecord> find_flow(const Core& core, const ipc::FlowTuple& tuple,
                                         std::uint32_t now_ms) noexcept;
void tell_blocked(Turn& turn,
                  Slot slot) noexcept;  // sets cold.reference when there is a cold record
void tell_unknown_source(Turn& turn, const FlowEntry& entry, std::uint32_t packets) noexcept;
void tell_late_unknown_sources(Turn& turn) noexcept;
// The quota of new flows has refused a packet of this organisation.
void tell_refused(Turn& turn, OrgId org) noexcept;
void tell_late_refused(Turn& turn) noexcept;

ipc::FlowTuple tuple_of(const FlowEntry& entry) noexcept;

// ---- exempt.cc: evidence that exempt flows were forwarded ----
// The flow has just been judged: begins or ends the record of it. Hashes turn.hello.
void note_verdict(Turn& turn, FlowEntry& entry, Slot slot) noexcept;
// The server's answer to an exempt flow's hello, as a handshake message.
void tell_answered(Turn& turn, Slot slot, Bytes server_hello) noexcept;
// `entry` may be out of the table already. Nothing when no record is open.
void tell_evidence_ended(Turn& turn, FlowEntry& entry, Slot slot, ipc::EvidenceEnd why) noexcept;

// ---- worker.cc ----
// One packet with its key, alone, through flow lookup and everything after it.
void run_one(Turn& turn, Packet& packet) noexcept;

}  // namespace sluice::pipeline
