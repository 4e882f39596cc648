// What the data plane tells of exempt flows, so that it can be shown later that they were not
// opened (design section 6): one ring a worker in <runtime_dir>/evidence-<worker>, read by sluiced.
// Full ring: the record is lost and counted (evidence_lost).
//
//   exempt by a verdict ──► begun ─► answered (the ServerHello, where it is seen) ─► ended
//
// All of one flow have the same `id`; a `begun` with an id that is open begins another record.
#pragma once
#include <cstdint>
#include <string_view>

#include "rules/ipc/flow_record.h"
#include "rules/ipc/ring.h"
#include "rules/ipc/sha256.h"

namespace sluice::ipc {

enum class EvidenceKind : std::uint8_t { begun, answered, ended };

// Why a record ended. Append only.
enum class EvidenceEnd : std::uint8_t {
    closed,    // the flow left the table: FIN, RST, timeout or eviction
    rejudged,  // a new policy says that it is not exempt; `reason` is the new one
};
inline constexpr std::string_view kEvidenceEnds[] = {"closed", "rejudged"};

struct Evidence {
    EvidenceKind kind = EvidenceKind::begun;
    EvidenceEnd end = EvidenceEnd::closed;
    model::Reason reason = model::Reason::learning;
    model::Protocol protocol = model::Protocol::unknown;
    model::NameSource name_source = model::NameSource::none;
    model::NameEvidence name_evidence = model::NameEvidence::none;
    OrgId org;
    std::uint16_t generation = 0;  // of the bundle that decided
    std::int64_t utc_ns = 0;
    std::uint64_t id = 0;  // as in FlowRecord: worker << 32 | slot
    FlowTuple tuple;
    // Both directions, as counted so far: everything the worker forwarded of this flow.
    std::uint64_t packets = 0, bytes = 0;
    // SHA-256 of a handshake message as it was sent, its four-byte header included, whatever
    // records or packets it was cut into (DTLS: its body). begun: the ClientHello's; answered: the
    // ServerHello's. hash_of_bytes 0: none was seen.
    std::uint32_t hash_of_bytes = 0;
    Sha256 hash{};
    std::uint8_t name_size = 0;
    char name_bytes[kNameSizeMax] = {};

    std::string_view name() const { return {name_bytes, name_size}; }
};

// 4096 x 432 B = 1.8 MB a worker.
using EvidenceRing = SharedRing<Evidence, 4096, 0x534c5631>;  // "SLV1"

}  // namespace sluice::ipc
