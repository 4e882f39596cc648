// What became of one YAML file: the value read from it, or everything that is wrong with it.
#pragma once
#include <vector>

#include "rules/load/diagnostic.h"

namespace sluice::load {

template <class Value>
struct LoadedFile {
    Value value;  // the defaults unless ok()
    std::vector<Diagnostic> diagnostics;
    bool ok() const { return !has_errors(diagnostics); }
};

}  // namespace sluice::load
