// What speaks for the name a flow claims (design section 4): resolvers' answers, listed ranges.
#pragma once
#include "dataplane/pipeline/core.h"

namespace sluice::pipeline {

// none: there is no name that is judged. noexcept, no allocation; one hash of the name and one
// group of answers, and the address's lists where those say nothing.
model::NameEvidence evidence_for(const Core& core, const flow::FlowEntry& entry,
                                 std::string_view name, model::NameSource source,
                                 MonoTime now) noexcept;

// Once a flow is decided: counts its evidence, and an exemption that a contradiction speaks
// against.
void count_evidence(Core& core, model::NameEvidence evidence, model::Reason reason) noexcept;

}  // namespace sluice::pipeline
