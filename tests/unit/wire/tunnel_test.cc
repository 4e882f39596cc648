// tunnelled(): a row a carrier, every cut of each, and layers inside layers.
#include "dataplane/wire/tunnel.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/packet_text.h"

namespace sluice::wire {
namespace {

using testing::Frame;

struct Row {
    const char* name;
    const char* outer;   // headers of the tunnel are its payload's first bytes
    const char* header;  // hexadecimal
    const char* inner;   // a line; `link=raw_ip` where the tunnel carries IP itself
    Carrier carrier;
};

constexpr char kIp[] = "tcp 10.1.0.5:4000 > 10.2.0.9:443 PA text(abcdefgh) link=raw_ip";
constexpr char kIp6[] = "tcp [2001:0:1::5]:4000 > [2001:db8::9]:443 PA text(abcdefgh) link=raw_ip";
constexpr char kFrame[] = "tcp 10.1.0.5:4000 > 10.2.0.9:443 PA text(abcdefgh)";

const Row kRows[] = {
    {"ipip", "proto=4 192.0.2.1 > 192.0.2.2", "", kIp, Carrier::ipip},
    {"6in4", "proto=41 192.0.2.1 > 192.0.2.2", "", kIp6, Carrier::six_in_four},
    {"gre", "proto=47 192.0.2.1 > 192.0.2.2", "00000800", kIp, Carrier::gre},
    {"gre_key_seq", "proto=47 192.0.2.1 > 192.0.2.2", "b00086dd00000000aaaaaaaa00000001", kIp6,
     Carrier::gre},
    {"gre_bridged", "proto=47 192.0.2.1 > 192.0.2.2", "00006558", kFrame, Carrier::gre},
    {"pptp", "proto=47 192.0.2.1 > 192.0.2.2", "3081880b000000010000000100000002ff030021", kIp,
     Carrier::gre},
    {"erspan_1", "proto=47 192.0.2.1 > 192.0.2.2", "000088be", kFrame, Carrier::erspan},
    {"erspan_2", "proto=47 192.0.2.1 > 192.0.2.2", "100088be000000011001000100000000", kFrame,
     Carrier::erspan},
    {"erspan_3", "proto=47 192.0.2.1 > 192.0.2.2", "100022eb00000001200100010000000000000000",
     kFrame, Carrier::erspan},
    {"vxlan", "udp 192.0.2.1:50000 > 192.0.2.2:4789", "0800000000000100", kFrame, Carrier::vxlan},
    {"geneve", "udp 192.0.2.1:50000 > 192.0.2.2:6081", "0100655800000100aabbccdd", kFrame,
     Carrier::geneve},
    {"gtp", "udp 192.0.2.1:2152 > 192.0.2.2:2152", "30ff003400000001", kIp, Carrier::gtp},
    {"gtp_extension", "udp 192.0.2.1:2152 > 192.0.2.2:2152", "34ff003c000000010000008501100000",
     kIp, Carrier::gtp},
    {"teredo", "udp 192.0.2.1:50000 > 192.0.2.2:3544", "", kIp6, Carrier::teredo},
    {"teredo_origin", "udp 192.0.2.1:3544 > 192.0.2.2:50000", "0000112233445566", kIp6,
     Carrier::teredo},
    {"teredo_between_clients", "udp 192.0.2.1:50000 > 192.0.2.2:50001", "", kIp6, Carrier::teredo},
    {"l2tp", "udp 192.0.2.1:1701 > 192.0.2.2:1701", "000200010001ff030021", kIp, Carrier::l2tp},
};

Frame inner_of(const Row& row) { return testing::frame_of(row.inner); }

std::string hex(const Frame& bytes) {
    std::string text;
    for (const std::uint8_t byte : bytes) {
        text += "0123456789abcdef"[byte >> 4];
        text += "0123456789abcdef"[byte & 15];
    }
    return text;
}

Frame whole(const Row& row) {
    return testing::frame_of(std::string(row.outer) + " hex(" + row.header + hex(inner_of(row)) +
                             ")");
}

std::optional<Tunnelled> look(const Frame& frame) {
    const auto view = parse_packet(frame, static_cast<std::uint32_t>(frame.size()), Link::ethernet);
    return view ? tunnelled(frame, *view) : std::nullopt;
}

TEST(Tunnel, EveryCarrierShowsWhatItCarries) {
    for (const Row& row : kRows) {
        SCOPED_TRACE(row.name);
        const Frame frame = whole(row);
        const auto found = look(frame);
        ASSERT_TRUE(found);
        EXPECT_EQ(found->carrier, row.carrier);
        EXPECT_EQ(found->wire_size, found->packet.size());
        const auto view = parse_packet(found->packet, found->wire_size, found->link);
        ASSERT_TRUE(view);
        EXPECT_EQ(view->destination_port, 443);
        EXPECT_EQ(view->source_port, 4000);
    }
}

TEST(Tunnel, CutAnywhereItStaysInside) {
    for (const Row& row : kRows) {
        SCOPED_TRACE(row.name);
        const Frame frame = whole(row);
        for (std::size_t size = 0; size < frame.size(); ++size) {
            const Frame cut(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(size));
            const auto view =
                parse_packet(cut, static_cast<std::uint32_t>(frame.size()), Link::ethernet);
            if (!view) continue;
            const auto found = tunnelled(cut, *view);
            if (!found) continue;
            EXPECT_GE(found->packet.data(), cut.data());
            EXPECT_LE(found->packet.data() + found->packet.size(), cut.data() + cut.size());
            EXPECT_GE(found->wire_size, found->packet.size());
        }
    }
}

TEST(Tunnel, WhatIsNoneIsLeftAlone) {
    const char* rows[] = {
        "tcp 192.0.2.1:4789 > 192.0.2.2:4789 PA text(abcdefghijklmnop)",
        "udp 192.0.2.1:50000 > 192.0.2.2:4789 hex(0000000000000100 0102)",      // no network id
        "udp 192.0.2.1:50000 > 192.0.2.2:6081 hex(4000655800000100 0102)",      // version
        "udp 192.0.2.1:2152 > 192.0.2.2:2152 hex(32010004 00000000 00010000)",  // echo request
        "udp 192.0.2.1:1701 > 192.0.2.2:1701 hex(c802000c0001000100000000)",    // control message
        "udp 192.0.2.1:50000 > 192.0.2.2:50001 text(ordinary datagrams are no tunnels at all..)",
        "proto=47 192.0.2.1 > 192.0.2.2 hex(40000800 00000000)",  // routing
        "proto=47 192.0.2.1 > 192.0.2.2 hex(00000800 ff)",        // not IP
        "proto=4 192.0.2.1 > 192.0.2.2 hex(ff)",
    };
    for (const char* row : rows)
        EXPECT_FALSE(look(testing::frame_of(row))) << row;
}

}  // namespace
}  // namespace sluice::wire
