// touch(): asks for a line of memory with a load whose value nobody waits for.
//
// A burst asks for 64 lines at once. Measured once, on a busy AMD EPYC (Zen 4): 64 random lines of
// 8 MiB cost 79 ns each behind prefetch instructions and 26 ns behind loads; of 64 MiB 47 and 24 ns;
// of 512 MiB 36 and 32 ns. Why is not known (no hardware counters there); prefetches that are
// dropped while many misses are under way would look like this. Not measured on other CPUs.
// So: many lines, a loop of nothing but touch(); single lines: prefetch.
#pragma once

namespace sluice {

inline void touch(const void* line) noexcept {
    unsigned ignored;
    asm volatile("movzbl %1, %0" : "=r"(ignored) : "m"(*static_cast<const char*>(line)));
}

}  // namespace sluice
