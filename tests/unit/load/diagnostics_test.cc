// Diagnostics of YAML, of keys and values, of operators and organisations; and their bounds.
#include "tests/unit/load/diagnostic_rows.h"

namespace sluice::load {
namespace {

TEST(Diagnostics, TheSmallPolicyItselfIsRight) {
    EXPECT_EQ(shapes(load_policy(small_policy(), test_day()).diagnostics),
              std::vector<std::string>{});
}

TEST(Diagnostics, OfYamlItself) {
    check({
        {"not YAML", "policy.yaml", "title: [a\nb: c\n", {"error bad_yaml policy.yaml:2:2"}},
        {"a tab", "policy.yaml", "title: x\n\tb: c\n", {"error bad_yaml policy.yaml:2:1"}},
        {"anchor", "policy.yaml", "title: &a x\n", {"error yaml_alias policy.yaml:1:8"}},
        {"alias", "policy.yaml", "title: *a\n", {"error bad_yaml policy.yaml:1:8"}},
        {"tag", "policy.yaml", "title: !!binary aGk=\n", {"error yaml_tag policy.yaml:1:8"}},
        {"documents",
         "policy.yaml",
         "title: x\n---\ntitle: y\n",
         {"error yaml_documents policy.yaml:2:1"}},
        {"not UTF-8", "policy.yaml", "title: x\n# \xff\n", {"error not_utf8 policy.yaml:2:3"}},
        {"zero byte",
         "policy.yaml",
         std::string("title: x\0\n", 10),
         {"error not_utf8 policy.yaml:1:9"}},
        {"too deep",
         "policy.yaml",
         "title: " + std::string(40, '[') + std::string(40, ']'),
         {"error too_big policy.yaml:1:23"}},
        {"empty", "policy.yaml", "# nothing\n", {"error wrong_type policy.yaml:1:1"}},
    });
}

TEST(Diagnostics, OfKeysAndTypes) {
    check({
        {"unknown key",
         "policy.yaml",
         "title: x\nresolver: []\n",
         {"error unknown_key policy.yaml:2:1"},
         "'resolvers'"},
        {"duplicate key",
         "policy.yaml",
         "title: x\ntitle: y\n",
         {"error duplicate_key policy.yaml:2:1"}},
        {"missing key",
         "policy.yaml",
         "time_zone: +05:00\n",
         {"error missing_key policy.yaml:1:1"}},
        {"a list for a map", "policy.yaml", "- title\n", {"error wrong_type policy.yaml:1:1"}},
        {"a map for text", "policy.yaml", "title: {a: b}\n", {"error wrong_type policy.yaml:1:8"}},
        {"nothing for text", "policy.yaml", "title:\n", {"error wrong_type policy.yaml:2:1"}},
        {"text for a list",
         "policy.yaml",
         "title: x\nresolvers: 10.0.0.1\n",
         {"error wrong_type policy.yaml:2:12"}},
        {"empty text", "policy.yaml", "title: ''\n", {"error empty_text policy.yaml:1:8"}},
        {"control in text",
         "policy.yaml",
         "title: \"a\\eb\"\n",
         {"error bad_text policy.yaml:1:8"}},
        {"text for a number",
         "policy.yaml",
         "title: x\nunknown_source: {deadline_working_days: five}\n",
         {"error wrong_type policy.yaml:2:41"}},
        {"quoted number",
         "policy.yaml",
         "title: x\nunknown_source: {deadline_working_days: '5'}\n",
         {"error wrong_type policy.yaml:2:41"}},
        {"large number",
         "policy.yaml",
         "title: x\nunknown_source: {deadline_working_days: 99999999999999999999999}\n",
         {"error out_of_range policy.yaml:2:41"}},
        {"unknown word",
         "policy.yaml",
         "title: x\ninbound_default: foward\n",
         {"error unknown_word policy.yaml:2:18"},
         "'forward'"},
        {"unknown fail case",
         "policy.yaml",
         "title: x\nwhen_we_cannot_know: {non_pi: open}\n",
         {"error unknown_key policy.yaml:2:23"},
         "'non_ip'"},
        {"wrong mode",
         "policy.yaml",
         "title: x\nwhen_we_cannot_know: {non_ip: shut}\n",
         {"error unknown_word policy.yaml:2:31"}},
        {"not a boolean",
         "mail.yaml",
         "mail:\n- {domain: m.example, organisation: office, server: 10.1.0.2, suspended: yes}\n",
         {"error wrong_type mail.yaml:2:74"}},
        {"time zone",
         "policy.yaml",
         "title: x\ntime_zone: +15:00\n",
         {"error bad_time_zone policy.yaml:2:12"}},
        {"several errors",
         "policy.yaml",
         "titel: x\ntime_zone: 5\nhairpin: [x]\n",
         {"error unknown_key policy.yaml:1:1", "error missing_key policy.yaml:1:1",
          "error bad_time_zone policy.yaml:2:12", "error bad_prefix policy.yaml:3:11"}},
    });
}

TEST(Diagnostics, OfAddresses) {
    const std::string head = "title: x\nhairpin: [";
    check({
        {"no prefix", "policy.yaml", head + "10.0.0/8]\n", {"error bad_prefix policy.yaml:2:11"}},
        {"length", "policy.yaml", head + "10.0.0.0/33]\n", {"error bad_prefix policy.yaml:2:11"}},
        {"host bits",
         "policy.yaml",
         head + "10.1.2.3/16]\n",
         {"error host_bits_set policy.yaml:2:11"},
         "10.1.0.0/16"},
        {"host bits, IPv6",
         "policy.yaml",
         head + "\"2001:db8::1/32\"]\n",
         {"error host_bits_set policy.yaml:2:11"},
         "2001:db8::/32"},
        {"twice",
         "policy.yaml",
         head + "10.0.0.0/8, 10.0.0.0/8]\n",
         {"error duplicate_entry policy.yaml:2:23"}},
        {"address",
         "policy.yaml",
         "title: x\nresolvers: [10.0.0.0/8]\n",
         {"error bad_address policy.yaml:2:13"}},
        {"address twice",
         "policy.yaml",
         "title: x\nresolvers: [10.0.0.1, 10.0.0.1]\n",
         {"error duplicate_entry policy.yaml:2:23"}},
    });
}

TEST(Diagnostics, OfOperatorsAndWires) {
    const auto with_wires = [](const std::string& wires) {
        return "operators:\n- id: alpha\n  name: A\n  wires:\n" + wires +
               "- {id: beta, name: B, wires: [{id: b1, role: main, committed_gbit: 1}]}\n";
    };
    const std::string main1 = "  - {id: a1, role: main, committed_gbit: 1}\n";
    check({
        {"no main",
         "operators.yaml",
         with_wires("  - {id: a1, role: reserve, committed_gbit: 1}\n"),
         {"error no_main operators.yaml:5:3"}},
        {"second main",
         "operators.yaml",
         with_wires(main1 + "  - {id: a2, role: main, committed_gbit: 1}\n"),
         {"error second_main operators.yaml:6:20"},
         "operators.yaml:5:5"},
        {"second reserve",
         "operators.yaml",
         with_wires(main1 + "  - {id: a2, role: reserve, committed_gbit: 1}\n" +
                    "  - {id: a3, role: reserve, committed_gbit: 1}\n"),
         {"error second_reserve operators.yaml:7:20"}},
        {"half a Gbit",
         "operators.yaml",
         with_wires("  - {id: a1, role: main, committed_gbit: 0.5}\n"),
         {"error wrong_type operators.yaml:5:42"}},
        {"no Gbit",
         "operators.yaml",
         with_wires("  - {id: a1, role: main, committed_gbit: 0}\n"),
         {"error out_of_range operators.yaml:5:42"}},
        {"wire of another",
         "operators.yaml",
         with_wires("  - {id: b1, role: main, committed_gbit: 1}\n"),
         {"error duplicate_id operators.yaml:6:36"},
         "operators.yaml:5:10"},
        {"operator twice",
         "operators.yaml",
         with_wires(main1) +
             "- {id: beta, name: B, wires: [{id: b2, role: main, committed_gbit: 1}]}\n",
         {"error duplicate_id operators.yaml:7:8"},
         "operators.yaml:6:8"},
        {"bad id",
         "operators.yaml",
         with_wires(main1) +
             "- {id: Beta, name: B, wires: [{id: b2, role: main, committed_gbit: 1}]}\n",
         {"error bad_id operators.yaml:7:8"}},
    });
}

std::string organisations(const std::string& more) {
    return small_policy()["organisations.yaml"] + more;
}

TEST(Diagnostics, OfOrganisations) {
    const std::string third =
        "  - id: third\n    name: T\n    operator: alpha\n    contract: C\n";  // lines 12 to 15
    const auto access = [&](const std::string& days) {
        return organisations(third + "    access: {request: R, categories: [news], " + days +
                             "}\n");
    };
    check({
        {"twice",
         "organisations.yaml",
         organisations("  - {id: office, name: O, operator: alpha, contract: C}\n"),
         {"error duplicate_id organisations.yaml:12:10"},
         "organisations.yaml:2:9"},
        {"operator",
         "organisations.yaml",
         organisations("  - {id: third, name: O, operator: alhpa, contract: C}\n"),
         {"error unknown_operator organisations.yaml:12:36"},
         "'alpha'"},
        {"category",
         "organisations.yaml",
         organisations(third + "    access: {request: R, categories: [bankign], from: 2026-01-15, "
                               "until: 2027-01-14}\n"),
         {"error unknown_category organisations.yaml:16:39"},
         "'banking'"},
        {"category twice",
         "organisations.yaml",
         organisations(third + "    access: {request: R, categories: [news, news], from: "
                               "2026-01-15, until: 2027-01-14}\n"),
         {"error duplicate_entry organisations.yaml:16:45"}},
        {"date",
         "organisations.yaml",
         access("from: 2026-02-30, until: 2027-01-14"),
         {"error bad_date organisations.yaml:16:52"}},
        {"date form",
         "organisations.yaml",
         access("from: 2026-01-15, until: 14.01.2027"),
         {"error bad_date organisations.yaml:16:71"}},
        {"ends early",
         "organisations.yaml",
         access("from: 2026-12-01, until: 2026-11-30"),
         {"error ends_before_it_begins organisations.yaml:16:71"}},
        {"expired list",
         "organisations.yaml",
         access("from: 2025-11-21, until: 2026-11-20"),
         {"warning expired_access organisations.yaml:16:71"}},
        {"ends today", "organisations.yaml", access("from: 2025-11-22, until: 2026-11-21"), {}},
        {"a year", "organisations.yaml", access("from: 2026-02-01, until: 2027-01-31"), {}},
        {"over a year",
         "organisations.yaml",
         access("from: 2026-02-01, until: 2027-02-01"),
         {"warning over_a_year organisations.yaml:16:71"}},
        {"expired pilot",
         "organisations.yaml",
         organisations(third + "    pilot: {until: 2026-11-20, ground: G}\n"),
         {"error expired_entry organisations.yaml:16:20"}},
    });
}

TEST(Diagnostics, LimitsOfTheModel) {
    FileSet files = small_policy();
    std::string operators = files["operators.yaml"], categories = files["categories.yaml"];
    for (int i = 2; i < 256; ++i)
        operators += "  - {id: o" + std::to_string(i) + ", name: N, wires: [{id: w" +
                     std::to_string(i) + ", role: main, committed_gbit: 1}]}\n";
    for (int i = 2; i < 256; ++i)
        categories += "  - {id: c" + std::to_string(i) + ", title: T, source: S}\n";
    files["operators.yaml"] = operators;
    files["categories.yaml"] = categories;
    EXPECT_EQ(shapes(load_policy(files, test_day()).diagnostics),
              (std::vector<std::string>{"error too_many categories.yaml:258:5",
                                        "error too_many operators.yaml:261:5"}));
}

TEST(Diagnostics, AreBounded) {
    FileSet files = small_policy();
    files["lists/banking.txt"] = "";
    for (int i = 0; i < 1000; ++i)
        files["lists/banking.txt"] += "a..b\n";
    std::string hairpin = "title: x\nhairpin:\n";
    for (int i = 0; i < 1000; ++i)
        hairpin += "- x\n";
    files["policy.yaml"] = hairpin;
    const auto diagnostics = load_policy(files, test_day()).diagnostics;
    ASSERT_EQ(diagnostics.size(), kErrorsMax + 1);
    EXPECT_EQ(diagnostics.back().code, "too_many_errors");
}

TEST(Diagnostics, AsText) {
    const Diagnostic full{"a.yaml", 3, 7, Severity::error, "code", "this is wrong", "do that"};
    EXPECT_EQ(to_text(full), "a.yaml:3:7: error: this is wrong\n  hint: do that\n");
    const Diagnostic whole{"a.yaml", 0, 0, Severity::warning, "code", "this is odd", ""};
    EXPECT_EQ(to_text(whole), "a.yaml: warning: this is odd\n");
}

TEST(Diagnostics, NeverPrintControlCharactersOfAFile) {
    FileSet files = small_policy();
    files["lists/banking.txt"] = "a\x1b[31mb\n\xc2\x9b.example\n\xe2\x80\xae\n";
    for (const Diagnostic& d : load_policy(files, test_day()).diagnostics)
        for (char c : to_text(d))
            EXPECT_TRUE(c == '\n' || (c >= ' ' && c <= '~')) << to_text(d);
}

}  // namespace
}  // namespace sluice::load
