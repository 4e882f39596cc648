// sluiced: puts store, pipeline, API and intake together and turns the wheel.
#pragma once
#include <atomic>
#include <string>

#include "control/daemon/case_keeper.h"

namespace sluice::control {

struct DaemonConfig {
    std::string state_dir = "/var/lib/sluice";
    std::string runtime_dir = "/run/sluice";
    std::string bundle_dir = "/var/lib/sluice/bundle";
    std::string run_as;   // user, name or uid or uid:gid; empty = stays who it is
    std::string metrics;  // loopback address and port of GET /metrics; empty: the API's socket only
    std::string requests;  // file that says whose signed requests are taken; empty: none are
    std::string restore;   // a backup to put in the place of the store, instead of running
    std::string notices;   // file that says where notices go; empty: they wait
    std::string signer;    // socket of sluice-signer, which keeps evidence; empty: none is kept
    CaseKeeper::Config cases;
};

// Runs until `stop` becomes true. Returns the process's exit code: 0, or 1 when it could not start
// (the log says why).
int run_daemon(const DaemonConfig& config, const std::atomic<bool>& stop);

}  // namespace sluice::control
