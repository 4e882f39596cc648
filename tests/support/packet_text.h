// Packets as people write them. One line in, one correct frame out (lengths and checksums filled
// in):
//
//   tcp 10.1.0.5:40000 > 203.0.113.9:443 S mss=1460 wscale=7 sack ts=1,0
//   tcp [2001:db8::1]:40000 > [2001:db8::2]:443 PA seq=1001 ack=1
//   tls(sni=bank.example,padding=3000) tcp ... PA tls(sni=bank.example,padding=3000) part(0,1400)
//   that payload's first 1400 bytes tcp ... PA http(host=news.example,path=/a)    text(GET /
//   HTTP/1.1\r\n\r\n)    hex(16 03 01) udp 10.1.0.5:5353 > 192.0.2.1:53 dns(q=news.example,id=7)
//   udp ... quic(sni=a.example,pieces=300:900+0:300,pn=1,id=0102030405060708,v2)   quic_initial.h
//   udp 192.0.2.1:53 > 10.1.0.5:5353 dnsanswer(q=news.example,a=203.0.113.9,ttl=60,id=7)
//   icmp 10.1.0.5 > 192.0.2.1 echo(7,1) text(ping)                  reply, or type= code= id= too
//   icmp 192.0.2.1 > 10.1.0.5 unreach(udp 10.1.0.5:5353 > 203.0.113.9:53)   toobig exceeded quench
//                                                                   redirect problem; quote=28
//                                                                   bytes
//   icmp fe80::1 > ff02::1:ff00:2 nd(135)                           ICMPv6 is by the addresses
//   proto=47 10.1.0.5 > 192.0.2.1 hex(0000 0800)    proto=132 10.1.0.5:1 > 192.0.2.1:2 hex(..)
//   eth type=0x0806 hex(0001...)      eth llc hex(424203...)       raw hex(...) is the whole frame
//
// Words for any IP packet: ttl= tos= id= nodf ipopt(hex) ext(hop) ext(dest,24) ext(135) iplen=
// next=
//   frag(id=7,off=0,size=24,more)  that slice of the datagram the rest of the line makes; with
//   `raw`
//                                  the payload itself is the slice. IPv6: where it stands among
//                                  ext().
// Words of a transport: seq= ack= win= urg= opt(hex) doff= (TCP), flags as F S R P A U or `none`,
//   ulen= (UDP), badsum. TCP without seq= and ack=: both sides begin at 1000.
// Words of the link: vlan=100  qinq=100,200 (0x88a8)  tags=0x8100:1,0x9100:2  mpls=16,17  pw
// pw=nocw
//   pppoe=1  shortppp  snap  smac= dmac= (hex)  etype=0x0800  link=raw_ip|linux_sll|...
//   family=24  loop (big-endian family)
// Words for the frame: pad(60)  cut(9) drops the last 9 bytes  captured(64) keeps 64 but says the
//   frame was whole  poke(14,46) overwrites bytes from offset 14.
//
// Test code: a line that does not parse throws std::invalid_argument, so a typo can never pass as
// "no packet".
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/packet_spec.h"

namespace sluice::testing {

struct PacketFrame {
    Frame bytes;                  // what was captured
    std::uint32_t wire_size = 0;  // what it measured on the wire
    wire::Link link = wire::Link::ethernet;
};

PacketSpec packet_spec_of(std::string_view line);
PacketFrame packet_of(std::string_view line);
// The bytes alone.
Frame frame_of(std::string_view line);
// The line's packet in fragments of `data_size` bytes (a multiple of 8) of its datagram, in order.
std::vector<Frame> fragments_of(std::string_view line, std::size_t data_size, std::uint32_t id);

// Lines of a conversation: TCP sequence and acknowledgement numbers follow from the lines before
// where a line does not give them. Retransmissions and losses are written with seq=.
class Conversation {
  public:
    PacketFrame packet_of(std::string_view line);
    Frame frame_of(std::string_view line) { return packet_of(line).bytes; }

  private:
    struct End {
        IpAddress address;
        std::uint16_t port;
        friend auto operator<=>(const End&, const End&) = default;
    };
    std::map<std::pair<End, End>, std::uint32_t> next_seq_;  // by sender and receiver
};

}  // namespace sluice::testing
