// Burst functions for AVX2 + AES: a line of tags in two compares.
#include "dataplane/flow/burst_code.h"
#include "dataplane/flow/hash_aes.h"

namespace sluice::flow {
namespace {

SLUICE_TARGET_AES inline std::uint32_t match_line(__m256i low, __m256i high, __m256i tag) noexcept {
    const __m256i packed =
        _mm256_packs_epi16(_mm256_cmpeq_epi16(low, tag), _mm256_cmpeq_epi16(high, tag));
    // packs works within 128-bit halves: put the four quarters back in order.
    const __m256i ordered = _mm256_permute4x64_epi64(packed, 0xd8);
    return static_cast<std::uint32_t>(_mm256_movemask_epi8(ordered));
}

SLUICE_TARGET_AES void match_burst(const TableView& t, Match* matches, std::size_t count) noexcept {
    for (std::size_t i = 0; i < count; ++i) {
        Match& match = matches[i];
        const auto* line =
            reinterpret_cast<const __m256i*>(&t.tags[std::size_t{match.group} * kGroupSize]);
        const __m256i low = _mm256_load_si256(line), high = _mm256_load_si256(line + 1);
        const __m256i tag = _mm256_set1_epi16(static_cast<short>(tag_of(match.hash)));
        match.candidates = match_line(low, high, tag);
        if (match.candidates != 0) [[likely]]
            prefetch_entry(t, match);
        else
            touch_for_new(t, match, match_line(low, high, _mm256_setzero_si256()));
    }
}

}  // namespace

const BurstCode kAvx2Code{"avx2", hash_one_aes, hash_burst_aes, match_burst};

}  // namespace sluice::flow
