// Which dialect of the burst functions a CPU can run.
#include "dataplane/flow/burst_code.h"

#include "rules/base/assert.h"

namespace sluice::flow {

bool cpu_has(CodePath path) noexcept {
    __builtin_cpu_init();
    const bool avx2 = __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("aes") != 0;
    if (path == CodePath::avx2) return avx2;
    if (path == CodePath::avx512) return avx2 && __builtin_cpu_supports("avx512bw") != 0;
    return true;
}

const BurstCode& burst_code(CodePath path) noexcept {
    SLUICE_ASSERT(cpu_has(path));
    if (path == CodePath::best) {
        if (cpu_has(CodePath::avx512)) return kAvx512Code;
        return cpu_has(CodePath::avx2) ? kAvx2Code : kPlainCode;
    }
    if (path == CodePath::avx512) return kAvx512Code;
    return path == CodePath::avx2 ? kAvx2Code : kPlainCode;
}

}  // namespace sluice::flow
