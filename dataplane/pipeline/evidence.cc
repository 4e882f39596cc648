#include "dataplane/pipeline/evidence.h"

namespace sluice::pipeline {

using model::NameEvidence;
using model::NameSource;

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
    const bool exempt =
        reason >= model::Reason::exempt_finance && reason <= model::Reason::exempt_os_update;
    if (exempt ||
        core.bundle->fail_table()[model::FailCase::name_contradiction] == model::FailMode::closed)
        lost_sight(core, model::FailCase::name_contradiction);
}

}  // namespace sluice::pipeline
