// From a step of a life cycle to what the store writes.
#pragma once
#include "control/cases/codec.h"

namespace sluice::control {

CaseWrite case_write(const LifeCycle& cycle, const Case& before, const Step& done);

}  // namespace sluice::control
