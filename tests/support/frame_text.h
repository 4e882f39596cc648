// Frames as short text, for golden files of what Sluice sends itself: the words of packet_text.h,
// so that a line that was written can be read again.
#pragma once
#include <string>

#include "dataplane/wire/link.h"
#include "tests/support/frame.h"

namespace sluice::testing {

struct FrameTextOptions {
    std::size_t payload_max = 200;  // more is cut and its size told: "text(GET /...) +1200 bytes"
    bool show_macs = false;
    bool show_ip = true;  // ttl, id, DF and tos where they are not the builder's defaults
};

// "tcp 203.0.113.9:443 > 10.1.0.5:40000 RA seq=1 ack=2 win=0 vlan=100 text(...)". Never throws on
// frame contents: what cannot be taken apart is "raw hex(...)". Wrong checksums show as `badsum`
// and `badipsum`, padding as pad(N) whatever its bytes. With a large enough payload_max, and
// without badipsum, frame_of() of the text is the frame again (tested; frames of other tools may
// use more than there are words for).
std::string text_of(Bytes frame, const FrameTextOptions& options = {});

}  // namespace sluice::testing
