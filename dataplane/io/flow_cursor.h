// A cursor over the flows of all workers: which worker, and where in its table. Clients hand it
// back as they got it; whatever they send instead is a place to go on from, or the end.
#pragma once
#include <cstdint>

namespace sluice::io {

struct FlowCursor {
    unsigned worker = 0;
    std::uint64_t place = 0;  // the worker's own cursor, below 2^48

    static constexpr unsigned kPlaceBits = 48;
    static constexpr std::uint64_t kPlaceMask = (std::uint64_t{1} << kPlaceBits) - 1;

    static constexpr FlowCursor from(std::uint64_t raw) {
        return {static_cast<unsigned>(raw >> kPlaceBits), raw & kPlaceMask};
    }
    constexpr std::uint64_t raw() const {
        return std::uint64_t{worker} << kPlaceBits | (place & kPlaceMask);
    }
    // After a page of this worker that ended at `place` (0: its last flow): where the next page
    // begins; 0 when no worker is left.
    constexpr std::uint64_t after(std::uint64_t next_place, unsigned workers) const {
        if (next_place != 0) return FlowCursor{worker, next_place}.raw();
        return worker + 1 < workers ? FlowCursor{worker + 1, 0}.raw() : 0;
    }
};

}  // namespace sluice::io
