// One flow as the data plane reports it: to `sluicectl flow`, `explain`, `replay` and tests. Flat,
// fixed size, copied as bytes between processes of one build (the query header carries the
// version).
#pragma once
#include <cstdint>
#include <string_view>
#include <type_traits>

#include "rules/base/ip.h"
#include "rules/base/strong.h"
#include "rules/model/category_set.h"
#include "rules/model/name_evidence.h"
#include "rules/model/name_source.h"
#include "rules/model/protocol.h"
#include "rules/model/reason.h"
#include "rules/model/tls_facts.h"

namespace sluice::ipc {

inline constexpr std::size_t kNameSizeMax = 253;  // RFC 1035: longest name in text form

// The flow table's key in words: the two ends as the wire sees them.
struct FlowTuple {
    IpAddress user, remote;
    std::uint16_t user_port = 0, remote_port = 0;  // ICMP queries: identifier, 0
    std::uint8_t ip_protocol = 0;
    OperatorId operator_id;
    friend bool operator==(const FlowTuple&, const FlowTuple&) = default;
};

struct FlowRecord {
    FlowTuple tuple;
    std::uint64_t id = 0;  // worker << 32 | slot: valid while the flow lives
    std::uint64_t packets = 0,
                  bytes = 0;  // both directions; bytes on the wire, link header included
    std::uint32_t idle_ms = 0;
    std::uint16_t generation = 0;  // of the bundle that decided
    OrgId org;
    model::CategorySet categories;
    model::Verdict verdict = model::Verdict::forward;
    model::Reason reason = model::Reason::learning;
    model::Protocol protocol = model::Protocol::unknown;
    model::Confidence confidence = model::Confidence::none;  // in `protocol`
    model::NameSource name_source = model::NameSource::none;
    model::NameEvidence evidence = model::NameEvidence::none;  // for the name
    bool from_internet = false;  // opened by the remote end
    bool midstream = false;
    model::TlsFacts tls;  // empty unless its hello was read
    std::uint8_t name_size = 0;
    char name_bytes[kNameSizeMax] = {};

    std::string_view name() const { return {name_bytes, name_size}; }
};
static_assert(std::is_trivially_copyable_v<FlowRecord>);

}  // namespace sluice::ipc
