// The table of flows, printed from replay records or from the API's flows: the same columns both.
#pragma once
#include <string>

#include "control/render/flow_json.h"

namespace sluice::render {

// `flows`: a JSON array of replay records (flow_json.h). Returns header and rows, lines ended; for
// an empty array only the header.
std::string flow_table(const Json& flows);

}  // namespace sluice::render
