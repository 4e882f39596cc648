// Core: everything one worker owns, and Turn: what the stages pass along while they handle a burst.
// The stages are free functions over these, one file each, in the order of worker.cc.
#pragma once
#include <algorithm>
#include <array>
#include <vector>

#include "dataplane/detect/past.h"
#include "dataplane/flow/dns_names.h"
#include "dataplane/flow/fragment_table.h"
#include "dataplane/flow/new_flow_gate.h"
#include "dataplane/pipeline/cold.h"
#include "dataplane/pipeline/held.h"
#include "dataplane/pipeline/inspector.h"
#include "dataplane/pipeline/quic_ids.h"
#include "dataplane/pipeline/worker.h"
#include "dataplane/wire/quic_initial.h"
#include "dataplane/wire/tls_client_hello.h"

namespace sluice::pipeline {

// Addresses in no catalog seen lately, so that one busy stranger is one event a second.
struct UnknownSource {
    IpAddress address;
    std::uint8_t operator_id = 0;
    std::uint32_t packets = 0;  // not yet told
    std::uint32_t told_ms = 0;
    bool used = false;
};
inline constexpr std::size_t kUnknownSources = 1024;  // direct-mapped

// Packets an organisation's quota of new flows has refused.
struct Refused {
    std::uint32_t packets = 0;  // not yet told
    std::uint32_t told_ms = 0;
    bool told = false;
};

struct Core {
    Core(const WorkerLimits& limits, const WorkerDeps& deps);

    WorkerLimits limits;
    WorkerDeps deps;
    const lookup::BundleView* bundle = nullptr;
    std::uint16_t generation = 0;
    std::array<WireInfo, kWiresMax> wires{};
    ipc::CounterBlock counters;

    flow::FlowTable table;
    flow::NewFlowGate gate;
    ColdPool cold;
    HeldPackets held;
    flow::FirstBytesPool buffers;
    flow::NamePool names;
    flow::DnsNames dns;
    // Public names of encrypted hellos, as HTTPS records told them; kNoAddress each.
    flow::NameAddresses ech_names;
    // Questions to the policy's resolvers that wait for their answer: tags, by themselves.
    std::vector<std::uint32_t> dns_questions;
    wire::QuicOpener quic;
    QuicIds quic_ids;
    detect::PastTable past;  // datagrams of flows not recognised yet
    flow::FragmentTable fragments;
    std::vector<HeldList> waiting_fragments;  // by datagram handle
    std::vector<std::uint8_t> scratch;        // a ClientHello put together, a stream
                                              // moved, a QUIC packet opened

    // Flows that hold packets, the one that has not grown for longest first.
    std::uint32_t oldest_hold = kNobody, youngest_hold = kNobody;
    // A flow seen less than this ago has not timed out, whatever it is.
    std::uint32_t shortest_timeout_ms = 0;
    // The expiry hand: time of its last step and groups owed to it.
    std::int64_t swept_ns = 0;
    std::uint64_t event_count = 0;
    std::array<UnknownSource, kUnknownSources> unknown{};
    std::uint32_t unknown_hand = 0;
    std::vector<Refused> refused;  // by OrgId; empty when there is no quota
    std::uint32_t refused_hand = 0;

    Inspector* inspector = nullptr;    // nullptr: nobody inspects
    std::uint64_t handover_count = 0;  // the last reference given

    Worker::FlowEnded flow_ended = nullptr;
    void* flow_ended_context = nullptr;
    Worker::NameLearnt name_learnt = nullptr;
    void* name_learnt_context = nullptr;
};

// What is learnt of a name and no address: it is a public name of encrypted ClientHellos.
inline constexpr IpAddress kNoAddress{};

struct Turn {
    Core& core;
    Outbox& out;
    Now now;
    std::uint32_t now_ms;
    unsigned judged_again = 0;  // flows, of this burst
    Bytes hello{};              // the ClientHello that is being judged, if one is
};

// Flows of a burst that are judged again after a change of policy. All of them at once would be a
// pause longer than a card's ring: the others go by the old version for some bursts more.
inline constexpr unsigned kJudgedAgainMax = 2;

// One received packet on its way through the stages: two cache lines, and nothing that is read in
// one piece lies across them.
struct alignas(64) Packet {
    flow::FlowKey key;
    rte_mbuf* mbuf = nullptr;
    WireId wire = 0;
    Side side = Side::user;
    // Later fragments carry their head's flow, and their place in its TCP stream.
    bool is_fragment_rest = false;
    bool is_icmp_error = false;
    // Whose it is, where that was asked ahead of the packet's turn.
    bool org_known = false;
    OrgId org;
    wire::PacketView view;

    bool from_user() const { return side == Side::user; }
    unsigned out_port() const { return port_of(wire, other(side)); }
    bool is_tcp() const { return key.ip_protocol == wire::kTcp; }
    // What was captured of the frame, and of what TCP or UDP carries.
    Bytes frame() const { return {rte_pktmbuf_mtod(mbuf, const std::uint8_t*), mbuf->data_len}; }
    Bytes payload() const {
        const Bytes all = frame();
        if (view.payload_offset >= all.size()) return {};
        const std::size_t there = all.size() - view.payload_offset;
        return all.subspan(view.payload_offset, std::min<std::size_t>(there, view.payload_size));
    }
    bool has(std::uint8_t tcp_flags) const { return (view.tcp_flags & tcp_flags) != 0; }
};

static_assert(sizeof(Packet) == 128);

inline std::uint32_t low_ms(MonoTime t) { return static_cast<std::uint32_t>(t.raw() / kNsPerMs); }

// ---- how a packet leaves ----
inline void forward(Turn& turn, const Packet& packet) noexcept {
    auto& c = turn.core.counters;
    ++c.forwarded;
    c.forwarded_bytes += packet.mbuf->pkt_len;
    turn.out.forward(packet.out_port(), packet.mbuf);
}
inline void drop(Turn& turn, rte_mbuf* mbuf, model::DropReason why) noexcept {
    turn.core.counters.drop(why);
    turn.out.drop(mbuf, why);
}
inline void drop_blocked(Turn& turn, rte_mbuf* mbuf, model::Reason why) noexcept {
    ++turn.core.counters.blocked[static_cast<std::size_t>(why)];
    turn.out.drop_blocked(mbuf);
}

// Says what the fail table orders in this case, and counts it.
model::FailMode lost_sight(Core& core, model::FailCase fail_case) noexcept;

inline Cold* cold_of(Core& core, const flow::FlowEntry& entry) noexcept {
    return entry.has(flow::FlowEntry::kHasCold) ? &core.cold[entry.ref] : nullptr;
}

}  // namespace sluice::pipeline
