// What the data plane tells sluiced without being asked: one bounded single-producer ring a worker
// in shared memory. Full ring: the event is lost and counted (FailCase event_ring_full).
#pragma once
#include <array>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include "rules/ipc/flow_record.h"
#include "rules/ipc/ring.h"

namespace sluice::ipc {

enum class EventKind : std::uint8_t {
    flow_blocked,    // a flow was judged block; sampled under load, reference printed on its page
    unknown_source,  // a user-side address in no catalog; `packets` since the last such event
    alarm,           // `alarm` of the wire or worker in name() begins (raised) or ends
    new_flow_flood,  // `org` began more flows than its quota; `packets` refused since the last one
};

// X(word, sentence). What the control thread of the data plane watches. Append only.
#define SLUICE_ALARMS(X)                                                           \
    X(link_down, "a port of the wire has no link")                                 \
    X(link_flapping, "a port's link changed three times or more within a minute")  \
    X(link_degraded, "a port is half duplex or slower than what is committed")     \
    X(over_commit, "more than what is committed came, and some of it was dropped") \
    X(no_traffic, "the link is up, and nothing came for ten seconds")              \
    X(drained, "the wire was drained by command")                                  \
    X(worker_stalled, "a worker does not turn any more; the log has its stack")

enum class Alarm : std::uint8_t {
#define X(word, text) word,
    SLUICE_ALARMS(X)
#undef X
};
struct AlarmInfo {
    std::string_view word, text;
};
inline constexpr std::array kAlarms = {
#define X(word, text) AlarmInfo{#word, text},
    SLUICE_ALARMS(X)
#undef X
};
inline constexpr std::size_t kAlarmCount = kAlarms.size();
constexpr std::uint32_t bit_of(Alarm a) { return std::uint32_t{1} << static_cast<unsigned>(a); }
constexpr std::string_view name_of(Alarm a) { return kAlarms[static_cast<std::size_t>(a)].word; }

struct Event {
    EventKind kind = EventKind::flow_blocked;
    model::Reason reason = model::Reason::learning;
    model::Protocol protocol = model::Protocol::unknown;
    std::uint8_t name_size = 0;
    OrgId org;
    std::uint16_t generation = 0;
    std::int64_t utc_ns = 0;
    std::uint64_t reference = 0;  // reference.h prints it as people read it out
    FlowTuple tuple;              // unknown_source: only user and operator_id
    std::uint32_t packets = 0;
    char name_bytes[kNameSizeMax] = {};  // alarm: the wire's id, or "worker N"
    Alarm alarm = Alarm::link_down;
    bool raised = false;

    std::string_view name() const { return {name_bytes, name_size}; }
};
static_assert(std::is_trivially_copyable_v<Event>);

inline constexpr std::uint32_t kEventSlots = 4096;  // power of two; 4096 x 344 B = 1.4 MB a worker

// Lives in the file /run/sluice/events-<worker>. Written by the worker, read by sluiced. The
// control thread has the ring behind the last worker's: events-<workers>.
using EventRing = SharedRing<Event, kEventSlots, 0x534c4531>;  // "SLE1"

}  // namespace sluice::ipc
