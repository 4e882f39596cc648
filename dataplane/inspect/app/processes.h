// The processes of sluice-inspect: a parent that opens what needs privileges, starts the workers,
// starts one again that ended, and renews the ticket keys they share.
#pragma once
#include "rules/load/inspect_config.h"

namespace sluice::inspect {

// Until SIGTERM or SIGINT; the exit status of the program.
int run_processes(const load::InspectConfig& config);

}  // namespace sluice::inspect
