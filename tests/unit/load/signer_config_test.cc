// The signer's configuration: the shipped example is the defaults, every key is read, and every
// diagnostic has a case.
#include "rules/load/signer_config.h"

#include <gtest/gtest.h>

namespace sluice::load {
namespace {

const std::string kLeast = "passphrase_file: /p\nlog_name: g\nclients: [a]\n";

std::vector<std::string> shapes(const std::string& text) {
    std::vector<std::string> out;
    for (const Diagnostic& d : load_signer_config(text, "s.yaml").diagnostics)
        out.push_back(d.code + " " + std::to_string(d.line) + ":" + std::to_string(d.column));
    return out;
}

TEST(SignerConfig, TheShippedExampleIsTheDefaults) {
    const LoadedSignerConfig loaded = load_signer_config_file(SLUICE_DATA_DIR "/signer.yaml");
    for (const Diagnostic& d : loaded.diagnostics)
        ADD_FAILURE() << to_text(d);
    SignerConfig expected;
    expected.passphrase_file = "/run/credentials/sluice-signer.service/ca";
    expected.log_name = "gateway.example/issuance";
    expected.clients = {"sluice-inspect"};
    EXPECT_EQ(loaded.value, expected);
}

TEST(SignerConfig, ReadsEveryKey) {
    const LoadedSignerConfig loaded = load_signer_config(
        "socket: /s\nbundle_dir: /b\nca_dir: /c\npassphrase_file: /p\ntrust_anchors: /t\n"
        "log_dir: /l\nlog_key: /k\nlog_name: n\nlog_mib_max: 2\ncheckpoint_seconds: 3\n"
        "evidence_dir: /e\nevidence_mib_max: 6\nrun_as: sluice-signer\nclients: [a, '998']\n"
        "admins: [b]\nrecorders: [c]\nconnections_max: 4\nleaves_per_minute: 5\n",
        "s.yaml");
    ASSERT_TRUE(loaded.ok()) << to_text(loaded.diagnostics[0]);
    const SignerConfig expected{
        "/s",         "/b",  "/c",  "/p", "/t", "/l", "/k", "n", 2, 3, "/e", 6, "sluice-signer",
        {"a", "998"}, {"b"}, {"c"}, 4,    5};
    EXPECT_EQ(loaded.value, expected);
}

TEST(SignerConfig, SaysWhatIsWrongAndWhere) {
    using Shapes = std::vector<std::string>;
    EXPECT_EQ(shapes(kLeast), Shapes{});
    EXPECT_EQ(shapes(""), Shapes{"wrong_type 1:1"});
    EXPECT_EQ(shapes("log_name: g\nclients: [a]\n"), Shapes{"missing_key 1:1"});
    EXPECT_EQ(shapes("passphrase_file: /p\nclients: [a]\n"), Shapes{"missing_key 1:1"});
    EXPECT_EQ(shapes("passphrase_file: /p\nlog_name: g\n"), Shapes{"missing_key 1:1"});
    EXPECT_EQ(shapes(kLeast + "sockets: /s\n"), Shapes{"unknown_key 4:1"});
    for (const char* key :
         {"socket", "bundle_dir", "ca_dir", "trust_anchors", "log_dir", "log_key"})
        EXPECT_EQ(shapes(kLeast + key + ": here\n")[0].substr(0, 10), "bad_path 4") << key;
    EXPECT_EQ(shapes("passphrase_file: p\nlog_name: g\nclients: [a]\n"), Shapes{"bad_path 1:18"});
    EXPECT_EQ(shapes("passphrase_file: /p\nlog_name: a+b\nclients: [a]\n"),
              Shapes{"bad_log_name 2:11"});
    EXPECT_EQ(shapes("passphrase_file: /p\nlog_name: a b\nclients: [a]\n"),
              Shapes{"bad_log_name 2:11"});
    EXPECT_EQ(shapes(kLeast + "admins: [Sluice]\n"), Shapes{"bad_user 4:10"});
    EXPECT_EQ(shapes(kLeast + "admins: [-x]\n"), Shapes{"bad_user 4:10"});
    EXPECT_EQ(shapes(kLeast + "admins: [b, b]\n"), Shapes{"duplicate_entry 4:13"});
    EXPECT_EQ(shapes(kLeast + "admins: []\n"), Shapes{"empty_list 4:9"});
    std::string many = "admins: [u0";
    for (int i = 1; i <= 16; ++i)
        many += ", u" + std::to_string(i);
    EXPECT_EQ(shapes(kLeast + many + "]\n"), Shapes{"too_many 4:9"});
    for (const char* key :
         {"log_mib_max", "checkpoint_seconds", "connections_max", "leaves_per_minute"})
        EXPECT_EQ(shapes(kLeast + key + ": 0\n")[0].substr(0, 14), "out_of_range 4") << key;
    EXPECT_EQ(load_signer_config_file("/nonexistent/s.yaml").diagnostics[0].code, "cannot_read");
}

}  // namespace
}  // namespace sluice::load
