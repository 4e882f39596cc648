// words: netflow sflow
// looks at: the header's version, and a count or length that fits the datagram
// limits: sFlow 2 and 4 are told by their address type and counters only
// source: RFC 3954 5.1, RFC 7011 3.1, Cisco NetFlow export datagram formats 1, 5, 7; sFlow 5 (2004)
//   5
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

namespace {

bool is_set(std::uint16_t id, bool ipfix) {
    return id >= 256 || (ipfix ? id == 2 || id == 3 : id == 0 || id == 1);
}

}  // namespace

Answer netflow_over_udp(const FirstBytesView& view) noexcept {
    const Bytes bytes = view.bytes;
    if (bytes.size() < 16) return Answer::no;
    constexpr std::uint32_t kTimeMin = 900'000'000;  // seconds: 1998, before the formats
    const std::size_t count = be16(bytes, 2);
    switch (be16(bytes, 0)) {
        case 1:
            return yes_if(count >= 1 && count <= 24 && bytes.size() == 16 + 52 * count);
        case 5:
            return yes_if(count >= 1 && count <= 30 && bytes.size() == 24 + 48 * count);
        case 7:
            return yes_if(count >= 1 && count <= 28 && bytes.size() == 24 + 52 * count);
        case 9:
            return yes_if(bytes.size() >= 24 && count >= 1 && be32(bytes, 8) >= kTimeMin &&
                          is_set(be16(bytes, 20), false) && be16(bytes, 22) >= 4 &&
                          be16(bytes, 22) <= bytes.size() - 20);
        case 10:
            return yes_if(bytes.size() >= 20 && count == bytes.size() &&
                          be32(bytes, 4) >= kTimeMin && is_set(be16(bytes, 16), true) &&
                          be16(bytes, 18) >= 4 && be16(bytes, 18) <= bytes.size() - 16);
        default:
            return Answer::no;
    }
}

Answer sflow_over_udp(const FirstBytesView& view) noexcept {
    constexpr std::uint32_t kSamplesMax = 64, kSampleTypeMax = 5, kVersion = 5;
    std::uint32_t version = 0, family = 0, size = 0;
    Probe probe(view.bytes);
    probe.u32(version).fail_unless(version == 2 || version == 4 || version == kVersion);
    probe.u32(family).fail_unless(family == 1 || family == 2).skip(family == 1 ? 4 : 16);
    if (version != kVersion)
        probe.skip(8).u32_in(1, kSamplesMax).u32_in(1, 2);
    else
        probe.u32_in(0, 1024).skip(8).u32_in(1, kSamplesMax).u32_in(1, kSampleTypeMax).u32(size);
    return yes_if(whole(probe) && (version != kVersion || size <= probe.left()));
}

}  // namespace sluice::detect
