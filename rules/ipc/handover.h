// Handing live TCP connections over (design section 5): what the data plane, sluice-broker and
// sluice-inspect say to each other. SOCK_SEQPACKET, one HandoverMessage a datagram, always of the
// same size; descriptors travel beside it (SCM_RIGHTS). Flat structs of one build: `version` and
// size are checked by every end (handover_check.h), and no end trusts the bytes of another.
//
//   data plane worker            <runtime>/broker.sock              sluice-inspect
//     attach, worker ───────────►                  ◄──────── attach, inspect (flows_max)
//     queue_wanted, operator ───►
//     ◄──────── queue + 1 fd                         ◄──────── live ... (after a broker's restart)
//     ◄──────── live ...                             ◄──────── live_end
//     ◄──────── live_end
//     ◄──────── room (0: nobody inspects)
//     take_over ────────────────► makes two sockets
//                                 offer + 2 fds ────────────►  (user side, remote side)
//     ◄──────── taken | failed
//     end (blocked, exempt, ...) ► end ─────────────────────►  closes both within a second
//     ◄──────── ended            ◄──────── ended
//                                 ◄──────── reconnect          a fresh connection to the server
//     ◄──────── adopt
//     adopted | refused ────────► connection + 1 fd ────────►  (or failed)
//
// The first message of a connection is `attach`; who says anything else first is cut off.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include "rules/ipc/flow_record.h"

namespace sluice::ipc {

inline constexpr std::uint32_t kHandoverMagic = 0x534c4800;  // "SLH", then the version
inline constexpr std::uint32_t kHandoverVersion = kHandoverMagic + 1;
inline constexpr std::size_t kLinkHeaderMax = 42;         // Ethernet, 4 tags, PPPoE or MPLS
inline constexpr std::uint32_t kInspectFlowsMax = 9'500;  // of one process: 20,000 descriptors
inline constexpr std::uint8_t kNoWindowScale = 0xff;
inline constexpr std::uint8_t kWindowScaleMax = 14;  // RFC 7323 2.3

enum class HandoverKind : std::uint8_t {
    attach,        // anybody, first: `role`; inspect: `room` = flows it takes at most
    queue_wanted,  // worker: a queue of the tap of `flow.tuple.operator_id`
    queue,         // to worker: that queue, 1 descriptor; `how` != done: none, and why
    live,          // inspect, after attach: a flow it has; to worker: a flow that is handed over
    live_end,      // that was all
    room,          // to worker: `room` more flows would be taken now; 0 = no inspection
    take_over,     // worker: `flow`
    offer,         // to inspect: `flow` and its two descriptors: user side, remote side
    taken,         // to worker: `flow.reference` is in sockets and with an inspector
    failed,        // to worker (take_over) or inspect (reconnect): it is not; `how` says why
    end,           // worker, then to inspect: `flow.reference` is to end now; `how` says why
    ended,         // inspect, then to worker: it has ended, both descriptors are closed; `how`
    reconnect,     // inspect: a fresh, unconnected socket to the same server, as the same client
                   // (another port), to splice: `flow.reference` of the flow it is for
    adopt,         // to worker: `flow` (its ends know no numbers yet) will be connected by inspect
    adopted,       // worker: it will be steered
    refused,       // worker: it will not (a flow of these ports exists, or no room)
    connection,    // to inspect: 1 descriptor, bound, not connected; `flow` is the new flow, and
                   // flow.parent the one it is for
};
inline constexpr unsigned kHandoverKinds = static_cast<unsigned>(HandoverKind::connection) + 1;

enum class HandoverRole : std::uint8_t { nobody, worker, inspect };

// Why something ends or is not done.
enum class HandoverHow : std::uint8_t {
    done,            // nothing is wrong: both ends have closed
    reset,           // one end reset it
    refused_here,    // inspection ended it: content, certificate, policy
    became_exempt,   // a new bundle exempts it: both legs close, the client comes again
    became_blocked,  // a new bundle blocks it: both ends are to be reset (SO_LINGER of 0)
    forgotten,       // the packet path knows it no more (idle too long, evicted)
    inspect_lost,    // its inspector died
    no_inspector,    // none is attached, or none has room
    socket_error,    // the kernel would not make its sockets
    bad_message,     // what was said makes no sense
    spliced,         // another connection relays it untouched: flow.parent
};
inline constexpr unsigned kHandoverHows = static_cast<unsigned>(HandoverHow::spliced) + 1;

// One end of a connection as the fast path saw it when it was handed over: what a socket that
// stands for the *other* end, and talks to this one, must know.
struct HandoverEnd {
    std::uint32_t next_seq = 0;  // next byte it will send, as far as the far end has seen any
    std::uint32_t window = 0;    // its receive window, scaled [bytes]
    std::uint32_t ts_value = 0;  // its last timestamp; meaningful with `timestamps`
    std::uint16_t mss = 0;       // of its SYN; 0 = none was named, RFC 9293 says 536 (IPv6 1220)
    std::uint8_t window_scale = kNoWindowScale;  // of its SYN
    bool sack = false, timestamps = false;       // of its SYN
    // Where frames of this end come from: wire and link header (MACs, VLAN tags), so that what is
    // sent to the far end can wear it.
    std::uint8_t wire = 0;
    std::uint8_t link_size = 0;
    std::array<std::uint8_t, kLinkHeaderMax> link{};
    std::uint8_t zero[3] = {};
};
static_assert(sizeof(HandoverEnd) == 64);

// What is known of a flow. `reference` names it in every later message: never 0, never used twice.
struct HandoverFlow {
    std::uint64_t reference = 0;
    std::uint64_t parent = 0;  // adopt, connection: the flow it is a fresh connection for
    FlowTuple tuple;           // ip_protocol is TCP; operator_id is the routing domain
    OrgId org;
    std::uint16_t generation = 0;       // of the bundle that judged it ...
    std::uint8_t bundle_hash[32] = {};  // ... and its identity; zero: not known to the data plane
    model::Reason reason = model::Reason::learning;       // why it is inspected
    model::Protocol protocol = model::Protocol::unknown;  // tls, http, http_connect, ...
    model::Confidence confidence = model::Confidence::none;
    model::NameSource name_source = model::NameSource::none;
    model::NameEvidence evidence = model::NameEvidence::none;  // for the name
    bool from_internet = false;  // opened from the internet side (WAF)
    bool stalled = false;        // the hello did not come whole in time: inspect reads and decides
    std::uint8_t name_size = 0;
    char name_bytes[kNameSizeMax] = {};
    std::uint8_t zero[1] = {};
    std::array<HandoverEnd, 2> ends{};  // user side, remote side
    model::TlsFacts tls;                // of the client's hello; empty unless it was read
    std::uint8_t zero2[2] = {};

    std::string_view name() const { return {name_bytes, name_size}; }
};

struct HandoverMessage {
    std::uint32_t version = kHandoverVersion;
    std::uint32_t size = 0;  // of the whole message; set by the sender to sizeof(HandoverMessage)
    HandoverKind kind = HandoverKind::attach;
    HandoverRole role = HandoverRole::nobody;  // attach
    HandoverHow how = HandoverHow::done;
    std::uint8_t worker = 0;    // attach of a worker: which one
    std::uint32_t room = 0;     // attach of inspect; room
    std::uint64_t process = 0;  // attach: random, the same for all connections of one process
    HandoverFlow flow;

    static HandoverMessage of(HandoverKind kind) {
        HandoverMessage message;
        message.size = sizeof(HandoverMessage);
        message.kind = kind;
        return message;
    }
};

// Of `flow`, taken, failed and ended carry all of it to a worker, who finds it by its tuple; end
// carries what is known. Elsewhere (ended and reconnect of inspect, adopted, refused) the reference
// alone matters.
static_assert(std::is_trivially_copyable_v<HandoverMessage> &&
              std::has_unique_object_representations_v<HandoverEnd>);
// Nothing unset leaves a process: every byte is a field.
static_assert(sizeof(HandoverFlow) == 560 && sizeof(HandoverMessage) == 584);

// Descriptors beside a message of this kind when `how` is done; anything else is an error.
constexpr unsigned descriptors_of(HandoverKind kind) {
    if (kind == HandoverKind::offer) return 2;
    return kind == HandoverKind::queue || kind == HandoverKind::connection ? 1 : 0;
}
constexpr unsigned kHandoverDescriptorsMax = 2;

// Where the broker listens, unless a configuration says otherwise.
inline std::string broker_socket_path(const std::string& runtime_dir) {
    return runtime_dir + "/broker.sock";
}

constexpr std::string_view name_of(HandoverHow how) {
    constexpr std::string_view kNames[] = {"done",          "reset",          "refused_here",
                                           "became_exempt", "became_blocked", "forgotten",
                                           "inspect_lost",  "no_inspector",   "socket_error",
                                           "bad_message",   "spliced"};
    return kNames[static_cast<std::size_t>(how)];
}

}  // namespace sluice::ipc
