// Questions to the data plane's control thread: /run/sluice/dataplane.sock, SOCK_SEQPACKET, one
// Request, one Reply with `count` records behind it. Flat structs of one build: `version` is checked
// by both ends, sizes too. Everything a client sends is untrusted.
#pragma once
#include <cstdint>
#include <type_traits>

#include "rules/ipc/flow_record.h"

namespace sluice::ipc {

inline constexpr std::uint32_t kQueryVersion = 1;
inline constexpr std::size_t kFlowsPerReply = 128;
inline constexpr std::size_t kPathMax = 255;

enum class QueryKind : std::uint8_t {
    status,       // -> StatusRecord
    flows,        // -> FlowRecord[], a page of the table from `cursor`
    find_flow,    // -> FlowRecord[0..1], by `filter.tuple` exactly
    wires,        // -> WireRecord[]
    load_bundle,  // `path` of a bundle directory -> StatusRecord after the swap, or an error
};

struct FlowFilter {
    bool by_user = false, by_remote = false, by_org = false, by_verdict = false, by_reason = false;
    bool by_operator = false;
    FlowTuple tuple;
    OrgId org;
    model::Verdict verdict{};
    model::Reason reason{};
};

struct Request {
    std::uint32_t version = kQueryVersion;
    QueryKind kind = QueryKind::status;
    std::uint64_t cursor = 0;  // flows: where to go on; 0 at first, then Reply::cursor
    FlowFilter filter;
    char path[kPathMax + 1] = {};  // load_bundle; zero-ended
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
    std::uint16_t generation = 0;   // of the active bundle; 0 = none loaded
    std::uint8_t bundle_hash[32] = {};
    std::int64_t bundle_loaded_utc_ns = 0;
    std::int64_t started_utc_ns = 0;
    std::uint64_t flows_max = 0;
    std::uint64_t memory_bytes = 0;
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
    } user, internet;
};

static_assert(std::is_trivially_copyable_v<Request> && std::is_trivially_copyable_v<Reply> &&
              std::is_trivially_copyable_v<StatusRecord> && std::is_trivially_copyable_v<WireRecord>);

}  // namespace sluice::ipc
