// What the worker tells sluiced by itself: blocks, and addresses that are in no catalog.
#include <cstring>

#include "dataplane/pipeline/stages.h"

namespace sluice::pipeline {

using ipc::Event;
using ipc::EventKind;

namespace {

constexpr std::uint32_t kTellEveryMs = 1'000;  // one busy stranger is one event a second

void push(Core& core, const Event& event) noexcept {
    if (core.deps.events != nullptr && core.deps.events->push(event)) return;
    ++core.counters.events_lost;
    ++core.counters.fail_open[static_cast<std::size_t>(model::FailCase::event_ring_full)];
}

// Unique on this gateway, and not to be guessed from another one.
std::uint64_t next_reference(Core& core) noexcept {
    const std::uint64_t count = ++core.event_count;
    std::uint64_t x =
        count * 0x9e3779b97f4a7c15u + core.deps.hash_key.high + std::uint64_t{core.deps.worker_id};
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

void tell(Turn& turn, UnknownSource& source) noexcept {
    Event event;
    event.kind = EventKind::unknown_source;
    event.utc_ns = turn.now.utc.raw() * kNsPerSecond;
    event.generation = turn.core.generation;
    event.tuple.user = source.address;
    event.tuple.operator_id = OperatorId{source.operator_id};
    event.packets = source.packets;
    push(turn.core, event);
    source.packets = 0;
    source.told_ms = turn.now_ms;
}

void tell(Turn& turn, OrgId org, Refused& refused) noexcept {
    Event event;
    event.kind = EventKind::new_flow_flood;
    event.utc_ns = turn.now.utc.raw() * kNsPerSecond;
    event.generation = turn.core.generation;
    event.org = org;
    event.packets = refused.packets;
    push(turn.core, event);
    refused = {.packets = 0, .told_ms = turn.now_ms, .told = true};
}

std::size_t place_of(const FlowEntry& entry) noexcept {
    std::uint64_t low = 0, high = 0;
    std::memcpy(&high, entry.user.bytes.data(), 8);
    std::memcpy(&low, entry.user.bytes.data() + 8, 8);
    return ((low ^ high * 31) * 0x9e3779b97f4a7c15u >> 40) % kUnknownSources;
}

}  // namespace

void tell_blocked(Turn& turn, Slot slot) noexcept {
    Core& core = turn.core;
    const FlowEntry& entry = core.table.at(slot);
    const ipc::FlowRecord record = record_of(core, entry, slot, turn.now_ms);
    Event event;
    event.kind = EventKind::flow_blocked;
    event.reason = entry.reason;
    event.protocol = entry.protocol;
    event.org = entry.org;
    event.generation = entry.generation;
    event.utc_ns = turn.now.utc.raw() * kNsPerSecond;
    event.reference = next_reference(core);
    event.tuple = record.tuple;
    event.packets = entry.packets;
    event.name_size = record.name_size;
    std::memcpy(event.name_bytes, record.name_bytes, record.name_size);
    if (Cold* cold = cold_of(core, entry)) cold->reference = event.reference;
    push(core, event);
}

void tell_unknown_source(Turn& turn, const FlowEntry& entry, std::uint32_t packets) noexcept {
    UnknownSource& source = turn.core.unknown[place_of(entry)];
    const bool same =
        source.used && source.address == entry.user && source.operator_id == entry.operator_id;
    if (!same) {
        if (source.used && source.packets > 0) tell(turn, source);
        source = {.address = entry.user,
                  .operator_id = entry.operator_id,
                  .packets = packets,
                  .told_ms = turn.now_ms,
                  .used = true};
        return tell(turn, source);
    }
    source.packets += packets;
    if (turn.now_ms - source.told_ms >= kTellEveryMs) tell(turn, source);
}

// The first one is told at once, what comes after it once a second.
void tell_refused(Turn& turn, OrgId org) noexcept {
    Refused& refused = turn.core.refused[org.raw()];
    ++refused.packets;
    if (!refused.told || turn.now_ms - refused.told_ms >= kTellEveryMs) tell(turn, org, refused);
}

// So many places a call that all are looked at in some ten seconds.
void tell_late_refused(Turn& turn) noexcept {
    Core& core = turn.core;
    constexpr unsigned kPlacesPerTick = 64;
    for (unsigned i = 0; i < kPlacesPerTick && !core.refused.empty(); ++i) {
        core.refused_hand = (core.refused_hand + 1) % core.refused.size();
        Refused& refused = core.refused[core.refused_hand];
        if (refused.packets > 0 && turn.now_ms - refused.told_ms >= kTellEveryMs)
            tell(turn, OrgId{static_cast<std::uint16_t>(core.refused_hand)}, refused);
    }
}

// One place of the table a call: what has been counted but not told does not stay behind.
void tell_late_unknown_sources(Turn& turn) noexcept {
    Core& core = turn.core;
    core.unknown_hand = (core.unknown_hand + 1) % kUnknownSources;
    UnknownSource& source = core.unknown[core.unknown_hand];
    if (source.used && source.packets > 0 && turn.now_ms - source.told_ms >= kTellEveryMs)
        tell(turn, source);
}

}  // namespace sluice::pipeline
