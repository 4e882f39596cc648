// words: ssh
// looks at: the identification string of either side
// limits: none known
// source: RFC 4253 4.2
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

Answer ssh_over_tcp(const FirstBytesView& view) noexcept {
    const Answer two = starts_with(view.bytes, "SSH-2.0-");
    return two != Answer::no ? two : starts_with(view.bytes, "SSH-1.");  // 1.99 speaks both
}

}  // namespace sluice::detect
