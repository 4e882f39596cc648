// A small policy that loads without a word; tests replace one file of it at a time.
#pragma once
#include "rules/load/day_text.h"
#include "rules/load/load_policy.h"

namespace sluice::load {

inline model::Day test_day() { return *parse_day("2026-11-21"); }

inline FileSet small_policy() {
    return {
        {"policy.yaml", "title: Small\n"},
        {"operators.yaml",
         "operators:\n"
         "  - id: alpha\n"
         "    name: Alpha\n"
         "    wires: [{id: a-main, role: main, committed_gbit: 1}]\n"
         "  - id: beta\n"
         "    name: Beta\n"
         "    wires: [{id: b-main, role: main, committed_gbit: 2}]\n"},
        {"organisations.yaml",
         "organisations:\n"
         "  - id: office\n"
         "    name: Office\n"
         "    operator: alpha\n"
         "    contract: C-1\n"
         "    access: {request: R-1, categories: [news], from: 2026-01-15, until: 2027-01-14}\n"
         "  - id: school\n"
         "    name: School\n"
         "    operator: alpha\n"
         "    contract: C-2\n"
         "    pilot: {until: 2027-01-01, ground: G-1}\n"},
        {"catalog.yaml",
         "catalog:\n"
         "  - {operator: alpha, organisation: office, prefixes: [10.1.0.0/16]}\n"
         "  - {operator: alpha, organisation: school, prefixes: [10.2.0.0/16]}\n"},
        {"categories.yaml",
         "categories:\n"
         "  - {id: news, title: News, source: typed, names: [news.example]}\n"
         "  - {id: banking, title: Banks, exempt: finance, source: typed,\n"
         "     lists: [lists/banking.txt]}\n"},
        {"lists/banking.txt", "# banks\nbank.example\n"},
    };
}

}  // namespace sluice::load
