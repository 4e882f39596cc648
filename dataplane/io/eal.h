// Starting and stopping DPDK's environment (EAL): which CPUs, which devices, which memory.
#pragma once
#include <string>
#include <vector>

#include "dataplane/io/settings.h"
#include "rules/base/result.h"

namespace sluice::io {

// The command line for rte_eal_init, program name first. Pure.
//   cpus_online  what the main thread may run on; the workers' CPUs are left out when others are
//                there. Lcore 0 is the main thread, lcore 1 + i worker i on worker_cpus[i].
std::vector<std::string> eal_arguments(const Settings& settings,
                                       const std::vector<unsigned>& cpus_online);

// One EAL per process, for as long as this lives. Its log lines go to ours.
class Eal {
  public:
    static Result<Eal, std::string> start(const Settings& settings);
    Eal(Eal&& from) noexcept : running_(from.running_) { from.running_ = false; }
    Eal& operator=(Eal&&) = delete;
    ~Eal();

  private:
    Eal() = default;
    bool running_ = true;
};

// CPUs this process may run on.
std::vector<unsigned> cpus_online();

}  // namespace sluice::io
