// EAL start: arguments, log lines, errors in words.
#include "dataplane/io/eal.h"

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_log.h>
#include <sched.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdio>
#include <string_view>

#include "dataplane/io/memory_budget.h"

namespace sluice::io {
namespace {

// DPDK writes whole lines, sometimes several; each becomes one of ours.
ssize_t log_line(void*, const char* text, std::size_t size) {
    std::string_view rest(text, size);
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        if (end > 0) spdlog::warn("dpdk: {}", rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return static_cast<ssize_t>(size);
}

void take_over_log() {
    static FILE* const stream = fopencookie(
        nullptr, "w", {.read = nullptr, .write = log_line, .seek = nullptr, .close = nullptr});
    if (stream == nullptr) return;  // DPDK then writes to stderr itself
    setvbuf(stream, nullptr, _IOLBF, 0);
    rte_openlog_stream(stream);
}

std::string join(const std::vector<unsigned>& numbers) {
    std::string text;
    for (const unsigned n : numbers) {
        if (!text.empty()) text += ',';
        text += std::to_string(n);
    }
    return text;
}

}  // namespace

std::vector<std::string> eal_arguments(const Settings& settings,
                                       const std::vector<unsigned>& cpus) {
    std::vector<unsigned> main_cpus;
    for (const unsigned cpu : cpus)
        if (std::ranges::find(settings.worker_cpus, cpu) == settings.worker_cpus.end())
            main_cpus.push_back(cpu);
    if (main_cpus.empty()) main_cpus = cpus;
    std::string lcores = "0@(" + join(main_cpus) + ")";
    for (unsigned i = 0; i < settings.workers(); ++i)
        lcores.append(",")
            .append(std::to_string(1 + i))
            .append("@")
            .append(std::to_string(settings.worker_cpus[i]));

    std::vector<std::string> arguments = {"sluice-dataplane", "--no-telemetry",
                                          "--log-level=*:warning", "--lcores=" + lcores};
    // --in-memory: no files of ours in hugetlbfs, so nothing is left behind after a kill. Without
    // huge pages DPDK refuses it ("legacy memory"); then it is enough to share no configuration.
    if (settings.huge_pages)
        arguments.push_back("--in-memory");
    else
        arguments.insert(arguments.end(), {"--no-huge", "--no-shconf"});
    std::uint64_t memory_mib = settings.memory_mib;
    // Ordinary pages are taken all at once, so their number must be told.
    if (memory_mib == 0 && !settings.huge_pages)
        memory_mib = (memory_budget(settings).packet_bytes >> 20) + 1;
    if (memory_mib > 0) arguments.insert(arguments.end(), {"-m", std::to_string(memory_mib)});
    bool any_pci = false;
    for (const WireSettings& wire : settings.wires)
        for (const DeviceName* device : {&wire.user, &wire.internet})
            if (device->bus == DeviceName::Bus::pci) {
                any_pci = true;
                std::string allowed = device->name;
                if (!device->arguments.empty()) allowed += "," + device->arguments;
                arguments.insert(arguments.end(), {"-a", allowed});
            }
    if (!any_pci) arguments.push_back("--no-pci");
    arguments.insert(arguments.end(), settings.eal_options.begin(), settings.eal_options.end());
    return arguments;
}

std::vector<unsigned> cpus_online() {
    std::vector<unsigned> cpus;
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof(set), &set) == 0)
        for (unsigned cpu = 0; cpu < CPU_SETSIZE; ++cpu)
            if (CPU_ISSET(cpu, &set)) cpus.push_back(cpu);
    return cpus;
}

Result<Eal, std::string> Eal::start(const Settings& settings) {
    take_over_log();
    std::vector<std::string> arguments = eal_arguments(settings, cpus_online());
    std::vector<char*> argv;
    for (std::string& argument : arguments)
        argv.push_back(argument.data());
    if (rte_eal_init(static_cast<int>(argv.size()), argv.data()) >= 0) return Eal();
    std::string line;
    for (const std::string& argument : arguments)
        line += " " + argument;
    return Err{"DPDK does not start: " + std::string(rte_strerror(rte_errno)) +
               "; it was given:" + line};
}

Eal::~Eal() {
    if (running_) rte_eal_cleanup();
}

}  // namespace sluice::io
