// Burst functions for AVX-512BW + AES: a line of tags in one compare.
#include "dataplane/flow/burst_code.h"
#include "dataplane/flow/hash_aes.h"

namespace sluice::flow {
namespace {

__attribute__((target("avx512f,avx512bw,avx2,aes"))) void match_burst(const TableView& t,
                                                                      Match* matches,
                                                                      std::size_t count) noexcept {
    for (std::size_t i = 0; i < count; ++i) {
        Match& match = matches[i];
        const __m512i line = _mm512_load_si512(&t.tags[std::size_t{match.group} * kGroupSize]);
        const __m512i tag = _mm512_set1_epi16(static_cast<short>(tag_of(match.hash)));
        match.candidates = _mm512_cmpeq_epi16_mask(line, tag);
        if (match.candidates != 0) [[likely]]
            prefetch_entry(t, match);
        else
            touch_for_new(t, match, _mm512_testn_epi16_mask(line, line));
    }
}

}  // namespace

const BurstCode kAvx512Code{"avx512", hash_one_aes, hash_burst_aes, match_burst};

}  // namespace sluice::flow
