// words: nebula
// looks at: the first message of a handshake: version 1, no index yet, counter 1, a Noise key
// limits: a flow joined after its handshake is not told
// source: slackhq/nebula header/header.go
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

Answer nebula_over_udp(const FirstBytesView& view) noexcept {
    constexpr std::size_t kNoiseSizeMin = 96;
    Probe probe(view.bytes);
    probe.is(0x10).zeros(3 + 4 + 7).is(0x01);
    return yes_if(whole(probe) && probe.left() >= kNoiseSizeMin &&
                  !all_zero(probe.rest().first(32)));
}

}  // namespace sluice::detect
