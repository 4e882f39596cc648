// PacketSpec: everything a test line can say about a packet, and the frame that comes of it.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dataplane/wire/link.h"
#include "rules/base/ip.h"
#include "tests/support/frame.h"

namespace sluice::testing {

struct LinkSpec {
    wire::Link link = wire::Link::ethernet;
    Frame source_mac{2, 0, 0, 0, 0, 1}, target_mac{2, 0, 0, 0, 0, 2};
    std::vector<std::pair<std::uint16_t, std::uint16_t>> tags;  // TPID and TCI, outermost first
    std::vector<std::uint32_t> labels;                          // MPLS, outermost first
    bool pseudowire = false;   // behind the labels: control word and another Ethernet header
    bool control_word = true;  // of the pseudowire
    std::optional<std::uint16_t> pppoe_session;
    bool short_ppp = false;               // compressed protocol field, and no FF 03 on Link::ppp
    bool snap = false;                    // 802.3 length, LLC, SNAP
    std::optional<std::uint16_t> family;  // of Link::null_loop; else Linux's numbers
    bool big_endian_family = false;       // LINKTYPE_LOOP
    std::optional<std::uint16_t> ether_type;  // instead of the right one
    bool length_as_type = false;              // 802.3 frame that is not IP
};

struct FragmentSpec {
    std::uint32_t id = 0;
    std::uint32_t offset = 0;         // bytes
    std::optional<std::size_t> size;  // bytes of the datagram; else all from `offset` on
    bool more = false;
    bool raw = false;  // the payload itself is the fragment's data: nothing is built or cut
};

struct IpSpec {
    IpAddress source, destination;
    std::uint8_t protocol = 0;
    std::uint8_t ttl = 64, tos = 0;
    std::uint16_t id = 0;
    bool dont_fragment = true;
    Frame options;                                                 // IPv4, a multiple of 4
    std::vector<std::pair<std::uint8_t, std::size_t>> extensions;  // IPv6: number, size [bytes]
    std::size_t extensions_before_fragment = 0;
    std::optional<FragmentSpec> fragment;
    std::optional<std::uint16_t> length;      // instead of the right one
    std::optional<std::uint8_t> next_header;  // after all extensions, instead of the right one
};

struct TcpSpec {
    std::uint8_t flags = 0;
    std::optional<std::uint32_t> seq, ack;
    std::uint16_t window = 65'535, urgent = 0;
    Frame options;                            // padded with NOP to a multiple of 4
    std::optional<std::uint8_t> data_offset;  // 32-bit words, instead of the right one
};

struct IcmpSpec {
    std::uint8_t type = 8, code = 0;
    std::uint32_t rest = 0;  // bytes 4..7
};

enum class Transport { none, tcp, udp, icmp, ports_only, link_only, raw };

struct PacketSpec {
    Transport transport = Transport::none;
    LinkSpec link;
    IpSpec ip;
    std::uint16_t source_port = 0, destination_port = 0;
    TcpSpec tcp;
    IcmpSpec icmp;
    std::optional<std::uint16_t> udp_length;
    Frame payload;
    std::uint32_t payload_from = 0;           // first byte sent, and
    std::optional<std::size_t> payload_size;  // how many (part)
    bool wrong_checksum = false;              // of the transport
    std::size_t cut = 0;                      // bytes dropped from the end
    std::size_t pad_to = 0;                   // link padding up to this size, bytes of 0xee
    std::optional<std::size_t> captured;      // the capture kept only so many bytes
    std::vector<std::pair<std::size_t, Frame>> pokes;  // bytes overwritten, by frame offset
};

// Lengths and checksums are filled in unless the spec overrides them.
Frame build_l4(const PacketSpec& spec);     // transport header and payload
Frame build_ip(const PacketSpec& spec);     // the same in its IP header
Frame build_frame(const PacketSpec& spec);  // all of it; `captured` not applied
Frame wrap_link(const LinkSpec& link, Frame ip, std::uint16_t ether_type);

}  // namespace sluice::testing
