// DNS on its ports: a message that parses (RFC 1035 4.2; multicast RFC 6762, LLMNR RFC 4795).
#include "dataplane/wire/dns.h"

#include "dataplane/detect/recognisers.h"

namespace sluice::detect {
namespace {

// Messages up to this size are parsed whole before the answer; larger ones (zone transfers) are
// told by their header, because a direction's buffer may not hold them [bytes].
constexpr std::size_t kWholeMessageMax = 1024;

// One question, not truncated: what every large message over TCP is, and noise hardly ever.
bool is_plain(Bytes header) { return be16(header, 4) == 1 && (header[2] & 2) == 0; }

}  // namespace

Answer dns_over_udp(const FirstBytesView& view) noexcept {
    if (!view.has_port(53) && !view.has_port(5353) && !view.has_port(5355)) return Answer::no;
    return wire::parse_dns(view.bytes).ok() ? Answer::yes : Answer::no;
}

Answer dns_over_tcp(const FirstBytesView& view) noexcept {
    constexpr std::size_t kLengthSize = 2;
    if (!view.has_port(53)) return Answer::no;
    if (view.bytes.size() < kLengthSize) return Answer::maybe;
    const std::size_t size = be16(view.bytes, 0);
    if (size < wire::kDnsHeaderSize) return Answer::no;
    const Bytes message = view.bytes.subspan(kLengthSize);
    if (message.size() < wire::kDnsHeaderSize) return Answer::maybe;
    if (!wire::plausible_dns_header(message, size)) return Answer::no;
    if (size > kWholeMessageMax) return is_plain(message) ? Answer::yes : Answer::no;
    if (message.size() < size) return Answer::maybe;
    return wire::parse_dns(message.first(size)).ok() ? Answer::yes : Answer::no;
}

}  // namespace sluice::detect
