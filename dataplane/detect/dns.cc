// words: dns
// looks at: a message that parses, with a question of a class that is asked, or with records only
//   (multicast); over TCP behind its length
// limits: multicast DNS and LLMNR are the same messages and are told as dns
// source: RFC 1035 4.2, RFC 6762, RFC 4795
#include "dataplane/wire/dns.h"

#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {
namespace {

// Messages up to this size are parsed whole before the answer; larger ones (zone transfers) are
// told by their header, because a direction's buffer may not hold them [bytes].
constexpr std::size_t kWholeMessageMax = 1024;

// One question, not truncated: what every large message over TCP is, and noise hardly ever.
bool is_plain(Bytes header) { return be16(header, 4) == 1 && (header[2] & 2) == 0; }

// Internet, chaos, hesiod, none or any; multicast DNS sets the upper bit.
bool is_class(std::uint16_t value) {
    value &= 0x7fff;
    return value == 1 || value == 3 || value == 4 || value == 254 || value == 255;
}

// The first question or record: its name ends in a zero or a pointer; a type and a class that are
// used follow. Without a question it must be an answer.
bool begins_usually(Bytes message) {
    const bool answer = (message[2] & 0x80) != 0, asks = be16(message, 4) != 0;
    if (!asks && !answer) return false;
    if (!asks && be16(message, 6) == 0)  // a bare error
        return message.size() == wire::kDnsHeaderSize && (message[3] & 15) != 0;
    std::size_t at = wire::kDnsHeaderSize;
    while (at < message.size() && message[at] != 0 && message[at] < 0xc0)
        at += message[at] + 1u;
    at += at < message.size() && message[at] >= 0xc0 ? 2 : 1;
    return at + 4 <= message.size() && be16(message, at) != 0 && is_class(be16(message, at + 2));
}

bool is_message(Bytes bytes) {
    return bytes.size() >= wire::kDnsHeaderSize &&
           wire::plausible_dns_header(bytes.first(wire::kDnsHeaderSize), bytes.size()) &&
           begins_usually(bytes) && wire::parse_dns(bytes).ok();  // the cheap one first
}

}  // namespace

Answer dns_over_udp(const FirstBytesView& view) noexcept { return yes_if(is_message(view.bytes)); }

Answer dns_over_tcp(const FirstBytesView& view) noexcept {
    constexpr std::size_t kLengthSize = 2;
    // What streams of other protocols soon contradict: length, operation, reserved bit, one
    // question.
    Probe probe(view.bytes);
    std::uint8_t operation = 0, flags = 0;
    probe.u16_in(wire::kDnsHeaderSize, 0xffff).skip(2).u8(operation).u8(flags);
    probe.fail_unless((operation >> 3 & 15) <= 5 && (flags & 0x40) == 0).u16_in(0, 1);
    if (!probe.ok()) return probe.answer();
    const std::size_t size = be16(view.bytes, 0);
    const Bytes message = view.bytes.subspan(kLengthSize);
    if (message.size() < wire::kDnsHeaderSize) return Answer::maybe;
    if (!wire::plausible_dns_header(message, size)) return Answer::no;
    if (size > kWholeMessageMax) return is_plain(message) ? Answer::yes : Answer::no;
    if (message.size() < size) return Answer::maybe;
    return yes_if(is_message(message.first(size)));
}

}  // namespace sluice::detect
