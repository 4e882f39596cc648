// The configuration of sluice-inspect: the shipped example is the defaults, every mistake has its
// place.
#include "rules/load/inspect_config.h"

#include <gtest/gtest.h>

namespace sluice::load {
namespace {

std::string shapes(const std::string& text) {
    std::string all;
    for (const Diagnostic& d : load_inspect_config(text, "i.yaml").diagnostics)
        all += d.code + " " + std::to_string(d.line) + ":" + std::to_string(d.column) + ";";
    return all;
}

TEST(InspectConfig, TheShippedExampleIsTheDefaults) {
    const auto loaded = load_inspect_config_file(SLUICE_DATA_DIR "/inspect.yaml");
    for (const Diagnostic& d : loaded.diagnostics)
        ADD_FAILURE() << to_text(d);
    InspectConfig expected;
    expected.crl_dir = "/etc/sluice/crl";
    expected.content = "/etc/sluice/content.yaml";
    EXPECT_EQ(loaded.value, expected);
}

TEST(InspectConfig, ReadsWhatIsWritten) {
    const auto loaded = load_inspect_config(
        "source: tproxy\ntproxy: {port: 3129, operator: telco-a}\nserver_tls_least: tls13\n"
        "bad_origin: warn\nlog_path: none\nhigh_risk: [adult]\nwhere_to_apply: desk\nworkers: "
        "3\nrun_as: sluice-inspect\n"
        "limits: {flows_max: 7, splice_seconds: 61}\n",
        "i.yaml");
    ASSERT_TRUE(loaded.ok());
    InspectConfig expected;
    expected.source = InspectConfig::Source::tproxy;
    expected.tproxy_port = 3129;
    expected.tproxy_operator = "telco-a";
    expected.server_least = InspectConfig::Tls::tls13;
    expected.bad_origin = InspectConfig::BadOrigin::warn;
    expected.log_path = InspectConfig::LogPath::none;
    expected.high_risk = {"adult"};
    expected.where_to_apply = "desk";
    expected.workers = 3;
    expected.run_as = "sluice-inspect";
    expected.limits.flows_max = 7;
    expected.limits.splice_seconds = 61;
    EXPECT_EQ(loaded.value, expected);
}

TEST(InspectConfig, EveryMistakeHasItsCodeAndPlace) {
    EXPECT_EQ(shapes("source: tproxy\n"), "tproxy_incomplete 1:9;");
    EXPECT_EQ(shapes("runtime_dir: run\n"), "bad_path 1:14;");
    EXPECT_EQ(shapes("high_risk: [a, a]\n"), "duplicate_entry 1:16;");
    EXPECT_EQ(shapes("workers: 0\n"), "out_of_range 1:10;");
    EXPECT_EQ(shapes("bad_origin: allow\n"), "unknown_word 1:13;");
    EXPECT_EQ(shapes("limits: {flow_max: 3}\n"), "unknown_key 1:10;");
    const auto missing = load_inspect_config_file("/nowhere/inspect.yaml");
    ASSERT_EQ(missing.diagnostics.size(), 1u);
    EXPECT_EQ(missing.diagnostics[0].code, "cannot_read");
}

}  // namespace
}  // namespace sluice::load
