// Every diagnostic of a policy has a case here: its code and its place, never its wording. A row
// replaces one file of a policy that is otherwise right, so nothing else may be said.
#include <gtest/gtest.h>

#include <set>

#include "rules/load/report.h"
#include "tests/unit/load/small_policy.h"

namespace sluice::load {
namespace {

struct Row {
    const char* title;
    const char* file;  // replaced or added
    std::string content;
    std::vector<std::string> expected;  // "error unknown_key policy.yaml:2:1"
    const char* hint_has = "";          // the first one's hint contains it
};

std::string shape(const Diagnostic& d) {
    return std::string(d.severity == Severity::error ? "error " : "warning ") + d.code + " " +
           d.file + ":" + std::to_string(d.line) + ":" + std::to_string(d.column);
}

std::vector<std::string> shapes(const std::vector<Diagnostic>& diagnostics) {
    std::vector<std::string> out;
    for (const Diagnostic& d : diagnostics)
        out.push_back(shape(d));
    return out;
}

void check(const std::vector<Row>& rows) {
    for (const Row& row : rows) {
        FileSet files = small_policy();
        files[row.file] = row.content;
        const Loaded loaded = load_policy(files, test_day());
        EXPECT_EQ(shapes(loaded.diagnostics), row.expected) << row.title;
        if (!loaded.diagnostics.empty()) {
            const std::string& hint = loaded.diagnostics[0].hint;
            EXPECT_NE(hint.find(row.hint_has), std::string::npos) << row.title << ": " << hint;
        }
        if (!loaded.ok()) {
            EXPECT_EQ(loaded.policy, model::Policy{}) << row.title;
        }
    }
}

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

TEST(Diagnostics, OfTheCatalog) {
    const std::string csv = "operator,prefix,organisation\n";
    const auto also = [&](const std::string& row) { return small_policy()["catalog.yaml"] + row; };
    check({
        {"prefix twice",
         "catalog.yaml",
         also("  - {operator: alpha, organisation: school, prefixes: [10.1.0.0/16]}\n"),
         {"error duplicate_catalog_prefix catalog.yaml:4:56"},
         "catalog.yaml:2:56"},
        {"operator",
         "catalog.yaml",
         also("  - {operator: x, organisation: school, prefixes: []}\n"),
         {"error unknown_operator catalog.yaml:4:16"}},
        {"organisation",
         "catalog.yaml",
         also("  - {operator: alpha, organisation: scool, prefixes: []}\n"),
         {"error unknown_organisation catalog.yaml:4:37"},
         "'school'"},
        {"other operator",
         "catalog.yaml",
         also("  - {operator: beta, organisation: school, prefixes: [10.3.0.0/16]}\n"),
         {"error other_operator catalog.yaml:4:36"}},
        {"csv header",
         "catalog.csv",
         "prefix,operator,organisation\n",
         {"error bad_header catalog.csv:1:1"}},
        {"csv columns",
         "catalog.csv",
         csv + "alpha,10.3.0.0/16\n",
         {"error bad_row catalog.csv:2:1"}},
        {"csv more columns",
         "catalog.csv",
         csv + "alpha,10.3.0.0/16,office,\n",
         {"error bad_row catalog.csv:2:1"}},
        {"csv operator",
         "catalog.csv",
         csv + "alfa,10.3.0.0/16,office\n",
         {"error unknown_operator catalog.csv:2:1"},
         "'alpha'"},
        {"csv prefix",
         "catalog.csv",
         csv + "alpha,10.3.0.0/129,office\n",
         {"error bad_prefix catalog.csv:2:7"}},
        {"csv host bits",
         "catalog.csv",
         csv + "alpha, 10.3.0.1/16,office\n",
         {"error host_bits_set catalog.csv:2:8"},
         "10.3.0.0/16"},
        {"csv organisation",
         "catalog.csv",
         csv + "alpha,10.3.0.0/16,offic\n",
         {"error unknown_organisation catalog.csv:2:19"},
         "'office'"},
        {"csv twice",
         "catalog.csv",
         csv + "\n# c\nalpha,10.1.0.0/16,office\n",
         {"error duplicate_catalog_prefix catalog.csv:4:7"},
         "catalog.yaml:2:56"},
        {"csv other operator",
         "catalog.csv",
         csv + "beta,10.1.0.0/16,office\r\n",
         {"error other_operator catalog.csv:2:18"}},
        {"csv right", "catalog.csv", csv + "alpha,10.1.1.0/24,office # nested\n", {}},
    });
}

TEST(Diagnostics, OfCategories) {
    const auto also = [&](const std::string& entry) {
        return small_policy()["categories.yaml"] + "  - " + entry + "\n";  // line 5
    };
    check({
        {"twice",
         "categories.yaml",
         also("{id: news, title: N, source: s}"),
         {"error duplicate_id categories.yaml:5:10"}},
        {"exempt twice",
         "categories.yaml",
         also("{id: banking, title: N, source: s, exempt: health}"),
         {"error contradictory_exemption categories.yaml:5:10"},
         "categories.yaml:3:5"},
        {"no such exemption",
         "categories.yaml",
         also("{id: x, title: N, source: s, exempt: helth}"),
         {"error unknown_word categories.yaml:5:42"},
         "'health'"},
        {"built in",
         "categories.yaml",
         also("{id: uncategorised, title: N, source: s}"),
         {"error built_in categories.yaml:5:10"}},
        {"bad name",
         "categories.yaml",
         also("{id: x, title: N, source: s, names: [a..b]}"),
         {"error bad_name categories.yaml:5:42"}},
        {"wildcard",
         "categories.yaml",
         also("{id: x, title: N, source: s, names: [\"*.Example.org\"]}"),
         {"error bad_name categories.yaml:5:42"},
         "'example.org'"},
        {"URL",
         "categories.yaml",
         also("{id: x, title: N, source: s, names: [\"https://a.example/b\"]}"),
         {"error bad_name categories.yaml:5:42"},
         "'a.example'"},
        {"address",
         "categories.yaml",
         also("{id: x, title: N, source: s, names: [192.0.2.1]}"),
         {"error bad_name categories.yaml:5:42"}},
        {"name twice",
         "categories.yaml",
         also("{id: x, title: N, source: s, names: [a.example, A.EXAMPLE.]}"),
         {"warning duplicate_name categories.yaml:5:53"},
         "categories.yaml:5:42"},
        {"name in two categories",
         "categories.yaml",
         also("{id: x, title: N, source: s, names: [news.example]}"),
         {}},
        {"list outside",
         "categories.yaml",
         also("{id: x, title: N, source: s, lists: [../a.txt]}"),
         {"error bad_path categories.yaml:5:42"}},
        {"list absolute",
         "categories.yaml",
         also("{id: x, title: N, source: s, lists: [/etc/a.txt]}"),
         {"error bad_path categories.yaml:5:42"}},
        {"list up and down",
         "categories.yaml",
         also("{id: x, title: N, source: s, lists: [lists/../../a.txt]}"),
         {"error bad_path categories.yaml:5:42"}},
        {"list is policy",
         "categories.yaml",
         also("{id: x, title: N, source: s, lists: [mail.yaml]}"),
         {"error bad_path categories.yaml:5:42"}},
        {"list missing",
         "categories.yaml",
         also("{id: x, title: N, source: s, lists: [lists/bankin.txt]}"),
         {"error missing_file categories.yaml:5:42"},
         "'lists/banking.txt'"},
        {"name in list",
         "lists/banking.txt",
         "# banks\n\n  bank.example # b\n a b.example\r\n",
         {"error bad_name lists/banking.txt:4:2"}},
        {"twice in list",
         "lists/banking.txt",
         "bank.example\nBank.example\n",
         {"warning duplicate_name lists/banking.txt:2:1"},
         "lists/banking.txt:1:1"},
    });
}

TEST(Diagnostics, OfDecisions) {
    const std::string valid = "from: 2026-01-01, until: 2027-01-01}\n";
    const std::string grant = "grants:\n- {organisation: office, protocol: ";
    const std::string over = "overrides:\n- {name: a.example, author: A, ground: G, categories: ";
    check({
        {"no categories",
         "overrides.yaml",
         over + "[]}\n",
         {"error override_without_categories overrides.yaml:2:55"}},
        {"override category",
         "overrides.yaml",
         over + "[nes]}\n",
         {"error unknown_category overrides.yaml:2:56"},
         "'news'"},
        {"override twice",
         "overrides.yaml",
         over + "[news]}\n- {name: A.example, author: A, ground: G, categories: [news]}\n",
         {"error duplicate_override overrides.yaml:3:10"},
         "overrides.yaml:2:10"},
        {"override to none", "overrides.yaml", over + "[uncategorised]}\n", {}},
        {"bypass operator",
         "bypass.yaml",
         "bypass:\n- {operator: gamma, prefix: 10.9.0.0/16, ground: G, author: A}\n",
         {"error unknown_operator bypass.yaml:2:14"}},
        {"bypass twice",
         "bypass.yaml",
         "bypass:\n- {operator: alpha, prefix: 10.9.0.0/16, ground: G, author: A}\n"
         "- {operator: alpha, prefix: 10.9.0.0/16, ground: H, author: A}\n",
         {"error duplicate_entry bypass.yaml:3:29"},
         "bypass.yaml:2:29"},
        {"bypass without author",
         "bypass.yaml",
         "bypass:\n- {operator: alpha, prefix: 10.9.0.0/16, ground: G}\n",
         {"error missing_key bypass.yaml:2:3"}},
        {"pilot and bypass",
         "bypass.yaml",
         "bypass:\n- {operator: alpha, prefix: 10.2.0.0/16, ground: G, author: A}\n",
         {"error pilot_and_bypass bypass.yaml:2:29"},
         "organisations.yaml:11:12"},
        {"unknown protocol",
         "grants.yaml",
         grant + "wiregard, request: R, " + valid,
         {"error unknown_protocol grants.yaml:2:36"},
         "'wireguard'"},
        {"no VPN",
         "grants.yaml",
         grant + "ssh, request: R, " + valid,
         {"error not_a_vpn_protocol grants.yaml:2:36"}},
        {"expired grant",
         "grants.yaml",
         grant + "gre, request: R, from: 2026-01-01, until: 2026-11-20}\n",
         {"error expired_entry grants.yaml:2:78"}},
        {"granted twice",
         "grants.yaml",
         grant + "gre, request: R, " + valid +
             "- {organisation: office, protocol: gre, request: S, " + valid,
         {"error duplicate_entry grants.yaml:3:36"}},
    });
}

TEST(Diagnostics, OfServicesAndHosts) {
    const auto service = [](const std::string& rest) {
        return "services:\n- {id: s, title: S, " + rest + "}\n";
    };
    const std::string admitted =
        "{organisation: office, contract: C, from: 2026-01-01, until: 2027-01-01}";
    const auto mail = [](const std::string& server) {
        return "mail:\n- {domain: m.example, organisation: office, server: " + server + "}\n";
    };
    check({
        {"nowhere",
         "services.yaml",
         service("ports: [25]"),
         {"error missing_key services.yaml:2:3"}},
        {"port",
         "services.yaml",
         service("names: [s.example], ports: [65536]"),
         {"error out_of_range services.yaml:2:49"}},
        {"port twice",
         "services.yaml",
         service("names: [s.example], ports: [25, 25]"),
         {"error duplicate_entry services.yaml:2:53"}},
        {"admitted twice",
         "services.yaml",
         service("names: [s.example], admitted: [" + admitted + ", " + admitted + "]"),
         {"error admitted_twice services.yaml:2:141"},
         "services.yaml:2:52"},
        {"expired admission",
         "services.yaml",
         service("names: [s.example], admitted: [{organisation: office, contract: C, from: "
                 "2026-01-01, until: 2026-11-20}]"),
         {"error expired_entry services.yaml:2:113"}},
        {"service twice",
         "services.yaml",
         service("names: [s.example]") + "- {id: s, title: T, names: [t.example]}\n",
         {"error duplicate_id services.yaml:3:8"}},
        {"mail outside",
         "mail.yaml",
         mail("10.2.0.25"),
         {"warning server_outside_catalog mail.yaml:2:53"}},
        {"mail inside", "mail.yaml", mail("10.1.255.0/24"), {}},
        {"mail wider",
         "mail.yaml",
         mail("10.0.0.0/8"),
         {"warning server_outside_catalog mail.yaml:2:53"}},
        {"mail twice",
         "mail.yaml",
         mail("10.1.0.1") + "- {domain: M.example, organisation: office, server: 10.1.0.1}\n",
         {"error duplicate_entry mail.yaml:3:12"}},
        {"WAF outside",
         "waf.yaml",
         "waf:\n- {domain: w.example, organisation: office, server: 192.0.2.1, ports: [80]}\n",
         {"warning server_outside_catalog waf.yaml:2:53"}},
        {"WAF without ports",
         "waf.yaml",
         "waf:\n- {domain: w.example, organisation: office, server: 10.1.0.80, ports: []}\n",
         {"error empty_list waf.yaml:2:71"}},
    });
}

TEST(Diagnostics, OfTheFileSet) {
    check({
        {"misspelt",
         "organizations.yaml",
         "organisations: []\n",
         {"error unreferenced_file organizations.yaml:0:0"},
         "'organisations.yaml'"},
        {"unused list",
         "lists/old.txt",
         "a.example\n",
         {"error unreferenced_file lists/old.txt:0:0"}},
        {"left alone", "README.md", "words\n", {}},
    });
    FileSet files = small_policy();
    files.erase("policy.yaml");
    EXPECT_EQ(shapes(load_policy(files, test_day()).diagnostics),
              std::vector<std::string>{"error missing_file policy.yaml:0:0"});
}

TEST(Diagnostics, BypassAndOverdueContradict) {
    FileSet files = small_policy();
    files["bypass.yaml"] =
        "bypass:\n- {operator: alpha, prefix: 10.9.0.0/16, ground: G, author: A}\n";
    files["policy.yaml"] =
        "title: x\nunknown_source:\n  overdue:\n"
        "  - {operator: alpha, prefix: 10.9.0.0/16}\n"
        "  - {operator: beta, prefix: 10.9.0.0/16}\n";
    EXPECT_EQ(shapes(load_policy(files, test_day()).diagnostics),
              std::vector<std::string>{"error bypass_and_overdue policy.yaml:4:31"});
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
