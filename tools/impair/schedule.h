// What becomes of the n-th packet of a direction: a pure function of the seed, the direction and n.
// A run is replayed by its seed; that packets arrive at other times changes no packet's fate.
#pragma once
#include <cstdint>
#include <optional>

namespace sluice::impair {

// Shares are probabilities 0..1, each drawn on its own.
struct Impairment {
    std::uint64_t seed = 1;
    double loss = 0;
    double reorder = 0;    // held back by kReorderHold, so that later packets overtake
    double duplicate = 0;  // sent twice
    double corrupt = 0;    // one bit flipped
    double delay_ms = 0;
    double jitter_ms = 0;  // 0..jitter is added to the delay; packets may overtake, as in netem
};

inline constexpr std::uint64_t kReorderHoldNs = 3'000'000;  // 3 ms: some packets at lab speeds

enum class Direction : std::uint8_t { a_to_b, b_to_a };

struct Fate {
    bool lost = false;
    bool duplicated = false;
    bool reordered = false;
    std::optional<std::uint64_t> corrupt_bit;  // taken modulo the frame's bits
    std::uint64_t delay_ns = 0;                // reorder included
};

Fate fate_of(const Impairment& impairment, Direction direction, std::uint64_t index);

}  // namespace sluice::impair
