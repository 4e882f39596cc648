// Burst functions in three machine dialects; one is chosen when a table is made. Each dialect is a
// small file whose functions carry __attribute__((target)); no file is compiled with other flags,
// so no inline function exists in two versions.
#pragma once
#include <cstddef>
#include <cstdint>

#include "dataplane/flow/table_layout.h"

namespace sluice::flow {

enum class CodePath : std::uint8_t {
    best,    // the first below that the CPU has
    avx512,  // AVX-512BW tags, AES hash
    avx2,    // AVX2 tags, AES hash
    plain,   // any x86-64-v2: SSE2 tags, SipHash
};

// Tables of different dialects hash differently but answer alike.
struct BurstCode {
    const char* name;
    std::uint64_t (*hash)(const TableView&, const FlowKey&) noexcept;
    void (*hash_burst)(const TableView&, KeysView, Match*, std::size_t) noexcept;
    void (*match_burst)(const TableView&, Match*, std::size_t) noexcept;
};

extern const BurstCode kAvx512Code, kAvx2Code, kPlainCode;

// May `path` run on this CPU?
bool cpu_has(CodePath path) noexcept;
// The code for `path`, which the CPU must have.
const BurstCode& burst_code(CodePath path) noexcept;

}  // namespace sluice::flow
