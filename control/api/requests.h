// Signed requests as the API shows them.
#pragma once
#include "control/api/api.h"

namespace sluice::control {

Json request_json(const RequestRow& row);

// The signed requests a flow of this organisation rests on by the policy in force: its yearly list
// and its grants. One whose number is not in the store is named without a signer.
Json requests_behind(const std::string& organisation, const model::Policy& policy, Services& s);

}  // namespace sluice::control
