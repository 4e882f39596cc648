// lint: what is well-formed in a life cycle and cannot be meant.
#pragma once
#include "control/lifecycle/life_cycle.h"
#include "rules/load/report.h"

namespace sluice::control {

// Errors: unreachable_state (no way from an opening event), dead_end (a state that is not final and
// that nothing leaves), deadline_without_effect (its event is not possible for the system in a
// state the deadline lives in, or neither moves the case nor tells anybody), leaves_final_state,
// unknown_rule (a rule id the life cycle does not name), unused_notice, unknown_placeholder.
void lint(const LifeCycle& cycle, load::Report& report);

// The life cycle as a Mermaid state diagram (text).
std::string draw(const LifeCycle& cycle);

}  // namespace sluice::control
