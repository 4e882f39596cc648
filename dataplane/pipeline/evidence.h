// What speaks for the name a flow claims (design section 4): resolvers' answers, listed ranges. And
// against it: that it is only the public name of an encrypted ClientHello.
#pragma once
#include "dataplane/pipeline/core.h"

namespace sluice::pipeline {

// An answer of a resolver of the policy's own, wherever it was read: the name has this address, or,
// at kNoAddress, is the public name of encrypted ClientHellos, for an hour at least: clients go on
// with what they have been told.
void learn(Core& core, std::uint8_t operator_id, const IpAddress& address, std::string_view name,
           std::uint32_t ttl_s, MonoTime now) noexcept;

// Does a ClientHello with the ECH extension that bears this name go to another one? Known public
// names, shipped and learnt. An exempt name is never believed to be one: whoever publishes it in
// his own HTTPS records would take its exemption away.
bool is_public_name_of_ech(const Core& core, std::uint8_t operator_id, std::string_view name,
                           MonoTime now) noexcept;

// none: there is no name that is judged. noexcept, no allocation; one hash of the name and one
// group of answers, and the address's lists where those say nothing.
model::NameEvidence evidence_for(const Core& core, const flow::FlowEntry& entry,
                                 std::string_view name, model::NameSource source,
                                 MonoTime now) noexcept;

// Once a flow is decided: counts its evidence, and an exemption that a contradiction speaks
// against.
void count_evidence(Core& core, model::NameEvidence evidence, model::Reason reason) noexcept;

}  // namespace sluice::pipeline
