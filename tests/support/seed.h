// One seed a test run: printed, so that a failure can be replayed with SLUICE_SEED=<seed>.
#pragma once
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iostream>

namespace sluice::test {

inline std::uint64_t seed() {
    static const std::uint64_t value = [] {
        const char* given = std::getenv("SLUICE_SEED");
        const auto clock = std::chrono::steady_clock::now().time_since_epoch().count();
        const std::uint64_t drawn =
            given != nullptr ? std::strtoull(given, nullptr, 0) : static_cast<std::uint64_t>(clock);
        std::cout << "SLUICE_SEED=" << drawn << '\n';
        return drawn;
    }();
    return value;
}

}  // namespace sluice::test
