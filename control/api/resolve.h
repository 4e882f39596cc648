// From the words in a request to the numbers of the rules in force.
#pragma once
#include <memory>
#include <optional>
#include <string>

#include "control/api/api.h"
#include "control/api/subject.h"

namespace sluice::control {

// The policy in force, or an error that says how to get one.
Result<std::shared_ptr<const Candidate>, ApiError> rules_in_force(Services& services);
// Nothing for an empty id; an error for one the rules do not know.
Result<std::optional<OperatorId>, ApiError> operator_of(const Rulebook& rules,
                                                        const std::string& id);
Result<OrgId, ApiError> organisation_of(const Rulebook& rules, const std::string& id);

// A live flow by number or by its two ends; nothing when the data plane holds none.
Result<std::optional<ipc::FlowRecord>, ApiError> live_flow(const Subject& subject,
                                                           const std::string& operator_id,
                                                           const Rulebook& rules,
                                                           Services& services);

}  // namespace sluice::control
