// words: snmp
// looks at: the message's ASN.1: a sequence of its size, version 0, 1 or 3, then community and a
//   request, or the header of version 3
// limits: none known
// source: RFC 1157 4, RFC 3416 3, RFC 3412 6
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

namespace {

// One ASN.1 header: tag, then a length of at most two bytes. 0 = it is none.
std::size_t length_at(Bytes bytes, std::size_t& at) {
    if (at >= bytes.size()) return 0;
    const std::uint8_t first = bytes[at++];
    if (first < 0x80) return first;
    const unsigned more = first & 0x7fu;
    if (more == 0 || more > 2 || at + more > bytes.size()) return 0;
    std::size_t size = 0;
    for (unsigned i = 0; i < more; ++i)
        size = size << 8 | bytes[at++];
    return size;
}

}  // namespace

Answer snmp_over_udp(const FirstBytesView& view) noexcept {
    const Bytes bytes = view.bytes;
    if (bytes.size() < 12 || bytes[0] != 0x30) return Answer::no;
    std::size_t at = 1;
    const std::size_t size = length_at(bytes, at);
    if (size == 0 || at + size > bytes.size() || at + 4 > bytes.size()) return Answer::no;
    if (bytes[at] != 0x02 || bytes[at + 1] != 1) return Answer::no;
    const std::uint8_t version = bytes[at + 2];
    at += 3;
    if (version == 3) return yes_if(bytes[at] == 0x30);
    if (version > 1 || bytes[at++] != 0x04) return Answer::no;
    constexpr std::size_t kCommunityMax = 64;
    const std::size_t community = length_at(bytes, at);
    if (community > kCommunityMax || at + community >= bytes.size()) return Answer::no;
    return yes_if(bytes[at + community] >= 0xa0 && bytes[at + community] <= 0xa8);
}

}  // namespace sluice::detect
