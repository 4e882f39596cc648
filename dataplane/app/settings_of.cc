// Field by field; the two sides do not know each other.
#include "dataplane/app/settings_of.h"

namespace sluice::app {
namespace {

pipeline::WorkerLimits limits_of(const load::DataplaneLimits& from) {
    const load::DataplaneTimeouts& t = from.timeouts;
    return {.flows_max = from.flows_max,
            .cold_max = from.cold_max,
            .small_buffers = from.small_buffers,
            .large_buffers = from.large_buffers,
            .names_max = from.names_max,
            .dns_addresses_max = from.dns_addresses_max,
            .fragments_max = from.fragments_max,
            .held_packets_max = from.held_packets_max,
            .hold_stalled_ms = from.hold_stalled_ms,
            .hold_hole_ms = from.hold_hole_ms,
            .new_flows_per_organisation = from.new_flows_per_organisation,
            .sweep_ms = from.sweep_ms,
            .timeouts = {.embryonic_ms = t.embryonic_ms,
                         .tcp_established_ms = t.tcp_established_ms,
                         .closing_ms = t.closing_ms,
                         .closed_ms = t.closed_ms,
                         .udp_ms = t.udp_ms,
                         .other_ms = t.other_ms,
                         .blocked_ms = t.blocked_ms}};
}

std::string complaint(const load::DataplaneConfig::Wire& wire, const std::string& device,
                      const std::string& file) {
    return file + ":" + std::to_string(wire.at.line) + ":" + std::to_string(wire.at.column) +
           ": error: wire " + wire.id + ": \"" + device + "\" is no device" +
           "\n  hint: write a PCI address (0000:3b:00.0) or a virtual device of DPDK "
           "(net_af_packet0,iface=eth1)\n";
}

}  // namespace

Result<io::Settings, std::vector<std::string>> settings_of(const load::DataplaneConfig& config,
                                                           const std::string& file) {
    io::Settings settings;
    settings.bundle_dir = config.bundle_dir;
    settings.runtime_dir = config.runtime_dir;
    settings.run_as = config.run_as;
    settings.worker_cpus.assign(config.worker_cpus.begin(), config.worker_cpus.end());
    settings.idle = config.idle == load::DataplaneConfig::Idle::sleep ? io::IdleMode::sleep
                                                                      : io::IdleMode::spin;
    settings.huge_pages = config.huge_pages;
    settings.memory_mib = config.memory_mib;
    settings.mtu = static_cast<std::uint16_t>(config.mtu_bytes);
    settings.rx_descriptors = static_cast<std::uint16_t>(config.rx_descriptors);
    settings.tx_descriptors = static_cast<std::uint16_t>(config.tx_descriptors);
    settings.enforce_commit = config.enforce_commit;
    settings.commit_burst_ms = config.commit_burst_ms;
    settings.watchdog_ms = config.watchdog_ms;
    settings.eal_options = config.eal_options;
    settings.limits = limits_of(config.limits);

    std::vector<std::string> complaints;
    unsigned number = 0;
    const auto device_of = [&](const load::DataplaneConfig::Wire& wire, const std::string& text) {
        const auto device = io::parse_device(text, number++);
        if (!device) complaints.push_back(complaint(wire, text, file));
        return device.value_or(io::DeviceName{});
    };
    for (const load::DataplaneConfig::Wire& wire : config.wires) {
        io::WireSettings to{.id = wire.id, .user = {}, .internet = {}};
        to.user = device_of(wire, wire.user.device);
        to.internet = device_of(wire, wire.internet.device);
        settings.wires.push_back(std::move(to));
    }
    if (!complaints.empty()) return Err{std::move(complaints)};
    return settings;
}

}  // namespace sluice::app
