// The order of decisions (design section 4), step by step. This is the page an auditor reads.
//
// decide() and explain() are the same code: decide_with() asks each step in turn and stops at the
// first that answers; the trace only watches. Nothing here allocates, waits or reads a clock.
#pragma once
#include <optional>

#include "rules/lookup/bundle_view.h"
#include "rules/lookup/facts.h"

namespace sluice::lookup {

// Design's numbers; 1 is the packet path's. link_local belongs to what no rule about users judges.
enum class Step : std::uint8_t {
    bypass,       // 2
    link_local,   // 2, after bypass
    source,       // 3
    service,      // 4
    mail,         // 5
    protocol,     // 6
    yearly_list,  // 7
    waf,          // 8
    exemption,    // 9
    inspection,   // 10
    forward,      // 11
};
inline constexpr unsigned kSteps = 11;

// A step's answer: a decision, or "not my business, ask the next one".
using Answer = std::optional<Decision>;

Answer step_bypass(const BundleView& bundle, const Facts& facts) noexcept;
Answer step_link_local(const Facts& facts) noexcept;
Answer step_source(const BundleView& bundle, const Facts& facts) noexcept;
Answer step_service(const BundleView& bundle, const Facts& facts) noexcept;
Answer step_mail(const BundleView& bundle, const Facts& facts) noexcept;
Answer step_protocol(const BundleView& bundle, const Facts& facts) noexcept;
// `categories` becomes those of the flow's name when there is a name to judge, else those of its
// address and protocol.
Answer step_yearly_list(const BundleView& bundle, const Facts& facts,
                        model::CategorySet& categories) noexcept;
Answer step_waf(const BundleView& bundle, const Facts& facts) noexcept;
Answer step_exemption(const BundleView& bundle, const Facts& facts,
                      const model::CategorySet& categories) noexcept;
Answer step_inspection(const BundleView& bundle, const Facts& facts,
                       const model::CategorySet& categories) noexcept;
// What remains: forward; or, opened from the internet side, inbound_default.
Decision step_forward(const BundleView& bundle, const Facts& facts,
                      const model::CategorySet& categories) noexcept;

// Has an organisation of this bundle.
inline bool catalogued(const BundleView& bundle, const Facts& facts) noexcept {
    return facts.org != kNoOrg && facts.org.raw() <= bundle.organisation_count();
}
// The protected service a flow is for; nullptr: none (or not known yet).
const layout::ServiceRow* service_of(const BundleView& bundle, const Facts& facts) noexcept;
// The set of one kind that belongs to the flow's operator, asked about its user-side address.
PrefixMatch operator_match(const BundleView& bundle, const Facts& facts,
                           layout::OperatorSet kind) noexcept;

// Trace has `bool step(Step, const Answer&) noexcept`: told of every step asked, in order; returns
// whether the answer is a decision.
template <class Trace>
Decision decide_with(const BundleView& bundle, const Facts& facts, Trace& trace) noexcept {
    model::CategorySet categories;
    Answer a;
    if (trace.step(Step::bypass, a = step_bypass(bundle, facts))) return *a;
    if (trace.step(Step::link_local, a = step_link_local(facts))) return *a;
    if (!facts.from_internet && trace.step(Step::source, a = step_source(bundle, facts))) return *a;
    if (trace.step(Step::service, a = step_service(bundle, facts))) return *a;
    if (trace.step(Step::mail, a = step_mail(bundle, facts))) return *a;

    if (facts.from_internet) {
        if (trace.step(Step::waf, a = step_waf(bundle, facts))) return *a;
    } else {
        if (trace.step(Step::protocol, a = step_protocol(bundle, facts))) return *a;
        if (trace.step(Step::yearly_list, a = step_yearly_list(bundle, facts, categories)))
            return *a;
        if (trace.step(Step::exemption, a = step_exemption(bundle, facts, categories))) return *a;
        if (trace.step(Step::inspection, a = step_inspection(bundle, facts, categories))) return *a;
    }
    a = step_forward(bundle, facts, categories);
    trace.step(Step::forward, a);
    return *a;
}

// Watches nothing: the fast path's trace.
struct NullTrace {
    bool step(Step, const Answer& answer) noexcept { return answer.has_value(); }
};

}  // namespace sluice::lookup
