// Adds up what the limits cost.
#include "dataplane/io/memory_budget.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "dataplane/io/mesh.h"
#include "dataplane/io/packet_pool.h"
#include "dataplane/io/shared_memory.h"

namespace sluice::io {
namespace {

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;
constexpr std::uint64_t kHugePageBytes = 2 * kMiB;
// EAL's heap, rings and device tables: an estimate with room to spare, not a measurement.
constexpr std::uint64_t kDpdkBytes = 32 * kMiB;

std::uint64_t number_in(const std::filesystem::path& path) {
    std::ifstream file(path);
    std::uint64_t number = 0;
    file >> number;
    return number;
}

}  // namespace

unsigned numa_nodes() {
    unsigned nodes = 0;
    while (std::filesystem::exists("/sys/devices/system/node/node" + std::to_string(nodes)))
        ++nodes;
    return std::max(nodes, 1u);
}

MemoryBudget memory_budget(const Settings& settings) {
    const pipeline::WorkerLimits& l = settings.limits;
    const std::uint64_t n = settings.workers();
    MemoryBudget budget;
    const auto part = [&](const char* what, std::uint64_t count, double bytes_each) {
        const auto bytes = static_cast<std::uint64_t>(static_cast<double>(n * count) * bytes_each);
        budget.parts.push_back({what, bytes});
        budget.ordinary_bytes += bytes;
    };
    // Bytes each, as dataplane/flow and dataplane/pipeline lay them out.
    part("flows", l.flows_max, 82.9);
    part("flows being classified", l.cold_max, 400);
    part("first bytes, small", l.small_buffers, 2'048);
    part("first bytes, large", l.large_buffers, 20'480);
    part("names", l.names_max, 300);
    part("names learnt from DNS", l.dns_addresses_max, 310);
    part("fragmented datagrams", l.fragments_max, 320);
    part("held packets", l.held_packets_max, 16);
    if (l.new_flows_per_organisation != 0) part("quotas of new flows", 1, 5'242'880);
    // The parts are about right; their sum is what a worker really maps. Its tables are not touched
    // before it runs, so making one to ask costs next to nothing.
    const std::uint64_t exact =
        n * pipeline::Worker(l, pipeline::WorkerDeps{.hash_key = {}}).memory_bytes();
    for (MemoryBudget::Part& one : budget.parts)
        one.bytes =
            static_cast<std::uint64_t>(static_cast<double>(one.bytes) * static_cast<double>(exact) /
                                       static_cast<double>(budget.ordinary_bytes));
    budget.ordinary_bytes = exact;
    const std::uint64_t shared = SharedMemory::memory_bytes(settings.workers());
    budget.parts.push_back({"counters and events", shared});
    budget.ordinary_bytes += shared;
    const auto ports = static_cast<unsigned>(settings.wires.size() * 2);
    const std::uint64_t mesh = Mesh::memory_bytes(settings.workers(), ports);
    if (mesh > 0) budget.parts.push_back({"rings between workers", mesh});
    budget.packet_bytes =
        numa_nodes() * packet_pool_bytes(packet_buffers(settings), settings) + mesh +
        kDpdkBytes;
    budget.parts.push_back({"packet buffers and DPDK", budget.packet_bytes - mesh});
    return budget;
}

MachineMemory machine_memory() {
    MachineMemory machine;
    std::ifstream meminfo("/proc/meminfo");
    std::string word;
    while (meminfo >> word)
        if (word == "MemAvailable:") {
            meminfo >> machine.available_bytes;
            machine.available_bytes *= 1024;
        }
    std::error_code none;
    for (const auto& size : std::filesystem::directory_iterator("/sys/kernel/mm/hugepages", none)) {
        unsigned long kib = 0;  // the directory is called hugepages-2048kB
        if (std::sscanf(size.path().filename().c_str(), "hugepages-%lukB", &kib) == 1)
            machine.huge_free_bytes += number_in(size.path() / "free_hugepages") * kib * 1024;
    }
    return machine;
}

std::optional<std::string> why_it_does_not_fit(const MemoryBudget& budget,
                                               const MachineMemory& machine, bool huge_pages) {
    const std::uint64_t pages = (budget.packet_bytes + kHugePageBytes - 1) / kHugePageBytes;
    if (huge_pages && budget.packet_bytes > machine.huge_free_bytes)
        return "packet buffers need " + bytes_text(budget.packet_bytes) + " in huge pages, " +
               bytes_text(machine.huge_free_bytes) +
               " are free; reserve them: sysctl -w "
               "vm.nr_hugepages=" +
               std::to_string(pages) + " (or more), or lower the limits";
    const std::uint64_t packets_elsewhere = huge_pages ? 0 : budget.packet_bytes;
    const std::uint64_t huge_left = huge_pages ? machine.huge_free_bytes - budget.packet_bytes : 0;
    const std::uint64_t needed = budget.ordinary_bytes + packets_elsewhere;
    if (needed > machine.available_bytes + huge_left)
        return "the limits need " + bytes_text(needed) + " besides packet buffers, " +
               bytes_text(machine.available_bytes + huge_left) +
               " are free; lower flows_max or add memory";
    return std::nullopt;
}

std::string bytes_text(std::uint64_t bytes) {
    constexpr std::array kUnits = {"B", "KiB", "MiB", "GiB", "TiB"};
    auto amount = static_cast<double>(bytes);
    std::size_t unit = 0;
    while (amount >= 999.5 && unit + 1 < kUnits.size()) {
        amount /= 1024;
        ++unit;
    }
    char text[32];
    std::snprintf(text, sizeof(text), amount < 9.95 && unit > 0 ? "%.1f %s" : "%.0f %s", amount,
                  kUnits[unit]);
    return text;
}

}  // namespace sluice::io
