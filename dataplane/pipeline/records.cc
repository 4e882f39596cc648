// Flows as records: what queries, replay and events see.
#include <algorithm>

#include "dataplane/detect/detect.h"
#include "dataplane/pipeline/stages.h"

namespace sluice::pipeline {

using ipc::FlowFilter;
using ipc::FlowRecord;
using ipc::FlowTuple;

FlowTuple tuple_of(const FlowEntry& entry) noexcept {
    return {.user = entry.user,
            .remote = entry.remote,
            .user_port = entry.user_port,
            .remote_port = entry.remote_port,
            .ip_protocol = entry.ip_protocol,
            .operator_id = OperatorId{entry.operator_id}};
}

namespace {

// "uncategorised" is a category: what no list names is in it.
model::CategorySet named_categories(const lookup::BundleView& bundle,
                                    std::string_view name) noexcept {
    model::CategorySet set = lookup::categorise(bundle, name);
    if (set.empty()) set.add(lookup::kUncategorised);
    return set;
}

bool passes(const FlowEntry& entry, const FlowFilter& f) noexcept {
    return (!f.by_user || entry.user == f.tuple.user) &&
           (!f.by_remote || entry.remote == f.tuple.remote) &&
           (!f.by_operator || OperatorId{entry.operator_id} == f.tuple.operator_id) &&
           (!f.by_org || entry.org == f.org) && (!f.by_verdict || entry.verdict == f.verdict) &&
           (!f.by_reason || entry.reason == f.reason);
}

}  // namespace

FlowRecord record_of(const Core& core, const FlowEntry& entry, Slot slot,
                     std::uint32_t now_ms) noexcept {
    FlowRecord r;
    r.tuple = tuple_of(entry);
    r.id = std::uint64_t{core.deps.worker_id} << 32 | slot;
    r.packets = entry.packets;
    r.bytes = entry.bytes();
    r.idle_ms = now_ms - entry.seen_ms;
    r.generation = entry.generation;
    r.org = entry.org;
    r.verdict = entry.verdict;
    r.reason = entry.reason;
    r.protocol = entry.protocol;
    r.confidence = entry.confidence;
    if (entry.protocol == model::Protocol::unknown) {  // told, never judged
        const bool inbound = entry.has(FlowEntry::kFromInternet);
        r.protocol =
            detect::usual_on_port(entry.ip_protocol, inbound ? entry.user_port : entry.remote_port);
        if (r.protocol == model::Protocol::unknown)
            r.protocol = detect::usual_on_port(entry.ip_protocol,
                                               inbound ? entry.remote_port : entry.user_port);
        if (r.protocol != model::Protocol::unknown) r.confidence = model::Confidence::port_only;
    }
    r.from_internet = entry.has(FlowEntry::kFromInternet);
    r.midstream = entry.has(FlowEntry::kMidstream);
    const lookup::Facts facts = facts_of(core, entry, UtcTime{});
    r.tls = tls_facts_of(core, entry);
    r.name_source = facts.name_source;
    r.evidence = facts.evidence;
    r.name_size = static_cast<std::uint8_t>(facts.name.size());
    std::ranges::copy(facts.name, r.name_bytes);
    if (!facts.name.empty() && facts.name_source != model::NameSource::dns_query)
        r.categories = named_categories(*core.bundle, facts.name);
    else if (facts.name.empty())
        r.categories = lookup::categorise_unnamed(*core.bundle, r.tuple.remote, r.protocol);
    return r;
}

std::size_t scan_flows(const Core& core, std::uint64_t& cursor, std::uint32_t groups,
                       const FlowFilter& filter, std::uint32_t now_ms,
                       std::span<FlowRecord> out) noexcept {
    const std::uint64_t slots = std::uint64_t{core.table.group_count()} * flow::kGroupSize;
    const std::uint64_t end = std::min(slots, cursor + std::uint64_t{groups} * flow::kGroupSize);
    std::size_t found = 0;
    for (; cursor < end && found < out.size(); ++cursor) {
        const Slot slot = static_cast<Slot>(cursor);
        if (!core.table.occupied(slot) || !passes(core.table.at(slot), filter)) continue;
        out[found++] = record_of(core, core.table.at(slot), slot, now_ms);
    }
    if (cursor >= slots) cursor = 0;
    return found;
}

std::optional<FlowRecord> find_flow(const Core& core, const FlowTuple& tuple,
                                    std::uint32_t now_ms) noexcept {
    flow::FlowKey key;
    key.user = tuple.user;
    key.remote = tuple.remote;
    key.user_port = tuple.user_port;
    key.remote_port = tuple.remote_port;
    key.ip_protocol = tuple.ip_protocol;
    key.operator_id = tuple.operator_id.raw();
    const Slot slot = core.table.find(key, core.table.match_one(key));
    if (slot == flow::kNoSlot) return std::nullopt;
    return record_of(core, core.table.at(slot), slot, now_ms);
}

}  // namespace sluice::pipeline
