#include "rules/load/diagnostic.h"

#include <algorithm>

namespace sluice::load {

std::string to_text(const Diagnostic& d) {
    std::string text = d.file;
    if (d.line != 0)
        text.append(":")
            .append(std::to_string(d.line))
            .append(":")
            .append(std::to_string(d.column));
    text.append(d.severity == Severity::error ? ": error: " : ": warning: ");
    text.append(d.message).append("\n");
    if (!d.hint.empty()) text.append("  hint: ").append(d.hint).append("\n");
    return text;
}

bool has_errors(const std::vector<Diagnostic>& diagnostics) {
    return std::any_of(diagnostics.begin(), diagnostics.end(),
                       [](const Diagnostic& d) { return d.severity == Severity::error; });
}

}  // namespace sluice::load
