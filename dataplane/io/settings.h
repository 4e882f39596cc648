// Settings: what io/ needs to know before it starts, as plain values. app/ makes them from the
// configuration file.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "dataplane/io/device_name.h"
#include "dataplane/pipeline/worker.h"

namespace sluice::io {

struct WireSettings {
    std::string id;  // as the policy names it
    DeviceName user, internet;
};

enum class IdleMode : std::uint8_t {
    spin,   // polls without rest: real NICs
    sleep,  // after some empty turns, sleeps up to 100 us: a lab that shares its CPUs
};

struct Settings {
    std::string bundle_dir, runtime_dir;
    std::string run_as;                       // see rules/sandbox; empty = stays who it is
    std::vector<WireSettings> wires;          // at most pipeline::kWiresMax
    std::vector<unsigned> worker_cpus = {0};  // one worker a CPU
    IdleMode idle = IdleMode::spin;
    bool huge_pages = true;
    std::uint32_t memory_mib = 0;  // that DPDK reserves at start; 0 = as much as it comes to need
    std::uint16_t mtu = 1500;
    std::uint16_t rx_descriptors = 1024, tx_descriptors = 1024;
    bool enforce_commit = true;            // what is beyond an operator's commit is dropped
    std::uint32_t commit_burst_ms = 10;    // of the commit that may come at once
    std::uint32_t watchdog_ms = 1'000;     // a worker that has not turned for so long is stalled
    std::vector<std::string> eal_options;  // appended to ours, so they win
    pipeline::WorkerLimits limits;         // of each worker

    unsigned workers() const { return static_cast<unsigned>(worker_cpus.size()); }
};

}  // namespace sluice::io
