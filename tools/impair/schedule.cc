// Draws fates from a counter-based generator (SplitMix64): no state, so no order to depend on.
#include "tools/impair/schedule.h"

namespace sluice::impair {
namespace {

enum class Draw : std::uint64_t { loss, reorder, duplicate, corrupt, corrupt_bit, jitter };

// SplitMix64's finaliser (Steele, Lea, Flood 2014).
std::uint64_t mix(std::uint64_t x) {
    x += 0x9e3779b97f4a7c15ull;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ull;
    x = (x ^ x >> 27) * 0x94d049bb133111ebull;
    return x ^ x >> 31;
}

struct Dice {
    std::uint64_t base;
    std::uint64_t bits(Draw draw) const { return mix(base + static_cast<std::uint64_t>(draw)); }
    double share(Draw draw) const { return static_cast<double>(bits(draw) >> 11) * 0x1p-53; }
};

std::uint64_t ms_to_ns(double ms) { return static_cast<std::uint64_t>(ms * 1e6); }

}  // namespace

Fate fate_of(const Impairment& impairment, Direction direction, std::uint64_t index) {
    const std::uint64_t stream = mix(impairment.seed) ^ static_cast<std::uint64_t>(direction);
    const Dice dice{mix(mix(stream) ^ index)};
    Fate fate;
    fate.lost = dice.share(Draw::loss) < impairment.loss;
    fate.reordered = dice.share(Draw::reorder) < impairment.reorder;
    fate.duplicated = dice.share(Draw::duplicate) < impairment.duplicate;
    if (dice.share(Draw::corrupt) < impairment.corrupt) {
        fate.corrupt_bit = dice.bits(Draw::corrupt_bit);
    }
    fate.delay_ns = ms_to_ns(impairment.delay_ms + impairment.jitter_ms * dice.share(Draw::jitter));
    if (fate.reordered) fate.delay_ns += kReorderHoldNs;
    return fate;
}

}  // namespace sluice::impair
