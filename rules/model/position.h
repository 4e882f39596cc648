// Where a value was written.
#pragma once
#include <cstdint>

namespace sluice::model {

// Equal to every other position: it never makes two policies differ.
struct Position {
    std::uint32_t file = 0;    // index into Policy::files
    std::uint32_t line = 0;    // 1-based; 0 = not from a file
    std::uint32_t column = 0;  // 1-based
    friend constexpr bool operator==(const Position&, const Position&) { return true; }
};

}  // namespace sluice::model
