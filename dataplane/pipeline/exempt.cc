// What is told of exempt flows, so that it can be shown that they were forwarded and not opened: at
// the verdict with a hash of the ClientHello, at the server's answer with a hash of that, and at
// the end with what was counted. Only verdicts, answers and ends come here, never a packet in
// between.
#include "dataplane/pipeline/stages.h"
#include "dataplane/wire/message_hash.h"

namespace sluice::pipeline {

using ipc::Evidence;
using ipc::EvidenceEnd;
using ipc::EvidenceKind;

namespace {

Evidence evidence_of(const Turn& turn, const FlowEntry& entry, Slot slot, EvidenceKind kind) {
    Evidence e;
    e.kind = kind;
    e.reason = entry.reason;
    e.protocol = entry.protocol;
    e.name_evidence = entry.evidence;
    e.org = entry.org;
    e.generation = entry.generation;
    e.utc_ns = turn.now.utc.raw() * kNsPerSecond;
    e.id = std::uint64_t{turn.core.deps.worker_id} << 32 | slot;
    e.tuple = tuple_of(entry);
    e.packets = entry.packets;
    e.bytes = entry.bytes();
    return e;
}

void add_hash(Evidence& e, Bytes message) noexcept {
    if (message.empty()) return;
    e.hash_of_bytes = static_cast<std::uint32_t>(message.size());
    e.hash = wire::message_hash(message);
}

void push(Core& core, const Evidence& e) noexcept {
    if (core.deps.evidence == nullptr || !core.deps.evidence->push(e))
        ++core.counters.evidence_lost;
}

void tell_begun(Turn& turn, FlowEntry& entry, Slot slot) noexcept {
    Core& core = turn.core;
    Evidence e = evidence_of(turn, entry, slot, EvidenceKind::begun);
    add_hash(e, turn.hello);
    const lookup::Facts facts = facts_of(core, entry, UtcTime{});
    e.name_source = facts.name_source;
    // An exempt address has no name: copy() takes none, memcpy would not.
    e.name_size = static_cast<std::uint8_t>(facts.name.copy(e.name_bytes, sizeof e.name_bytes));
    ++core.counters.evidence_told;
    push(core, e);
    entry.evidence_open = true;
}

}  // namespace

void note_verdict(Turn& turn, FlowEntry& entry, Slot slot) noexcept {
    const bool exempt = model::is_exempt(entry.reason);
    // Another hello of the same flow (QUIC, STARTTLS) is told by a record of its own.
    if (exempt && (!entry.evidence_open || !turn.hello.empty()))
        return tell_begun(turn, entry, slot);
    if (!exempt && entry.evidence_open)
        tell_evidence_ended(turn, entry, slot, EvidenceEnd::rejudged);
}

void tell_answered(Turn& turn, Slot slot, Bytes server_hello) noexcept {
    FlowEntry& entry = turn.core.table.at(slot);
    if (!entry.evidence_open) return;
    Evidence e = evidence_of(turn, entry, slot, EvidenceKind::answered);
    add_hash(e, server_hello);
    push(turn.core, e);
}

void tell_evidence_ended(Turn& turn, FlowEntry& entry, Slot slot, EvidenceEnd why) noexcept {
    if (!entry.evidence_open) return;
    entry.evidence_open = false;
    Evidence e = evidence_of(turn, entry, slot, EvidenceKind::ended);
    e.end = why;
    push(turn.core, e);
}

}  // namespace sluice::pipeline
