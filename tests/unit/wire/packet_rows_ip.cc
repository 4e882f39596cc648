// IP headers, lengths and IPv6 extension headers.
#include "packet_rows.h"

namespace sluice::wire {
namespace {

constexpr PacketRow kRows[] = {
    {"IPv4", "tcp 10.1.0.5:40000 > 203.0.113.9:443 S",
     "flow 0800 6 10.1.0.5:40000 > 203.0.113.9:443 l3=14 l4=34 data=54+0 flags=02 seq=1000 "
     "win=65535"},
    {"IPv4 with options", "tcp 10.1.0.5:40000 > 203.0.113.9:443 S ipopt(94040000 01010101)",
     "flow 0800 6 10.1.0.5:40000 > 203.0.113.9:443 l3=14 l4=42 data=62+0 flags=02 seq=1000 "
     "win=65535"},
    {"IPv4 with 40 bytes of options",
     "udp 10.1.0.5:1 > 10.1.0.6:2 text(hello) "
     "ipopt(0101010101010101010101010101010101010101010101010101010101010101010101010101010a)",
     "flow 0800 17 10.1.0.5:1 > 10.1.0.6:2 l3=14 l4=74 data=82+5"},
    {"IPv4 header of 16 bytes", "udp 10.1.0.5:1 > 10.1.0.6:2 text(hello) poke(14,44)",
     "drop ip_bad_length"},
    {"IPv4 header longer than the packet", "udp 10.1.0.5:1 > 10.1.0.6:2 poke(14,4f) pad(100)",
     "drop ip_bad_length"},
    {"IPv4 header longer than the frame", "udp 10.1.0.5:1 > 10.1.0.6:2 poke(14,4f)",
     "drop ip_short"},
    {"IPv4 of version 5", "udp 10.1.0.5:1 > 10.1.0.6:2 poke(14,55)", "drop ip_version"},
    {"IPv4 total length below its header", "udp 10.1.0.5:1 > 10.1.0.6:2 iplen=19",
     "drop ip_bad_length"},
    {"IPv4 total length of the header alone", "udp 10.1.0.5:1 > 10.1.0.6:2 iplen=20",
     "drop l4_short"},
    {"IPv4 total length beyond the frame", "udp 10.1.0.5:1 > 10.1.0.6:2 iplen=29",
     "drop ip_truncated"},
    {"IPv4 total length 0", "tcp 10.1.0.5:1 > 10.1.0.6:2 PA fill(1000) iplen=0",
     "drop ip_bad_length"},
    {"IPv4 total length 0 of a segment to be cut",
     "tcp 10.1.0.5:1 > 10.1.0.6:2 PA fill(3000) iplen=0",
     "flow 0800 6 10.1.0.5:1 > 10.1.0.6:2 l3=14 l4=34 data=54+3000 flags=18 seq=1001 ack=1001 "
     "win=65535"},
    {"IPv4 total length 0 just above one frame",
     "tcp 10.1.0.5:1 > 10.1.0.6:2 PA fill(1481) iplen=0",
     "flow 0800 6 10.1.0.5:1 > 10.1.0.6:2 l3=14 l4=34 data=54+1481 flags=18 seq=1001 ack=1001 "
     "win=65535"},
    {"IPv4 total length 0 just one frame", "tcp 10.1.0.5:1 > 10.1.0.6:2 PA fill(1480) iplen=0",
     "drop ip_bad_length"},
    {"IPv4 total length 0 over UDP", "udp 10.1.0.5:1 > 10.1.0.6:2 fill(3000) iplen=0",
     "drop ip_bad_length"},
    {"IPv4 total length 0 of a fragment",
     "tcp 10.1.0.5:1 > 10.1.0.6:2 PA fill(3000) iplen=0 frag(id=1,off=0,more)",
     "drop ip_bad_length"},
    {"captured to the end of the headers", "tcp 10.1.0.5:1 > 10.1.0.6:2 PA fill(1000) captured(54)",
     "flow 0800 6 10.1.0.5:1 > 10.1.0.6:2 l3=14 l4=34 data=54+1000 flags=18 seq=1001 ack=1001 "
     "win=65535"},
    {"captured to the middle of TCP", "tcp 10.1.0.5:1 > 10.1.0.6:2 PA fill(1000) captured(53)",
     "drop l4_short"},
    {"captured to the middle of TCP options",
     "tcp 10.1.0.5:1 > 10.1.0.6:2 PA ts=1,2 fill(1000) captured(64)", "drop l4_short"},
    {"captured to the middle of IPv4", "tcp 10.1.0.5:1 > 10.1.0.6:2 PA fill(1000) captured(33)",
     "drop ip_short"},
    {"cut on the wire", "tcp 10.1.0.5:1 > 10.1.0.6:2 PA fill(1000) cut(1)", "drop ip_truncated"},
    {"IPv6", "tcp [2001:db8::1]:40000 > [2001:db8::2]:443 S",
     "flow 86dd 6 [2001:db8::1]:40000 > [2001:db8::2]:443 l3=14 l4=54 data=74+0 flags=02 seq=1000 "
     "win=65535"},
    {"IPv6 of version 4", "tcp [2001:db8::1]:40000 > [2001:db8::2]:443 S poke(14,45)",
     "drop ip_version"},
    {"IPv6 payload beyond the frame", "udp [2001:db8::1]:1 > [2001:db8::2]:2 iplen=9",
     "drop ip_truncated"},
    {"IPv6 payload 0", "udp [2001:db8::1]:1 > [2001:db8::2]:2 iplen=0", "drop ip_bad_length"},
    {"IPv6 payload 0 of a segment to be cut",
     "tcp [2001:db8::1]:1 > [2001:db8::2]:2 PA fill(3000) iplen=0",
     "flow 86dd 6 [2001:db8::1]:1 > [2001:db8::2]:2 l3=14 l4=54 data=74+3000 flags=18 seq=1001 "
     "ack=1001 win=65535"},
    {"IPv6 jumbogram", "tcp [2001:db8::1]:1 > [2001:db8::2]:2 PA fill(3000) ext(hop) iplen=0",
     "drop ip_bad_length"},
    {"IPv6 with nothing behind", "proto=59 2001:db8::1 > 2001:db8::2",
     "flow 86dd 59 2001:db8::1 > 2001:db8::2 l3=14 l4=54 data=54+0"},
    {"IPv6 with something behind nothing", "proto=59 2001:db8::1 > 2001:db8::2 text(hello)",
     "flow 86dd 59 2001:db8::1 > 2001:db8::2 l3=14 l4=54 data=54+5"},
    {"hop-by-hop", "udp [2001:db8::1]:1 > [2001:db8::2]:2 text(hello) ext(hop)",
     "flow 86dd 17 [2001:db8::1]:1 > [2001:db8::2]:2 l3=14 l4=62 data=70+5"},
    {"hop-by-hop of 2048 bytes", "udp [2001:db8::1]:1 > [2001:db8::2]:2 text(hello) ext(hop,2048)",
     "flow 86dd 17 [2001:db8::1]:1 > [2001:db8::2]:2 l3=14 l4=2102 data=2110+5"},
    {"hop-by-hop behind destination options",
     "udp [2001:db8::1]:1 > [2001:db8::2]:2 text(hello) ext(dest) ext(hop)", "drop ipv6_extension"},
    {"routing", "udp [2001:db8::1]:1 > [2001:db8::2]:2 text(hello) ext(routing,24)",
     "flow 86dd 17 [2001:db8::1]:1 > [2001:db8::2]:2 l3=14 l4=78 data=86+5"},
    {"destination options", "udp [2001:db8::1]:1 > [2001:db8::2]:2 text(hello) ext(dest,16)",
     "flow 86dd 17 [2001:db8::1]:1 > [2001:db8::2]:2 l3=14 l4=70 data=78+5"},
    {"authentication", "udp [2001:db8::1]:1 > [2001:db8::2]:2 text(hello) ext(ah)",
     "flow 86dd 17 [2001:db8::1]:1 > [2001:db8::2]:2 l3=14 l4=78 data=86+5"},
    {"authentication of 8 bytes", "udp [2001:db8::1]:1 > [2001:db8::2]:2 text(hello) ext(ah,8)",
     "flow 86dd 17 [2001:db8::1]:1 > [2001:db8::2]:2 l3=14 l4=62 data=70+5"},
    {"mobility", "proto=59 2001:db8::1 > 2001:db8::2 ext(mobility)",
     "flow 86dd 59 2001:db8::1 > 2001:db8::2 l3=14 l4=62 data=62+0"},
    {"HIP", "proto=59 2001:db8::1 > 2001:db8::2 ext(hip,40)",
     "flow 86dd 59 2001:db8::1 > 2001:db8::2 l3=14 l4=94 data=94+0"},
    {"shim6", "udp [2001:db8::1]:1 > [2001:db8::2]:2 text(hello) ext(shim6)",
     "flow 86dd 17 [2001:db8::1]:1 > [2001:db8::2]:2 l3=14 l4=62 data=70+5"},
    {"atomic fragment", "udp [2001:db8::1]:1 > [2001:db8::2]:2 text(hello) ext(atomic)",
     "flow 86dd 17 [2001:db8::1]:1 > [2001:db8::2]:2 l3=14 l4=62 data=70+5"},
    {"all of RFC 8200 in order",
     "tcp [2001:db8::1]:1 > [2001:db8::2]:2 PA text(hello) ext(hop) ext(dest) ext(routing) "
     "ext(atomic) ext(ah) ext(dest)",
     "flow 86dd 6 [2001:db8::1]:1 > [2001:db8::2]:2 l3=14 l4=118 data=138+5 flags=18 seq=1001 "
     "ack=1001 win=65535"},
    {"eight extension headers",
     "udp [2001:db8::1]:1 > [2001:db8::2]:2 text(hello) ext(dest) ext(dest) ext(dest) ext(dest) "
     "ext(dest) ext(dest) ext(dest) ext(dest)",
     "flow 86dd 17 [2001:db8::1]:1 > [2001:db8::2]:2 l3=14 l4=118 data=126+5"},
    {"nine extension headers",
     "udp [2001:db8::1]:1 > [2001:db8::2]:2 text(hello) ext(dest) ext(dest) ext(dest) ext(dest) "
     "ext(dest) ext(dest) ext(dest) ext(dest) ext(dest)",
     "drop ipv6_extension"},
    {"extension header cut by the packet",
     "udp [2001:db8::1]:1 > [2001:db8::2]:2 ext(dest,32) iplen=31", "drop ipv6_extension"},
    {"extension header's first bytes cut by the packet",
     "udp [2001:db8::1]:1 > [2001:db8::2]:2 ext(dest) iplen=7", "drop ipv6_extension"},
    {"extension header cut by the capture",
     "udp [2001:db8::1]:1 > [2001:db8::2]:2 ext(dest,32) captured(80)", "drop ipv6_extension"},
    {"extension header and no transport", "udp [2001:db8::1]:1 > [2001:db8::2]:2 ext(dest) iplen=8",
     "drop l4_short"},
    {"ESP behind an extension header",
     "proto=50 2001:db8::1 > 2001:db8::2 ext(dest) hex(00000001 00000001)",
     "flow 86dd 50 2001:db8::1 > 2001:db8::2 l3=14 l4=62 data=62+8"},
    {"experimental header is not looked through",
     "proto=253 2001:db8::1 > 2001:db8::2 hex(0600000000000000)",
     "flow 86dd 253 2001:db8::1 > 2001:db8::2 l3=14 l4=54 data=54+8"},
    {"IPv4 with a header only IPv6 has", "proto=60 10.1.0.5 > 10.1.0.6 hex(1100010400000000)",
     "flow 0800 60 10.1.0.5 > 10.1.0.6 l3=14 l4=34 data=34+8"},
};

}  // namespace

std::span<const PacketRow> ip_rows() { return kRows; }

}  // namespace sluice::wire
