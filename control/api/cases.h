// What the resources of life cycles share.
#pragma once
#include "control/api/api.h"

namespace sluice::control {

// `unavailable` when life cycles are not loaded.
Result<CaseParts, ApiError> case_parts(Services& services);

}  // namespace sluice::control
