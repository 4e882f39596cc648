#include "rules/load/dataplane_config.h"

#include <algorithm>
#include <bit>
#include <numeric>

#include "rules/load/load_file.h"

namespace sluice::load {
namespace {

using Config = DataplaneConfig;

struct NumberKey {
    std::string_view key;
    std::uint32_t least, most;
    std::uint32_t* value;
};

// A map of numbers, every one of them optional.
void read_numbers(Reader& reader, Fields& fields, const std::vector<NumberKey>& numbers) {
    for (const NumberKey& number : numbers)
        if (const YamlNode* value = fields.find(number.key))
            reader.number(value, number.least, number.most, *number.value);
}

std::vector<std::string_view> keys_of(const std::vector<NumberKey>& numbers) {
    std::vector<std::string_view> keys;
    for (const NumberKey& number : numbers)
        keys.push_back(number.key);
    return keys;
}

void read_timeouts(Reader& reader, const YamlNode& node, DataplaneTimeouts& t) {
    constexpr std::uint32_t kDayMs = 86'400'000;
    const std::vector<NumberKey> numbers = {
        {"embryonic_ms", 100, kDayMs, &t.embryonic_ms},
        {"tcp_established_ms", 1'000, kDayMs, &t.tcp_established_ms},
        {"closing_ms", 100, kDayMs, &t.closing_ms},
        {"closed_ms", 100, kDayMs, &t.closed_ms},
        {"udp_ms", 100, kDayMs, &t.udp_ms},
        {"other_ms", 100, kDayMs, &t.other_ms},
        {"blocked_ms", 100, kDayMs, &t.blocked_ms},
    };
    Fields fields(reader, node, "timeouts", keys_of(numbers));
    read_numbers(reader, fields, numbers);
}

void read_limits(Reader& reader, const YamlNode& node, DataplaneLimits& l) {
    const std::vector<NumberKey> numbers = {
        {"flows_max", 1'024, 100'000'000, &l.flows_max},
        {"cold_max", 64, 16'000'000, &l.cold_max},
        {"small_buffers", 16, 4'000'000, &l.small_buffers},
        {"large_buffers", 16, 400'000, &l.large_buffers},
        {"names_max", 64, 16'000'000, &l.names_max},
        {"dns_addresses_max", 64, 16'000'000, &l.dns_addresses_max},
        {"fragments_max", 16, 1'000'000, &l.fragments_max},
        {"held_packets_max", 64, 4'000'000, &l.held_packets_max},
        {"hold_stalled_ms", 1, 10'000, &l.hold_stalled_ms},
        {"hold_hole_ms", 1, 60'000, &l.hold_hole_ms},
        {"new_flows_per_organisation", 0, 1'000'000'000, &l.new_flows_per_organisation},
        {"sweep_ms", 100, 60'000, &l.sweep_ms},
    };
    std::vector<std::string_view> keys = keys_of(numbers);
    keys.push_back("timeouts");
    Fields fields(reader, node, "limits", keys);
    read_numbers(reader, fields, numbers);
    if (const YamlNode* timeouts = fields.find("timeouts"))
        read_timeouts(reader, *timeouts, l.timeouts);
}

void read_cpus(Reader& reader, const YamlNode* node, std::vector<std::uint32_t>& out) {
    constexpr std::uint32_t kCpuMost = 1'023;
    if (node == nullptr) return;
    std::vector<std::uint32_t> cpus;
    for (const YamlNode& item : reader.list(node)) {
        std::uint32_t cpu = 0;
        if (!reader.number(&item, 0, kCpuMost, cpu)) continue;
        if (std::find(cpus.begin(), cpus.end(), cpu) != cpus.end())
            reader.error(item, "duplicate_entry", "two workers on one CPU wait for each other",
                         "name each CPU once");
        else
            cpus.push_back(cpu);
    }
    if (cpus.size() > kWorkerCpusMax)
        reader.error(*node, "too_many", "there are more than 64 workers");
    else if (!cpus.empty())
        out = cpus;
    else if (node->items.empty())
        reader.error(*node, "empty_list", "there is at least one worker", "write [0]");
}

// `workers: 3` is `worker_cpus: [0, 1, 2]`.
void read_workers(Reader& reader, const YamlNode* node, bool cpus_given,
                  std::vector<std::uint32_t>& out) {
    std::uint32_t count = 0;
    if (node == nullptr || !reader.number(node, 1, kWorkerCpusMax, count)) return;
    if (cpus_given) {
        reader.error(*node, "duplicate_entry", "both `workers` and `worker_cpus` say how many",
                     "keep `worker_cpus` to choose the CPUs, else `workers`");
        return;
    }
    out.resize(count);
    std::iota(out.begin(), out.end(), 0u);
}

void read_eal_options(Reader& reader, const YamlNode* node, std::vector<std::string>& out) {
    if (node == nullptr) return;
    for (const YamlNode& item : reader.list(node)) {
        std::string option;
        if (!reader.text(&item, option)) continue;
        if (option.find_first_of(" \t") != std::string::npos) {
            reader.error(item, "bad_option", in_quotes(option) + " has blanks in it",
                         "write one word an entry: ['-m', '512']");
            continue;
        }
        out.push_back(std::move(option));
    }
    if (out.size() > kEalOptionsMax)
        reader.error(*node, "too_many", "there are more than 64 options");
}

void read_descriptors(Reader& reader, const YamlNode* node, std::uint32_t& out) {
    std::uint32_t number = 0;
    if (!reader.number(node, 64, 32'768, number)) return;
    if (std::has_single_bit(number))
        out = number;
    else
        reader.error(*node, "not_a_power_of_two", std::to_string(number) + " is no power of two",
                     std::to_string(std::bit_floor(number)) + " or " +
                         std::to_string(std::bit_ceil(number)));
}

struct SeenDevice {
    std::string name;
    model::Position at;
};

// A device belongs to one port: a vdev is told apart by its name, before the first comma.
void read_port(Reader& reader, const YamlNode* node, std::vector<SeenDevice>& seen,
               Config::Port& port) {
    if (node == nullptr) return;
    Fields fields(reader, *node, "a port", {"device"});
    const YamlNode* device = fields.need("device");
    if (!reader.text(device, port.device)) return;
    const std::string name = port.device.substr(0, port.device.find(','));
    if (name.empty() || name[0] == '-' || name.find_first_of(" \t/") != std::string::npos) {
        reader.error(*device, "bad_device", in_quotes(port.device) + " is not a device",
                     "write a PCI address (0000:3b:00.0) or a virtual device "
                     "(net_af_packet0,iface=eth1)");
        return;
    }
    const auto same =
        std::find_if(seen.begin(), seen.end(), [&](const SeenDevice& s) { return s.name == name; });
    if (same != seen.end())
        reader.error(*device, "duplicate_device", in_quotes(name) + " is a port already",
                     "the other is at " + reader.report().place(same->at));
    else
        seen.push_back({name, reader.at(*device)});
}

void read_wires(Reader& reader, const YamlNode* node, std::vector<Config::Wire>& out) {
    std::vector<SeenDevice> devices;
    for (const YamlNode& item : reader.list(node)) {
        Fields fields(reader, item, "a wire", {"id", "user", "internet"});
        Config::Wire wire;
        wire.at = reader.at(item);
        const YamlNode* id = fields.need("id");
        const auto same = [&](const Config::Wire& w) { return w.id == wire.id; };
        if (reader.id(id, wire.id) && std::any_of(out.begin(), out.end(), same))
            reader.error(*id, "duplicate_id", "there are two wires " + in_quotes(wire.id));
        read_port(reader, fields.need("user"), devices, wire.user);
        read_port(reader, fields.need("internet"), devices, wire.internet);
        if (out.size() == kDataplaneWiresMax) {
            reader.error(item, "too_many", "there are more than 16 wires");
            return;
        }
        out.push_back(std::move(wire));
    }
    if (node != nullptr && out.empty() && node->items.empty())
        reader.error(*node, "empty_list", "there is at least one wire");
}

void read_config(Reader& reader, const YamlNode& root, Config& config) {
    Fields fields(
        reader, root, "the configuration",
        {"runtime_dir", "bundle_dir", "broker_socket", "run_as", "workers", "worker_cpus", "idle",
         "huge_pages", "memory_mib", "eal_options", "mtu_bytes", "rx_descriptors", "tx_descriptors",
         "enforce_commit", "commit_burst_ms", "watchdog_ms", "wires", "limits"});
    reader.path(fields.find("runtime_dir"), config.runtime_dir);
    reader.path(fields.find("bundle_dir"), config.bundle_dir);
    reader.path(fields.find("broker_socket"), config.broker_socket);
    reader.text(fields.find("run_as"), config.run_as);
    read_cpus(reader, fields.find("worker_cpus"), config.worker_cpus);
    read_workers(reader, fields.find("workers"), fields.find("worker_cpus") != nullptr,
                 config.worker_cpus);
    std::size_t idle = 0;
    if (reader.word(fields.find("idle"), {"spin", "sleep"}, idle))
        config.idle = static_cast<Config::Idle>(idle);
    reader.boolean(fields.find("huge_pages"), config.huge_pages);
    reader.number(fields.find("memory_mib"), 0, 16'777'216, config.memory_mib);
    read_eal_options(reader, fields.find("eal_options"), config.eal_options);
    reader.number(fields.find("mtu_bytes"), 576, 9'216, config.mtu_bytes);
    read_descriptors(reader, fields.find("rx_descriptors"), config.rx_descriptors);
    read_descriptors(reader, fields.find("tx_descriptors"), config.tx_descriptors);
    reader.boolean(fields.find("enforce_commit"), config.enforce_commit);
    reader.number(fields.find("commit_burst_ms"), 1, 1'000, config.commit_burst_ms);
    reader.number(fields.find("watchdog_ms"), 200, 60'000, config.watchdog_ms);
    read_wires(reader, fields.need("wires"), config.wires);
    if (const YamlNode* limits = fields.find("limits")) read_limits(reader, *limits, config.limits);
}

}  // namespace

LoadedDataplaneConfig load_dataplane_config(std::string_view text, const std::string& file) {
    return load_text<DataplaneConfig>(text, file, read_config);
}

LoadedDataplaneConfig load_dataplane_config_file(const std::filesystem::path& path) {
    return load_file(path, load_dataplane_config);
}

}  // namespace sluice::load
