// The configuration file of sluice-dataplane: ports, cores, memory and limits. What the machine is,
// not what the rules are; read once at start, with the strictness of a policy. README.md and
// rules/data/dataplane.yaml show the format.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "rules/load/loaded_file.h"
#include "rules/model/policy.h"

namespace sluice::load {

inline constexpr std::size_t kDataplaneWiresMax = 16;  // two ports each
inline constexpr std::size_t kWorkerCpusMax = 64;
inline constexpr std::size_t kEalOptionsMax = 64;

// Idle times after which a flow is taken out; the fields and defaults of flow::FlowTimeouts.
struct DataplaneTimeouts {
    std::uint32_t embryonic_ms = 10'000;
    std::uint32_t tcp_established_ms = 7'440'000;  // RFC 5382 REQ-5: at least 2 h 4 min
    std::uint32_t closing_ms = 60'000;
    std::uint32_t closed_ms = 2'000;
    std::uint32_t udp_ms = 120'000;
    std::uint32_t other_ms = 60'000;
    std::uint32_t blocked_ms = 30'000;
    friend bool operator==(const DataplaneTimeouts&, const DataplaneTimeouts&) = default;
};

// Of each worker; the fields and defaults of pipeline::WorkerLimits, but for the quota of new
// flows, which a replay does not have.
struct DataplaneLimits {
    std::uint32_t flows_max = 1'000'000;
    std::uint32_t cold_max = 65'536;
    std::uint32_t small_buffers = 16'384;
    std::uint32_t large_buffers = 1'024;
    std::uint32_t names_max = 65'536;
    std::uint32_t dns_addresses_max = 65'536;
    std::uint32_t fragments_max = 4'096;
    std::uint32_t held_packets_max = 8'192;
    std::uint32_t hold_stalled_ms = 100;
    std::uint32_t hold_hole_ms = 1'000;
    std::uint32_t new_flows_per_organisation = 20'000;
    std::uint32_t sweep_ms = 4'000;
    DataplaneTimeouts timeouts;
    friend bool operator==(const DataplaneLimits&, const DataplaneLimits&) = default;
};

struct DataplaneConfig {
    std::string runtime_dir = "/run/sluice";            // sockets and shared memory
    std::string bundle_dir = "/var/lib/sluice/bundle";  // where sluiced publishes
    std::string broker_socket;  // of sluice-broker; empty: nothing is handed over for inspection
    std::string
        run_as;  // user once the ports are open: name, uid or uid:gid; empty = stays who it is

    // One worker a CPU, each CPU once. In the file either this list or `workers: N`, which is CPUs
    // 0 to N - 1.
    std::vector<std::uint32_t> worker_cpus = {0};
    enum class Idle : std::uint8_t {
        spin,   // polls without rest: real NICs
        sleep,  // after some empty turns sleeps up to 100 us: a lab that shares its CPUs
    };
    Idle idle = Idle::spin;

    bool huge_pages = true;
    std::uint32_t memory_mib = 0;          // of DPDK; 0 = as much as it asks for
    std::vector<std::string> eal_options;  // handed to DPDK as they are: "--no-pci"

    std::uint32_t mtu_bytes = 1'500;
    std::uint32_t rx_descriptors = 1'024;  // of each queue; a power of two
    std::uint32_t tx_descriptors = 1'024;

    bool enforce_commit = true;          // what is beyond an operator's commit is dropped
    std::uint32_t commit_burst_ms = 10;  // of the commit that may come at once
    std::uint32_t watchdog_ms = 1'000;   // a worker that has not turned for so long is stalled

    struct Port {
        std::string device;  // "0000:3b:00.0" or a vdev: "net_af_packet0,iface=wire0u"
        friend bool operator==(const Port&, const Port&) = default;
    };
    struct Wire {
        std::string id;  // as in the policy
        Port user, internet;
        model::Position at;
        friend bool operator==(const Wire&, const Wire&) = default;
    };
    std::vector<Wire> wires;  // at least one

    DataplaneLimits limits;
    friend bool operator==(const DataplaneConfig&, const DataplaneConfig&) = default;
};

using LoadedDataplaneConfig = LoadedFile<DataplaneConfig>;

// `file` is what diagnostics call the text. Codes: those of YAML files (README.md), and empty_list
// (no wire, no worker), duplicate_id, duplicate_device, duplicate_entry, bad_path, bad_device,
// bad_option, not_a_power_of_two, too_many.
LoadedDataplaneConfig load_dataplane_config(std::string_view text, const std::string& file);
// Code cannot_read besides, when there is no such file.
LoadedDataplaneConfig load_dataplane_config_file(const std::filesystem::path& path);

}  // namespace sluice::load
