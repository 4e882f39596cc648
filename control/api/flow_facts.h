// From what the data plane reports about a flow to the facts it was judged by, and back from JSON.
#pragma once
#include <optional>

#include "control/commit/engine.h"
#include "rules/ipc/event.h"
#include "rules/ipc/flow_record.h"
#include "rules/lookup/facts.h"

namespace sluice::control {

// `name` of the result is left empty: the caller keeps the bytes and points it at them.
lookup::Facts facts_of(const ipc::FlowRecord& flow, const Rulebook& rules, UtcTime now);

// What is usual on that port, when nothing of the flow was seen.
model::Protocol usual_protocol(std::uint8_t ip_protocol, std::uint16_t remote_port);

// A blocked flow as the store keeps it: the replay record plus operator and reference.
render::Json event_json(const ipc::Event& event, const Rulebook& rules);
// The same back; nothing when a field is missing or its operator is gone.
std::optional<ipc::FlowRecord> record_of(const render::Json& kept, const Rulebook& rules);

}  // namespace sluice::control
