// words: rtp rtcp
// looks at: two datagrams of one direction with one source, one kind of payload and a sequence that
//   goes on; reports of control packets that fill the datagram
// limits: a stream of one datagram is not told; what runs on a flow that began with STUN is told as
//   stun
// source: RFC 3550 5.1, 6.1, 6.4; RFC 5761 4; RFC 3551 6
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

namespace {

constexpr std::size_t kHeaderSize = 12;

// Payload types 72 to 76 are control packets seen as RTP.
bool is_rtp(Bytes head, std::size_t size) {
    if (head.size() < kHeaderSize || size < kHeaderSize + (head[0] & 15u) * 4u) return false;
    const unsigned type = head[1] & 0x7fu;
    return head[0] >> 6 == 2 && (type <= 34 || type >= 96);
}

}  // namespace

Answer rtp_over_udp(const FirstBytesView& view) noexcept {
    constexpr std::uint16_t kAheadMax = 64;
    constexpr std::uint32_t kTimeStepMax = 90'000 * 10;  // ten seconds of the fastest usual clock
    if (!is_rtp(view.bytes, view.bytes.size())) return Answer::no;
    const Glimpse* before = view.before();
    if (before == nullptr || !is_rtp(before->bytes(), before->size)) return Answer::no;
    const Bytes a = before->bytes(), b = view.bytes;
    const std::uint16_t ahead = static_cast<std::uint16_t>(be16(b, 2) - be16(a, 2));
    const std::uint32_t step = be32(b, 4) - be32(a, 4);
    return yes_if(be32(a, 8) == be32(b, 8) && be32(b, 8) != 0 && ahead >= 1 && ahead <= kAheadMax &&
                  (a[1] & 0x7f) == (b[1] & 0x7f) &&
                  (step <= kTimeStepMax || 0u - step <= kTimeStepMax));
}

Answer rtcp_over_udp(const FirstBytesView& view) noexcept {
    constexpr unsigned kPacketsMax = 16;
    Bytes rest = view.bytes;
    bool report = false;
    for (unsigned n = 0; n < kPacketsMax && !rest.empty(); ++n) {
        if (rest.size() < 8 || rest[0] >> 6 != 2) break;
        const unsigned type = rest[1];
        const std::size_t size = (be16(rest, 2) + 1u) * 4u;
        if (type < 200 || type > 207 || size > rest.size()) return Answer::no;
        // The first is a report with room for its blocks; of reduced size, feedback.
        if (n == 0) {
            const unsigned count = rest[0] & 31u;
            const std::size_t fixed = type == 200 ? 28 : 8;
            report = (type == 200 || type == 201) ? size >= fixed + count * 24u
                                                  : (type == 205 || type == 206) && size >= 12;
        }
        rest = rest.subspan(size);
    }
    // What is left over is a check value of SRTCP: index and tag.
    return yes_if(report && (rest.empty() || rest.size() == 8 || rest.size() == 14));
}

}  // namespace sluice::detect
