// Questions to the data plane's control thread: /run/sluice/dataplane.sock, SOCK_SEQPACKET, one
// Request, one Reply with `count` records behind it. Flat structs of one build: `version` is
// checked by both ends, sizes too. Everything a client sends is untrusted.
#pragma once
#include <cstdint>
#include <type_traits>

#include "rules/ipc/flow_record.h"
#include "rules/model/drop_mark.h"

namespace sluice::ipc {

inline constexpr std::uint32_t kQueryVersion = 3;
inline constexpr std::size_t kFlowsPerReply = 128;
inline constexpr std::size_t kPathMax = 255;

enum class QueryKind : std::uint8_t {
    status,         // -> StatusRecord
    flows,          // -> FlowRecord[], a page of the table from `cursor`
    find_flow,      // -> FlowRecord[0..1], by `filter.tuple` exactly
    wires,          // -> WireRecord[]
    load_bundle,    // `path` of a bundle directory -> StatusRecord after the swap, or an error
    workers,        // -> WorkerRecord[]
    drain_wire,     // `wire`, `now` -> WireRecord[1]: what keeps routes alive passes no more
    undrain_wire,   // `wire` -> WireRecord[1]
    capture_start,  // `filter`, `capture` -> CaptureRecord; one capture at a time
    capture_read,   // `cursor` = the capture's id -> bytes: CaptureRecord, then packets
    capture_stop,   // `cursor` = the capture's id -> CaptureRecord
};

struct FlowFilter {
    bool by_user = false, by_remote = false, by_org = false, by_verdict = false, by_reason = false;
    bool by_operator = false;
    FlowTuple tuple;
    OrgId org;
    model::Verdict verdict{};
    model::Reason reason{};
};

// What a capture takes besides `filter`, of which by_org and by_reason count.
struct CaptureOrder {
    bool exact = false;       // the flow of filter.tuple
    bool by_address = false;  // filter.tuple.user as either end
    bool payload = false;     // else cut behind the transport header
    std::uint8_t drop = model::kNoDropMark;  // else: only what was dropped for this reason
    std::uint32_t seconds_max = 60;
};

struct Request {
    std::uint32_t version = kQueryVersion;
    QueryKind kind = QueryKind::status;
    std::uint64_t cursor = 0;  // flows: where to go on; 0 at first, then Reply::cursor
    FlowFilter filter;
    char path[kPathMax + 1] = {};  // load_bundle; zero-ended
    char wire[64] = {};            // drain_wire, undrain_wire; zero-ended
    bool now = false;              // drain_wire: at once, data too
    CaptureOrder capture;
};

enum class ReplyStatus : std::uint8_t { ok, bad_request, bundle_refused, busy };

struct Reply {
    std::uint32_t version = kQueryVersion;
    ReplyStatus status = ReplyStatus::ok;
    std::uint32_t count = 0;
    std::uint32_t record_size = 0;
    std::uint64_t cursor = 0;  // flows: 0 = that was all
    char message[256] = {};    // zero-ended; why, when status is not ok
};

struct StatusRecord {
    std::uint32_t pid = 0;
    std::uint32_t workers = 0;
    std::uint16_t generation = 0;  // of the active bundle; 0 = none loaded
    std::uint8_t bundle_hash[32] = {};
    std::int64_t bundle_loaded_utc_ns = 0;
    std::int64_t started_utc_ns = 0;
    std::uint64_t flows_max = 0;
    std::uint64_t memory_bytes = 0;
    std::uint64_t stalled = 0;  // bit n: worker n does not turn
};

// One worker, as the control thread sees it.
struct WorkerRecord {
    std::uint32_t cpu = 0;
    std::int32_t numa_node = -1;  // -1: one node, or not known
    std::uint64_t turns = 0;
    std::uint64_t rx = 0, steered = 0, flows_live = 0;
    std::uint64_t busy_cycles = 0, idle_cycles = 0;
    std::uint32_t share_permille = 0;  // of what all workers judged in the last second
    bool stalled = false;
};

enum class WireState : std::uint8_t { in_use, draining, drained };

// What the meter of an operator said of packets in one direction. Wires of one operator share it.
struct MeterRecord {
    std::uint64_t green = 0, yellow = 0, red = 0;  // packets
    std::uint64_t bits_per_second = 0;             // offered, in the last second
};

struct WireRecord {
    char id[64] = {};
    OperatorId operator_id;
    bool reserve = false;
    std::uint32_t committed_gbit = 0;
    struct Port {
        char device[96] = {};
        bool link_up = false;
        bool full_duplex = false;
        std::uint32_t speed_mbit = 0;
        std::uint64_t rx_packets = 0, rx_bytes = 0, tx_packets = 0, tx_bytes = 0, missed = 0;
        std::uint16_t rx_queues = 0, tx_queues = 0;
        std::uint32_t link_changes = 0;  // since start
    } user, internet;
    WireState state = WireState::in_use;
    std::uint32_t alarms = 0;           // bit_of(Alarm)
    std::uint64_t operator_gbit = 0;    // committed to its operator, both directions each
    MeterRecord from_user, to_user;     // of its operator
    std::uint64_t drained_packets = 0;  // not passed on because of the drain
};

// A capture under way or ended. Packets follow in a capture_read, each a CapturedPacket and its
// bytes, 8-aligned.
struct CaptureRecord {
    std::uint64_t id = 0;
    bool running = false;
    std::uint64_t matched = 0;  // packets
    std::uint64_t lost = 0;     // of those not in the capture: the ring was full
    std::uint64_t unseen = 0;   // packets not looked at, to keep within the share of time
};
enum class CaptureFate : std::uint8_t { forwarded, own, dropped };
struct CapturedPacket {
    std::int64_t utc_ns = 0;
    std::uint32_t wire_bytes = 0;
    std::uint16_t bytes = 0;  // that follow
    std::uint8_t wire = 0;
    bool from_user = false;  // the side it came from
    CaptureFate fate = CaptureFate::forwarded;
    std::uint8_t zero[7] = {};
};
static_assert(sizeof(CapturedPacket) == 24);
inline constexpr std::size_t kCaptureBytesPerReply = 32'768;

static_assert(std::is_trivially_copyable_v<Request> && std::is_trivially_copyable_v<Reply> &&
              std::is_trivially_copyable_v<StatusRecord> &&
              std::is_trivially_copyable_v<WireRecord> &&
              std::is_trivially_copyable_v<WorkerRecord> &&
              std::is_trivially_copyable_v<CaptureRecord>);

}  // namespace sluice::ipc
