// Diagnostic: one thing wrong in a file people write, with where, what and what to do next.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace sluice::load {

enum class Severity : std::uint8_t { error, warning };

struct Diagnostic {
    std::string file;          // as named in the file set
    std::uint32_t line = 0;    // 1-based; 0 = the file as a whole
    std::uint32_t column = 0;  // 1-based, counted in characters
    Severity severity = Severity::error;
    std::string code;  // stable word for programs and tests: "unknown_key" (README.md lists them)
    std::string message;  // for people; may change
    std::string hint;     // what to do next; may be empty

    friend bool operator==(const Diagnostic&, const Diagnostic&) = default;
};

// "file:line:column: error: message\n  hint: ...\n", the form editors jump to. Without a line only
// the file, without a hint one line.
std::string to_text(const Diagnostic& diagnostic);

// True when one of them is an error.
bool has_errors(const std::vector<Diagnostic>& diagnostics);

}  // namespace sluice::load
