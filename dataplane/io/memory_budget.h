// How much memory the limits ask for, and whether this machine has it: known before anything
// starts, so that nothing is refused for lack of memory later.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dataplane/io/settings.h"

namespace sluice::io {

struct MemoryBudget {
    struct Part {
        std::string what;
        std::uint64_t bytes = 0;
    };
    std::vector<Part> parts;           // of all workers together; about, but their sum is exact
    std::uint64_t packet_bytes = 0;    // packet buffers and DPDK's own: must be huge pages, if on
    std::uint64_t ordinary_bytes = 0;  // everything else: huge pages where there are some left
    std::uint64_t total_bytes() const { return packet_bytes + ordinary_bytes; }
};

MemoryBudget memory_budget(const Settings& settings);

// NUMA nodes of this machine, at least 1: each has a packet pool.
unsigned numa_nodes();

struct MachineMemory {
    std::uint64_t available_bytes = 0;  // MemAvailable: ordinary pages
    std::uint64_t huge_free_bytes = 0;  // free huge pages of every size
};
MachineMemory machine_memory();

// Why the budget does not fit, and what to do; nothing when it fits.
std::optional<std::string> why_it_does_not_fit(const MemoryBudget& budget,
                                               const MachineMemory& machine, bool huge_pages);

// "1.4 GiB", "82 MiB", "512 B": three digits at most.
std::string bytes_text(std::uint64_t bytes);

}  // namespace sluice::io
