// words: tailscale
// looks at: the magic of its path discovery messages
// limits: the data are WireGuard's; its control connection is told by its request or by name
// source: Tailscale disco/disco.go
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

Answer tailscale_over_udp(const FirstBytesView& view) noexcept {
    constexpr std::size_t kHeaderSize = 6 + 32 + 24 + 16;  // magic, sender's key, nonce, tag
    return yes_if(view.bytes.size() >= kHeaderSize &&
                  as_text(view.bytes).starts_with("TS\xf0\x9f\x92\xac"));
}

}  // namespace sluice::detect
