// words: rtsp rtmp mpeg_ts spotify icecast
// looks at: request and status lines of RTSP; RTMP's version and the zeros behind its time; sync
//   bytes 188 apart; magics
// limits: RTMP is answered as likely
// source: RFC 7826 7; Adobe RTMP 5.2; ISO 13818-1 2.4.3.2; Spotify's local discovery: observed
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

Answer rtsp_over_tcp(const FirstBytesView& view) noexcept {
    Answer best = starts_with(view.bytes, "RTSP/1.0 ");
    if (best == Answer::yes) return best;
    for (const std::string_view verb : {"OPTIONS ", "DESCRIBE ", "SETUP ", "PLAY ", "ANNOUNCE "}) {
        const Answer start = starts_with(view.bytes, verb);
        if (start == Answer::maybe) best = Answer::maybe;
        if (start != Answer::yes) continue;
        const Answer url = starts_with(view.bytes.subspan(verb.size()), "rtsp://");
        if (url != Answer::no) return url;
        return starts_with(view.bytes.subspan(verb.size()), "* RTSP/1.0");
    }
    return best;
}
Answer rtmp_over_tcp(const FirstBytesView& view) noexcept {
    Probe probe(view.bytes);  // version 3, time, zeros, noise
    probe.is(0x03).skip(4).zeros(4).skip(32);
    if (!probe.ok()) return probe.answer();
    return yes_if(!all_zero(view.bytes.subspan(9, 16)));
}
Answer mpeg_ts_over_udp(const FirstBytesView& view) noexcept {
    constexpr std::size_t kPacket = 188;
    constexpr std::uint8_t kSync = 0x47;
    const Bytes bytes = view.bytes;
    if (bytes.size() < 2 * kPacket || bytes.size() % kPacket != 0) return Answer::no;
    for (std::size_t at = 0; at < bytes.size(); at += kPacket)
        if (bytes[at] != kSync) return Answer::no;
    return Answer::yes;
}
Answer spotify_over_udp(const FirstBytesView& view) noexcept {
    return yes_if(as_text(view.bytes).starts_with("SpotUdp"));
}
Answer icecast_over_tcp(const FirstBytesView& view) noexcept {
    const Answer source = starts_with(view.bytes, "SOURCE /");
    return source != Answer::no ? source : starts_with(view.bytes, "ICY 200 OK");
}

}  // namespace sluice::detect
