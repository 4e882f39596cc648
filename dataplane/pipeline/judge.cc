// What, and what then: the facts of a flow are put together and rules/lookup decides.
#include "dataplane/pipeline/evidence.h"
#include "dataplane/pipeline/hand_over.h"

namespace sluice::pipeline {

using model::FailCase;
using model::FailMode;
using model::NameSource;
using model::Reason;
using model::Verdict;

namespace {

void write(Core& core, FlowEntry& entry, const lookup::Decision& decision) noexcept {
    entry.verdict = decision.verdict;
    entry.reason = decision.reason;
    entry.generation = core.generation;
    if (decision.reason == Reason::learning) return;
    ++core.counters.decided[static_cast<std::size_t>(decision.reason)];
    if (still_read(entry))
        entry.clear(FlowEntry::kSettled);
    else
        entry.set(FlowEntry::kSettled);
}

// decide() names the cases it judged by the fail table; their counters are kept here.
void count_lost_sight(Core& core, Reason reason) noexcept {
    switch (reason) {
        case Reason::unnamed_open:
        case Reason::unnamed_closed:
            lost_sight(core, FailCase::unnamed);
            break;
        case Reason::midstream_open:
        case Reason::midstream_closed:
            lost_sight(core, FailCase::midstream);
            break;
        default:
            break;
    }
}

// Inspection is not running, or cannot have this flow: what must be inspected passes or not, by
// policy. Counted once a verdict.
void settle_inspection(Core& core, const FlowEntry& entry, lookup::Decision& decision) noexcept {
    if (decision.verdict != Verdict::inspect) return;
    if (can_hand_over(core, entry) && !entry.has(FlowEntry::kFromInternet)) return;
    if (lost_sight(core, FailCase::inspect_unavailable) == FailMode::open) return;
    decision.verdict = Verdict::block;
    decision.reason = Reason::inspect_unavailable;
}

// The name a flow already has, wherever it is kept.
flow::NameRef name_ref(const Core& core, const FlowEntry& entry) noexcept {
    if (entry.has(FlowEntry::kHasName)) return entry.ref;
    if (entry.has(FlowEntry::kHasCold)) return core.cold[entry.ref].name;
    return flow::kNoName;
}

// What policy says when there is no room for the name; open when there is.
// `facts` of its hello: nullptr = those it has.
FailMode keep_name(Core& core, FlowEntry& entry, std::string_view name, NameSource source,
                   const model::TlsFacts* facts = nullptr) noexcept {
    const flow::NameRef before = name_ref(core, entry);
    model::TlsFacts kept;
    if (facts != nullptr)
        kept = *facts;
    else if (before != flow::kNoName)
        kept = core.names.facts(before);
    flow::NameRef after = flow::kNoName;
    FailMode mode = FailMode::open;
    if (name.empty()) source = NameSource::none;
    if (!name.empty() || !kept.empty()) {
        after = core.names.acquire(name, static_cast<std::uint8_t>(source), kept);
        if (after == flow::kNoName && !name.empty()) mode = lost_sight(core, FailCase::pool_full);
    }
    if (before != flow::kNoName) core.names.release(before);
    if (Cold* cold = cold_of(core, entry)) {
        cold->name = after;
        return mode;
    }
    entry.clear(FlowEntry::kHasName);
    entry.ref = 0;
    if (after == flow::kNoName) return mode;
    entry.set(FlowEntry::kHasName);
    entry.ref = after;
    return mode;
}

// Answers that only a name can have given.
bool was_named(Reason reason) noexcept {
    return reason == Reason::allowed || reason == Reason::pilot || reason == Reason::not_granted ||
           reason == Reason::uncategorised || reason == Reason::quic_fallback ||
           reason == Reason::under_inspection || model::is_exempt(reason);
}
bool misses_a_name(Reason reason) noexcept {
    return reason == Reason::unnamed_open || reason == Reason::unnamed_closed ||
           reason == Reason::midstream_open || reason == Reason::midstream_closed;
}

}  // namespace

const model::TlsFacts& tls_facts_of(const Core& core, const FlowEntry& entry) noexcept {
    static constexpr model::TlsFacts kNone;
    const flow::NameRef ref = name_ref(core, entry);
    return ref == flow::kNoName ? kNone : core.names.facts(ref);
}

lookup::Facts facts_of(const Core& core, const FlowEntry& entry, UtcTime now) noexcept {
    lookup::Facts facts;
    facts.operator_id = OperatorId{entry.operator_id};
    facts.org = entry.org;
    facts.user = entry.user;
    facts.remote = entry.remote;
    facts.user_port = entry.user_port;
    facts.remote_port = entry.remote_port;
    facts.ip_protocol = entry.ip_protocol;
    facts.from_internet = entry.has(FlowEntry::kFromInternet);
    facts.midstream = entry.has(FlowEntry::kMidstream);
    facts.protocol = entry.protocol;
    facts.confidence = entry.confidence;
    facts.evidence = entry.evidence;
    facts.now = now;
    const flow::NameRef ref = name_ref(core, entry);
    if (ref != flow::kNoName && !core.names.name(ref).empty()) {
        facts.name_state = lookup::NameState::known;
        facts.name = core.names.name(ref);
        facts.name_source = static_cast<NameSource>(core.names.source(ref));
    }
    return facts;
}

void judge(Turn& turn, Slot slot, std::string_view name, NameSource source,
           const model::TlsFacts* tls) noexcept {
    Core& core = turn.core;
    FlowEntry& entry = core.table.at(slot);
    if (name.empty()) {
        name = core.dns.find(entry.operator_id, entry.remote, turn.now.mono);
        source = NameSource::dns_answer;
    }
    const FailMode unkept = keep_name(core, entry, name, source, tls);
    entry.evidence = evidence_for(core, entry, name, source, turn.now.mono);
    lookup::Facts facts = facts_of(core, entry, turn.now.utc);
    if (!name.empty()) {  // also when the name pool was full
        facts.name_state = lookup::NameState::known;
        facts.name = name;
        facts.name_source = source;
    }
    lookup::Decision decision = lookup::decide(*core.bundle, facts);
    count_lost_sight(core, decision.reason);
    if (lookup::unsure_of_protocol(*core.bundle, facts)) ++core.counters.protocol_unsure;
    count_evidence(core, facts.evidence, decision.reason);
    settle_inspection(core, entry, decision);
    if (unkept == FailMode::closed && decision.verdict != Verdict::block) {
        decision.verdict = Verdict::block;
        decision.reason = Reason::unclassified_closed;
    }
    write(core, entry, decision);
    note_verdict(turn, entry, slot);
}

void keep_facts(Core& core, Slot slot, const model::TlsFacts& facts) noexcept {
    FlowEntry& entry = core.table.at(slot);
    const lookup::Facts known = facts_of(core, entry, UtcTime{});
    keep_name(core, entry, known.name, known.name_source, &facts);
}

void tell_question(Core& core, Slot slot, std::string_view question) noexcept {
    FlowEntry& entry = core.table.at(slot);
    if (facts_of(core, entry, UtcTime{}).name.empty())
        keep_name(core, entry, question, NameSource::dns_query);
}

void judge_early(Turn& turn, Slot slot) noexcept {
    Core& core = turn.core;
    FlowEntry& entry = core.table.at(slot);
    lookup::Facts facts = facts_of(core, entry, turn.now.utc);
    facts.name_state = lookup::NameState::pending;
    lookup::Decision decision = lookup::decide(*core.bundle, facts);
    settle_inspection(core, entry, decision);
    write(core, entry, decision);
}

bool judge_again(Turn& turn, Slot slot) noexcept {
    Core& core = turn.core;
    FlowEntry& entry = core.table.at(slot);
    entry.generation = core.generation;
    // A page has answered: the two ends no longer agree on their numbers, whatever is allowed now.
    const Cold* cold = cold_of(core, entry);
    if (cold != nullptr && cold->phase == Phase::paged) return false;
    entry.org = lookup::find_user(*core.bundle, OperatorId{entry.operator_id}, entry.user);
    const lookup::Facts facts = facts_of(core, entry, turn.now.utc);
    lookup::Decision decision = lookup::decide(*core.bundle, facts);
    ++core.counters.redecided;
    if (cold != nullptr && is_handed(cold->phase)) {
        judge_handed_again(turn, slot, decision);
        return false;
    }
    // Inspection cannot begin in the middle of TLS: such a flow stays what it is until it ends.
    const bool late_inspection =
        decision.verdict == Verdict::inspect && entry.verdict == Verdict::forward;
    // There was no room for its name: what it decided stands, it cannot be asked again.
    const bool name_lost =
        facts.name.empty() && was_named(entry.reason) && misses_a_name(decision.reason);
    if (late_inspection || name_lost ||
        (decision.verdict == entry.verdict && decision.reason == entry.reason))
        return false;
    settle_inspection(core, entry, decision);
    const bool newly_blocked =
        decision.verdict == Verdict::block && entry.verdict != Verdict::block;
    write(core, entry, decision);
    note_verdict(turn, entry, slot);
    if (newly_blocked) tell_blocked(turn, slot);
    return newly_blocked;
}

}  // namespace sluice::pipeline
