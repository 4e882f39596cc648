// Diagnostics of the catalog, the categories, single decisions, services and the file set.
#include "tests/unit/load/diagnostic_rows.h"

namespace sluice::load {
namespace {

TEST(DiagnosticsOfParts, OfTheCatalog) {
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

TEST(DiagnosticsOfParts, OfCategories) {
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
    });
}

TEST(DiagnosticsOfParts, OfLists) {
    const auto also = [&](const std::string& entry) {
        return small_policy()["categories.yaml"] + "  - " + entry + "\n";  // line 5
    };
    check({
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

TEST(DiagnosticsOfParts, OfDecisions) {
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

TEST(DiagnosticsOfParts, OfServicesAndHosts) {
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

TEST(DiagnosticsOfParts, OfTheFileSet) {
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

TEST(DiagnosticsOfParts, BypassAndOverdueContradict) {
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

}  // namespace
}  // namespace sluice::load
