#include "dataplane/flow/new_flow_gate.h"

namespace sluice::flow {
namespace {

constexpr std::size_t kOrganisations = 1u << 16;  // every OrgId

constexpr unsigned kTurnBits = 16;  // of a word, its lowest

// Three of a word's other 48 bits, from bits of the hash that do not choose the word.
std::uint64_t bits_of(std::uint64_t hash) noexcept {
    const auto bit = [hash](unsigned shift) {
        return std::uint64_t{1} << (kTurnBits + ((hash >> shift & 0x3ff) * 48 >> 10));
    };
    return bit(0) | bit(10) | bit(20);
}

}  // namespace

NewFlowGate::NewFlowGate(std::uint32_t per_second) : per_second_(per_second) {
    if (per_second == 0) return;
    buckets_.assign(kOrganisations, Bucket{per_second, 0});
    for (auto& filter : filters_)
        filter = HugeArray<std::uint64_t>(kWords);
}

// Whole tokens only; time that was not yet worth one stays in `filled_ms`.
bool NewFlowGate::take_token(Bucket& bucket, std::uint32_t now_ms) noexcept {
    const std::uint32_t elapsed_ms = now_ms - bucket.filled_ms;
    // A time before the last one (another burst's clock was read later) earns nothing.
    if (elapsed_ms != 0 && elapsed_ms < 0x8000'0000u) {
        const std::uint64_t earned = std::uint64_t{elapsed_ms} * per_second_ / 1000;
        if (bucket.tokens + earned >= per_second_) {
            bucket = {per_second_, now_ms};
        } else {
            bucket.tokens += static_cast<std::uint32_t>(earned);
            bucket.filled_ms += static_cast<std::uint32_t>(earned * 1000 / per_second_);
        }
    }
    if (bucket.tokens == 0) return false;
    --bucket.tokens;
    return true;
}

bool NewFlowGate::has_come_before(std::uint64_t hash, std::uint32_t now_ms) noexcept {
    if (remembered_ >= kRemembered || now_ms - turned_ms_ >= kForgetMs) {
        ++turn_;
        remembered_ = 0;
        turned_ms_ = now_ms;
    }
    const std::size_t at = hash >> 30 & (kWords - 1);
    const std::uint64_t bits = bits_of(hash);
    const auto knows = [&](std::uint16_t turn) {
        const std::uint64_t word = filters_[turn & 1][at];
        return static_cast<std::uint16_t>(word) == turn && (word & bits) == bits;
    };
    if (knows(turn_) || knows(static_cast<std::uint16_t>(turn_ - 1))) return true;
    std::uint64_t& word = filters_[turn_ & 1][at];
    word = (static_cast<std::uint16_t>(word) == turn_ ? word : turn_) | bits;
    ++remembered_;
    return false;
}

std::size_t NewFlowGate::memory_bytes() const noexcept {
    return buckets_.size() * sizeof(Bucket) + filters_[0].memory_bytes() +
           filters_[1].memory_bytes();
}

}  // namespace sluice::flow
