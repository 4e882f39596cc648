// A bundle compiled and loaded in one step, for tests.
#pragma once
#include <gtest/gtest.h>

#include "rules/compile/compile.h"
#include "rules/ipc/bundle.h"

namespace sluice::test {

// Loaded, or the test ends with the first diagnostic.
inline ipc::LoadedBundle load(const model::Policy& policy) {
    auto compiled = compile::compile(policy);
    if (!compiled) ADD_FAILURE() << compiled.error().front().message;
    auto loaded = ipc::load_compiled(compiled.value().bundle);
    if (!loaded) ADD_FAILURE() << lookup::name_of(loaded.error());
    return std::move(loaded).value();
}

}  // namespace sluice::test
