// What Sluice makes itself, taken apart again by the parser, and its checksums summed up.
#include "dataplane/pipeline/craft.h"

#include <gtest/gtest.h>

#include "tests/support/frame_text.h"
#include "tests/support/packet_text.h"
#include "tests/support/view_text.h"

namespace sluice::pipeline {
namespace {

using testing::Frame;

constexpr wire::Link kEthernet = wire::Link::ethernet;

struct Given {
    testing::PacketFrame frame;
    wire::PacketView view;
    explicit Given(const std::string& line) : frame(testing::packet_of(line)) {
        const auto parsed = wire::parse_packet(frame.bytes, frame.wire_size, frame.link);
        if (!parsed) throw std::invalid_argument(line);
        view = *parsed;
    }
    Model model(Bytes link_header = {}) const {
        return {
            .frame = frame.bytes, .view = &view, .link = frame.link, .link_header = link_header};
    }
};

Frame segment(const Model& model, const OwnSegment& segment, std::size_t room = kOwnPacketMax) {
    Frame out(room, 0xee);
    out.resize(craft_segment(model, segment, out));
    return out;
}
Frame unreachable(const Model& model, std::size_t room = kOwnPacketMax) {
    Frame out(room, 0xee);
    out.resize(craft_unreachable(model, out));
    return out;
}
wire::PacketView parsed(const Frame& frame, wire::Link link = kEthernet) {
    const auto view = wire::parse_packet(frame, static_cast<std::uint32_t>(frame.size()), link);
    EXPECT_TRUE(view.ok()) << testing::to_hex(frame);
    return view ? *view : wire::PacketView{};
}
// Sums of the IP packet at `l3`: header (IPv4) and transport both come out as 0.
void expect_right_sums(const Frame& frame, const wire::PacketView& v) {
    const Bytes ip = Bytes(frame).subspan(v.l3_offset);
    Frame pseudo;
    if (v.source.is_v4()) {
        EXPECT_EQ(testing::checksum(ip.first(20)), 0);
        testing::put_all(pseudo, ip.subspan(12, 8));
    } else {
        testing::put_all(pseudo, ip.subspan(8, 32));
    }
    const Bytes transport = Bytes(frame).subspan(v.l4_offset);
    const bool plain_icmp = v.source.is_v4() && frame[v.l3_offset + 9u] == wire::kIcmp;
    if (plain_icmp)
        pseudo.clear();
    else
        testing::put16(pseudo,
                       v.source.is_v4() ? frame[v.l3_offset + 9u] : frame[v.l3_offset + 6u]),
            testing::put16(pseudo, transport.size());
    testing::put_all(pseudo, transport);
    EXPECT_EQ(testing::checksum(pseudo), 0) << testing::to_hex(frame);
}

const char* const kLinks[] = {"",        "vlan=100",       "qinq=10,20", "mpls=16,17",
                              "pppoe=5", "vlan=7 pppoe=5", "snap",       "tags=0x8100:1,0x9100:2"};
const char* const kEnds[] = {"10.1.0.5:40000 > 203.0.113.9:443",
                             "[2001:db8::5]:40000 > [2001:db8:2::9]:443"};

TEST(Craft, SegmentsOverEveryLinkHaveRightLengthsAndSums) {
    for (const char* ends : kEnds)
        for (const char* link : kLinks)
            for (const char* payload : {"", "x", "an odd number of bytes"}) {
                SCOPED_TRACE(std::string(ends) + " " + link + " '" + payload + "'");
                const Given given(std::string("tcp ") + ends + " PA seq=7 ack=9 text(abc) " + link);
                for (const bool reply : {true, false}) {
                    const Frame own =
                        segment(given.model(), {.reply = reply,
                                                .seq = 0xfffffffe,
                                                .ack = 5,
                                                .flags = wire::kAck | wire::kPsh,
                                                .payload = as_bytes(std::string_view(payload))});
                    const wire::PacketView v = parsed(own);
                    expect_right_sums(own, v);
                    EXPECT_EQ(v.source, reply ? given.view.destination : given.view.source);
                    EXPECT_EQ(v.source_port, reply ? 443 : 40000);
                    EXPECT_EQ(v.destination_port, reply ? 40000 : 443);
                    EXPECT_EQ(v.tcp_seq, 0xfffffffeu);
                    EXPECT_EQ(v.tcp_ack, 5u);
                    EXPECT_EQ(v.payload_size, std::string_view(payload).size());
                    EXPECT_EQ(v.l3_offset, given.view.l3_offset);
                }
            }
}

TEST(Craft, PppoeAnd8023LengthsAreOurOwn) {
    const Given pppoe("tcp 10.1.0.5:40000 > 203.0.113.9:443 PA pppoe=5 fill(300)");
    const Frame own = segment(pppoe.model(), {.flags = wire::kRst});
    EXPECT_EQ(be16(own, 14 + 4), own.size() - 20);  // PPP protocol and what follows
    const Given snap("tcp 10.1.0.5:40000 > 203.0.113.9:443 PA snap fill(300)");
    const Frame framed = segment(snap.model(), {.flags = wire::kRst});
    EXPECT_EQ(be16(framed, 12), framed.size() - 14);
}

TEST(Craft, RepliesExchangeMacsUnlessGivenAHeader) {
    const Given given("tcp 10.1.0.5:1 > 203.0.113.9:2 A smac=020000000005 dmac=020000000009");
    const Frame back = segment(given.model(), {.reply = true, .flags = wire::kRst});
    EXPECT_EQ(testing::to_hex(Bytes(back).first(12)), "020000000005020000000009");
    const Frame on = segment(given.model(), {.reply = false, .flags = wire::kRst});
    EXPECT_EQ(testing::to_hex(Bytes(on).first(12)), "020000000009020000000005");
    const Given peer("tcp 203.0.113.9:2 > 10.1.0.5:1 A vlan=9 smac=0200000000aa dmac=0200000000bb");
    const Bytes header = Bytes(peer.frame.bytes).first(peer.view.l3_offset);
    const Frame worn = segment(given.model(header), {.reply = true, .flags = wire::kRst});
    EXPECT_EQ(testing::to_hex(Bytes(worn).first(18)), testing::to_hex(header));
    expect_right_sums(worn, parsed(worn));
}

TEST(Craft, OtherLinksKeepTheirHeader) {
    for (const char* link : {"raw_ip", "linux_sll", "linux_sll2", "null_loop", "ppp"}) {
        SCOPED_TRACE(link);
        const Given given(std::string("tcp 10.1.0.5:1 > 203.0.113.9:2 A link=") + link);
        const Frame own = segment(given.model(), {.flags = wire::kRst});
        const wire::PacketView v = parsed(own, given.frame.link);
        expect_right_sums(own, v);
        EXPECT_EQ(v.source, given.view.destination);
    }
}

TEST(Craft, UnreachablesQuoteThePacket) {
    const Given four("udp 10.1.0.5:40000 > 203.0.113.9:9 fill(500)");
    const Frame v4 = unreachable(four.model());
    expect_right_sums(v4, parsed(v4));
    const wire::PacketView quoted = parsed(v4);
    EXPECT_EQ(quoted.kind, wire::PacketKind::icmp_error);
    EXPECT_EQ(quoted.source, four.view.source);  // of the quote
    EXPECT_EQ(quoted.source_port, 40000);
    EXPECT_EQ(v4.size(), 14u + 20 + 8 + 28);

    const Given six("udp [2001:db8::5]:40000 > [2001:db8:2::9]:9 fill(1300)");
    const Frame v6 = unreachable(six.model());
    EXPECT_EQ(parsed(v6).kind, wire::PacketKind::icmp_error);
    EXPECT_EQ(v6.size(), 14u + 40 + 8 + 1000);
    Frame pseudo;
    testing::put_all(pseudo, Bytes(v6).subspan(14 + 8, 32));
    testing::put16(pseudo, wire::kIcmp6), testing::put16(pseudo, v6.size() - 54);
    testing::put_all(pseudo, Bytes(v6).subspan(54));
    EXPECT_EQ(testing::checksum(pseudo), 0);
}

// Link padding behind the packet is not part of it.
TEST(Craft, UnreachablesDoNotQuotePadding) {
    const Given padded("udp [2001:db8::5]:1 > [2001:db8:2::9]:2 text(x) pad(200)");
    EXPECT_EQ(unreachable(padded.model()).size(), 14u + 40 + 8 + 49);
}

TEST(Craft, WritesNothingWhereItDoesNotFit) {
    const Given given("tcp 10.1.0.5:40000 > 203.0.113.9:443 PA text(abc) vlan=5");
    const std::size_t size = segment(given.model(), {.flags = wire::kRst}).size();
    EXPECT_EQ(size, 18u + 40);
    for (std::size_t room = 0; room < size; ++room)
        EXPECT_EQ(segment(given.model(), {.flags = wire::kRst}, room).size(), 0u) << room;
    const Given datagram("udp 10.1.0.5:1 > 203.0.113.9:2 text(abcdefgh)");
    const std::size_t whole = unreachable(datagram.model()).size();
    for (std::size_t room = 0; room < whole; ++room)
        EXPECT_EQ(unreachable(datagram.model(), room).size(), 0u) << room;
}

}  // namespace
}  // namespace sluice::pipeline
