// The flow hash where the CPU has AES instructions: about 2 ns a key in a burst.
//
//   user   ─ ^k0 ─ round k1 ─ round k2 ─┐
//   remote ─ ^k3 ─ round k4 ─ round k5 ─┴─ ^ ─ ports.. ^k6 ─ round k0 ─ round k3 ─► low 64 bits
//
// Two rounds between any input and the next point where inputs meet: with one round an outsider who
// guesses a single byte of the key can choose a second address that cancels the first (256 flows
// that collide for 65,536 tried). After two he must guess five.
#pragma once
#include <immintrin.h>

#include <cstdint>
#include <cstring>

#include "dataplane/flow/touch_lines.h"

namespace sluice::flow {

#define SLUICE_TARGET_AES __attribute__((target("avx2,aes")))

struct AesKeys {
    __m128i k[7];
};

SLUICE_TARGET_AES inline AesKeys load_aes_keys(const TableView& t) noexcept {
    AesKeys keys;
    const auto* from = reinterpret_cast<const __m128i*>(t.round_keys);
    for (unsigned i = 0; i < 7; ++i)
        keys.k[i] = _mm_load_si128(from + i);
    return keys;
}

SLUICE_TARGET_AES inline std::uint64_t hash_aes(const AesKeys& keys, const FlowKey& key) noexcept {
    const auto* in = reinterpret_cast<const __m128i*>(&key);
    __m128i user = _mm_xor_si128(_mm_loadu_si128(in), keys.k[0]);
    __m128i remote = _mm_xor_si128(_mm_loadu_si128(in + 1), keys.k[3]);
    const __m128i rest = _mm_xor_si128(_mm_loadl_epi64(in + 2), keys.k[6]);
    user = _mm_aesenc_si128(user, keys.k[1]);
    remote = _mm_aesenc_si128(remote, keys.k[4]);
    user = _mm_aesenc_si128(user, keys.k[2]);
    remote = _mm_aesenc_si128(remote, keys.k[5]);
    __m128i all = _mm_xor_si128(_mm_xor_si128(user, remote), rest);
    all = _mm_aesenc_si128(all, keys.k[0]);
    all = _mm_aesenc_si128(all, keys.k[3]);
    return static_cast<std::uint64_t>(_mm_cvtsi128_si64(all));
}

SLUICE_TARGET_AES inline std::uint64_t hash_one_aes(const TableView& t,
                                                    const FlowKey& key) noexcept {
    return hash_aes(load_aes_keys(t), key);
}

SLUICE_TARGET_AES inline void hash_burst_aes(const TableView& t, KeysView keys, Match* matches,
                                             std::size_t count) noexcept {
    const AesKeys aes = load_aes_keys(t);
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint64_t hash = hash_aes(aes, keys[i]);
        const std::uint32_t group = home_group(hash, t.groups);
        prefetch_tags(t, group);
        matches[i] = Match{hash, group, 0};
    }
}

}  // namespace sluice::flow
