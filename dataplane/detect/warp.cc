// words: warp
// looks at: a WireGuard handshake whose three reserved bytes are not zero, as Cloudflare's client
//   sends it, answered by the server with the initiator's index
// limits: only with both directions seen; MASQUE (HTTP/3) is told by the service's addresses in the
//   policy
// source: Donenfeld, "WireGuard", 5.4.2 and 5.4.3; the reserved bytes carry the client's id
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

Answer warp_over_udp(const FirstBytesView& view) noexcept {
    constexpr std::size_t kInitiationSize = 148, kResponseSize = 92;
    const Bytes bytes = view.bytes;
    if (bytes.size() != kResponseSize || bytes[0] != 2) return Answer::no;
    const Glimpse* asked = view.last_of_other();
    if (asked == nullptr || asked->size != kInitiationSize || asked->head[0] != 1)
        return Answer::no;
    const bool marked = !all_zero(asked->bytes().subspan(1, 3)) || !all_zero(bytes.subspan(1, 3));
    return yes_if(marked && be32(bytes, 8) == be32(asked->bytes(), 4) && be32(bytes, 8) != 0);
}

}  // namespace sluice::detect
