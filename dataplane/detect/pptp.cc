// words: pptp
// looks at: a control message's type and magic cookie
// limits: its GRE is told as gre
// source: RFC 2637 1.4, 2.1
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

Answer pptp_over_tcp(const FirstBytesView& view) noexcept {
    constexpr std::uint16_t kControl = 1, kSmallest = 12, kLargest = 220;
    Probe probe(view.bytes);
    probe.u16_in(kSmallest, kLargest).u16_in(kControl, kControl).u32_in(0x1a2b3c4d, 0x1a2b3c4d);
    return probe.answer();
}

}  // namespace sluice::detect
