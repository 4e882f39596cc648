#include "dataplane/pipeline/evidence.h"

#include <algorithm>

#include "dataplane/pipeline/ech_names.h"

namespace sluice::pipeline {

using model::NameEvidence;
using model::NameSource;

namespace {

constexpr std::uint32_t kEchLeastS = 3'600, kEchMostS = 86'400;

bool is_exempt(const lookup::BundleView& bundle, std::string_view name) noexcept {
    const model::CategorySet categories = lookup::categorise(bundle, name);
    for (const model::CategorySet& exempt : bundle.policy().head->exempt)
        if (!categories.common(exempt).empty()) return true;
    return false;
}

}  // namespace

void learn(Core& core, std::uint8_t operator_id, const IpAddress& address, std::string_view name,
           std::uint32_t ttl_s, MonoTime now) noexcept {
    if (address != kNoAddress) return core.dns.learn(operator_id, address, name, ttl_s, now);
    const std::int64_t seconds = std::clamp(ttl_s, kEchLeastS, kEchMostS);
    core.ech_names.learn(operator_id, name, kNoAddress,
                         MonoTime{now.raw() + seconds * kNsPerSecond}, now);
}

bool is_public_name_of_ech(const Core& core, std::uint8_t operator_id, std::string_view name,
                           MonoTime now) noexcept {
    if (is_ech_public_name(name)) return true;
    return core.ech_names.ask(operator_id, name, kNoAddress, now) == NameEvidence::agree &&
           !is_exempt(*core.bundle, name);
}

NameEvidence evidence_for(const Core& core, const flow::FlowEntry& entry, std::string_view name,
                          NameSource source, MonoTime now) noexcept {
    if (name.empty() || source == NameSource::dns_query) return NameEvidence::none;
    if (source == NameSource::dns_answer) return NameEvidence::agree;  // the answer is the name
    const NameEvidence answered =
        core.dns.addresses().ask(entry.operator_id, name, entry.remote, now);
    if (answered == NameEvidence::agree) return answered;
    const model::CategorySet listed = lookup::categorise_address(*core.bundle, entry.remote);
    if (listed.empty()) return answered;
    const bool same = !listed.common(lookup::categorise(*core.bundle, name)).empty();
    return same ? NameEvidence::agree : answered;
}

void count_evidence(Core& core, NameEvidence evidence, model::Reason reason) noexcept {
    switch (evidence) {
        case NameEvidence::none:
            return;
        case NameEvidence::agree:
            ++core.counters.evidence_agree;
            return;
        case NameEvidence::unknown:
            ++core.counters.evidence_unknown;
            return;
        case NameEvidence::contradict:
            ++core.counters.evidence_contradict;
            break;
    }
    if (model::is_exempt(reason) ||
        core.bundle->fail_table()[model::FailCase::name_contradiction] == model::FailMode::closed)
        lost_sight(core, model::FailCase::name_contradiction);
}

}  // namespace sluice::pipeline
