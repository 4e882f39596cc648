// Rows of the tests of diagnostics: one file of a right policy is replaced, and exactly the
// expected codes and places are said. Never the wording.
#pragma once
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "rules/load/report.h"
#include "tests/unit/load/small_policy.h"

namespace sluice::load {

struct Row {
    const char* title;
    const char* file;  // replaced or added
    std::string content;
    std::vector<std::string> expected;  // "error unknown_key policy.yaml:2:1"
    const char* hint_has = "";          // the first one's hint contains it
};

inline std::string shape(const Diagnostic& d) {
    return std::string(d.severity == Severity::error ? "error " : "warning ") + d.code + " " +
           d.file + ":" + std::to_string(d.line) + ":" + std::to_string(d.column);
}

inline std::vector<std::string> shapes(const std::vector<Diagnostic>& diagnostics) {
    std::vector<std::string> out;
    for (const Diagnostic& d : diagnostics)
        out.push_back(shape(d));
    return out;
}

inline void check(const std::vector<Row>& rows) {
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

}  // namespace sluice::load
