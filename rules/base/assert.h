// Assertions find programmer errors; they are on in every build, release included.
//   SLUICE_ASSERT(cond)        a broken promise inside the program: print where, stop the process.
//   SLUICE_DEBUG_ASSERT(cond)  the same where a check per packet costs too much: run when
//                              SLUICE_DEBUG_CHECKS is defined, compiled always so it cannot rot.
// Never assert on what arrives from outside (packets, files, peers): that is a Result or a drop.
#pragma once
#include <cstdio>
#include <cstdlib>

namespace sluice {
[[noreturn, gnu::cold, gnu::noinline]] inline void assert_failed(const char* what, const char* file,
                                                                 int line) {
    std::fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, what);
    std::abort();
}
}  // namespace sluice

#define SLUICE_ASSERT(cond) \
    (static_cast<bool>(cond) ? void(0) : ::sluice::assert_failed(#cond, __FILE__, __LINE__))

#ifdef SLUICE_DEBUG_CHECKS
#define SLUICE_DEBUG_ASSERT(cond) SLUICE_ASSERT(cond)
#else
#define SLUICE_DEBUG_ASSERT(cond) (true ? void(0) : void(static_cast<bool>(cond)))
#endif
