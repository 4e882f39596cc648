// The data plane's configuration: the shipped example is the defaults, and every diagnostic of this
// file has a case.
#include "rules/load/dataplane_config.h"

#include <gtest/gtest.h>

namespace sluice::load {
namespace {

const std::string kWire =
    "wires:\n- id: w1\n  user: {device: net_null0}\n  internet: {device: net_null1}\n";

std::vector<std::string> shapes(const std::string& text) {
    std::vector<std::string> out;
    for (const Diagnostic& d : load_dataplane_config(text, "c.yaml").diagnostics)
        out.push_back(d.code + " " + std::to_string(d.line) + ":" + std::to_string(d.column));
    return out;
}

TEST(DataplaneConfig, NeedsWiresOnly) {
    const LoadedDataplaneConfig loaded = load_dataplane_config(kWire, "c.yaml");
    ASSERT_TRUE(loaded.ok());
    DataplaneConfig expected;
    expected.wires = {{"w1", {"net_null0"}, {"net_null1"}, {}}};
    EXPECT_EQ(loaded.value, expected);
}

TEST(DataplaneConfig, TheShippedExampleIsTheDefaults) {
    const LoadedDataplaneConfig loaded =
        load_dataplane_config_file(SLUICE_DATA_DIR "/dataplane.yaml");
    for (const Diagnostic& d : loaded.diagnostics)
        ADD_FAILURE() << to_text(d);
    DataplaneConfig expected;
    expected.wires = {
        {"telco-a-main", {"0000:3b:00.0"}, {"0000:3b:00.1"}, {}},
        {"telco-a-reserve", {"0000:5e:00.0"}, {"0000:5e:00.1"}, {}},
        {"telco-b-main", {"net_af_packet0,iface=wire0u"}, {"net_af_packet1,iface=wire0i"}, {}}};
    EXPECT_EQ(loaded.value, expected);
}

TEST(DataplaneConfig, WorkersByNumber) {
    const LoadedDataplaneConfig loaded = load_dataplane_config("workers: 3\n" + kWire, "c.yaml");
    ASSERT_TRUE(loaded.ok());
    EXPECT_EQ(loaded.value.worker_cpus, (std::vector<std::uint32_t>{0, 1, 2}));
    EXPECT_EQ(shapes("workers: 2\nworker_cpus: [0, 1]\n" + kWire),
              (std::vector<std::string>{"duplicate_entry 1:10"}));
    EXPECT_EQ(shapes("workers: 0\n" + kWire).size(), 1u);
    EXPECT_EQ(shapes("workers: 65\n" + kWire).size(), 1u);
}

TEST(DataplaneConfig, ReadsEveryKey) {
    const LoadedDataplaneConfig loaded = load_dataplane_config(
        "runtime_dir: /r\nbundle_dir: /b\nrun_as: '7:8'\nworker_cpus: [2, 4]\nidle: "
        "sleep\nhuge_pages: false\n"
        "memory_mib: 512\neal_options: [--no-pci, '-m', '64']\nmtu_bytes: 9000\n"
        "rx_descriptors: 256\ntx_descriptors: 512\nenforce_commit: false\n"
        "commit_burst_ms: 20\nwatchdog_ms: 300\n" +
            kWire +
            "limits: {flows_max: 2000, cold_max: 100, small_buffers: 20, large_buffers: 21,\n"
            "  names_max: 70, dns_addresses_max: 71, fragments_max: 22, held_packets_max: 72,\n"
            "  hold_stalled_ms: 1, hold_hole_ms: 2, new_flows_per_organisation: 3, sweep_ms: 101, "
            "timeouts: {\n"
            "  embryonic_ms: 201, tcp_established_ms: 2002, closing_ms: 203, closed_ms: 204,\n"
            "  udp_ms: 205, other_ms: 206, blocked_ms: 207}}\n",
        "c.yaml");
    ASSERT_TRUE(loaded.ok()) << to_text(loaded.diagnostics[0]);
    DataplaneConfig e;
    e.runtime_dir = "/r";
    e.run_as = "7:8";
    e.bundle_dir = "/b";
    e.worker_cpus = {2, 4};
    e.enforce_commit = false;
    e.commit_burst_ms = 20;
    e.watchdog_ms = 300;
    e.idle = DataplaneConfig::Idle::sleep;
    e.huge_pages = false;
    e.memory_mib = 512;
    e.eal_options = {"--no-pci", "-m", "64"};
    e.mtu_bytes = 9000;
    e.rx_descriptors = 256;
    e.tx_descriptors = 512;
    e.wires = {{"w1", {"net_null0"}, {"net_null1"}, {}}};
    e.limits = {
        2000, 100, 20, 21, 70, 71, 22, 72, 1, 2, 3, 101, {201, 2002, 203, 204, 205, 206, 207}};
    EXPECT_EQ(loaded.value, e);
}

TEST(DataplaneConfig, SaysWhatIsWrongAndWhere) {
    using Shapes = std::vector<std::string>;
    EXPECT_EQ(shapes("idle: spin\n"), Shapes{"missing_key 1:1"});
    EXPECT_EQ(shapes("wires: []\n"), Shapes{"empty_list 1:8"});
    EXPECT_EQ(shapes(kWire + "idel: spin\n"), Shapes{"unknown_key 5:1"});
    EXPECT_EQ(shapes(kWire + "idle: spinning\n"), Shapes{"unknown_word 5:7"});
    EXPECT_EQ(shapes(kWire + "runtime_dir: run\n"), Shapes{"bad_path 5:14"});
    EXPECT_EQ(shapes(kWire + "worker_cpus: []\n"), Shapes{"empty_list 5:14"});
    EXPECT_EQ(shapes(kWire + "worker_cpus: [1, 1]\n"), Shapes{"duplicate_entry 5:18"});
    EXPECT_EQ(shapes(kWire + "worker_cpus: [1024]\n"), Shapes{"out_of_range 5:15"});
    EXPECT_EQ(shapes(kWire + "huge_pages: no\n"), Shapes{"wrong_type 5:13"});
    EXPECT_EQ(shapes(kWire + "eal_options: [-m 64]\n"), Shapes{"bad_option 5:15"});
    EXPECT_EQ(shapes(kWire + "rx_descriptors: 1000\n"), Shapes{"not_a_power_of_two 5:17"});
    EXPECT_EQ(shapes(kWire + "limits: {flows: 1}\n"), Shapes{"unknown_key 5:10"});
    EXPECT_EQ(shapes(kWire + "limits: {flows_max: 1}\n"), Shapes{"out_of_range 5:21"});
    EXPECT_EQ(shapes(kWire + "limits: {timeouts: {udp_ms: 1s}}\n"), Shapes{"wrong_type 5:29"});
    EXPECT_EQ(shapes(kWire + "- {id: w1, user: {device: net_null2}, internet: {device: a}}\n"),
              Shapes{"duplicate_id 5:8"});
    EXPECT_EQ(
        shapes(kWire + "- {id: w2, user: {device: \"net_null1,x=1\"}, internet: {device: a}}\n"),
        Shapes{"duplicate_device 5:27"});
    EXPECT_EQ(shapes(kWire + "- {id: w2, user: {device: --vdev}, internet: {device: a}}\n"),
              Shapes{"bad_device 5:27"});
    EXPECT_EQ(shapes("wires: *a\n"), Shapes{"bad_yaml 1:8"});
    EXPECT_EQ(load_dataplane_config_file("/nonexistent/c.yaml").diagnostics[0].code, "cannot_read");
}

TEST(DataplaneConfig, HasAtMostSixteenWires) {
    std::string text = "wires:\n";
    for (int i = 0; i < 17; ++i) {
        const std::string n = std::to_string(i);
        text += "- {id: w" + n + ", user: {device: u" + n + "}, internet: {device: i" + n + "}}\n";
    }
    EXPECT_EQ(shapes(text), std::vector<std::string>{"too_many 18:3"});
}

}  // namespace
}  // namespace sluice::load
