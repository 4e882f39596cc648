// The packet builder against bytes another tool made, and its promise that a typo throws.
#include "tests/support/packet_text.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "tests/support/frame_text.h"

namespace sluice::testing {
namespace {

struct Golden {
    const char* line;
    const char* hex;  // made with scapy 2.5.0
};
constexpr Golden kGolden[] = {
    {"tcp 10.1.0.5:40000 > 203.0.113.9:443 S mss=1460 sack ts=1,0 wscale=7",
     "02000000000202000000000108004500003c000040004006f4ac0a010005cb0071099c4001bb000003e800000000"
     "a002ffff600c0000020405b40402080a000000010000000001030307"},
    {"udp [2001:db8::1]:1 > [2001:db8::2]:2 text(hello)",
     "02000000000202000000000186dd60000000000d114020010db800000000000000000000000120010db800000000"
     "000000000000000200010002000d608a68656c6c6f"},
    {"icmp 10.1.0.5 > 192.0.2.1 echo(7,1) text(ping) mpls=16,17",
     "02000000000202000000000188470001004000011140450000200000400040016ed60a010005c000020108001927"
     "0007000170696e67"},
    {"udp 10.1.0.5:5353 > 192.0.2.1:53 dns(q=news.example,id=7) pppoe=1 shortppp",
     "020000000002020000000001886411000001003b214500003a0000400040116eac0a010005c000020114e9003500"
     "26a433000701000001000000000000046e657773076578616d706c650000010001"},
    {"icmp 192.0.2.1 > 10.1.0.5 unreach(udp 10.1.0.5:5353 > 203.0.113.9:53) code=3 link=raw_ip",
     "450000380000400040016ebec00002010a01000503034326000000004500001c000040004011f4c10a010005cb00"
     "710914e900350008a4b0"},
    {"udp [2001:db8::1]:1 > [2001:db8::2]:2 text(hello) frag(id=7,off=0,size=8,more) vlan=100",
     "0200000000020200000000018100006486dd6000000000102c4020010db800000000000000000000000120010db8"
     "000000000000000000000002110000010000000700010002000d608a"},
};

TEST(PacketText, SameBytesAsScapy) {
    for (const Golden& row : kGolden)
        EXPECT_EQ(to_hex(frame_of(row.line)), row.hex) << row.line;
}

constexpr const char* kTypos[] = {
    "",
    "tpc 10.1.0.5:1 > 10.1.0.6:2 S",
    "tcp 10.1.0.5:1 < 10.1.0.6:2 S",
    "tcp 10.1.0.5:1 > 10.1.0.6 S",
    "tcp 10.1.0.5 > 10.1.0.6 S",
    "tcp 10.1.0.500:1 > 10.1.0.6:2 S",
    "tcp 10.1.0.5:65536 > 10.1.0.6:2 S",
    "tcp 10.1.0.5:1 > [2001:db8::1]:2 S",
    "tcp 10.1.0.5:1 > 10.1.0.6:2 SX",
    "udp 10.1.0.5:1 > 10.1.0.6:2 S",
    "tcp 10.1.0.5:1 > 10.1.0.6:2 S seq=",
    "tcp 10.1.0.5:1 > 10.1.0.6:2 S seq=1x",
    "tcp 10.1.0.5:1 > 10.1.0.6:2 S seq(1)",
    "tcp 10.1.0.5:1 > 10.1.0.6:2 S seq=4294967296",
    "tcp 10.1.0.5:1 > 10.1.0.6:2 PA text(a",
    "tcp 10.1.0.5:1 > 10.1.0.6:2 PA text(a)b",
    "tcp 10.1.0.5:1 > 10.1.0.6:2 PA hex(abc)",
    "tcp 10.1.0.5:1 > 10.1.0.6:2 PA hex(zz)",
    "tcp 10.1.0.5:1 > 10.1.0.6:2 PA tls(snii=bank.example)",
    "udp 10.1.0.5:1 > 10.1.0.6:2 dns(a=10.0.0.1)",
    "udp 10.1.0.5:1 > 10.1.0.6:2 frag(id=7,off=4)",
    "udp 10.1.0.5:1 > 10.1.0.6:2 text(a) part(2)",
    "udp 10.1.0.5:1 > 10.1.0.6:2 link=token_ring",
    "udp 10.1.0.5:1 > 10.1.0.6:2 poke(100,00)",
    "icmp 10.1.0.5 > 10.1.0.6 toobig(udp 10.1.0.5:1 > 10.1.0.6:2)",
    "icmp 10.1.0.5:1 > 10.1.0.6:2 echo(1,1)",
};

TEST(PacketText, TyposThrow) {
    for (const char* line : kTypos)
        EXPECT_THROW(frame_of(line), std::invalid_argument) << line;
}

TEST(PacketText, ConversationFillsInNumbers) {
    Conversation talk;
    const auto same = [&](const char* line, const char* numbers) {
        const std::string written = line;
        EXPECT_EQ(to_hex(talk.frame_of(written)), to_hex(frame_of(written + numbers))) << line;
    };
    same("tcp 10.1.0.5:1 > 10.1.0.6:2 S seq=5000", "");
    same("tcp 10.1.0.6:2 > 10.1.0.5:1 SA seq=7000", " ack=5001");
    same("tcp 10.1.0.5:1 > 10.1.0.6:2 A", " seq=5001 ack=7001");
    same("tcp 10.1.0.5:1 > 10.1.0.6:2 PA text(hello)", " seq=5001 ack=7001");
    same("tcp 10.1.0.5:1 > 10.1.0.6:2 PA text(hello) seq=5001", " ack=7001");  // again
    same("tcp 10.1.0.6:2 > 10.1.0.5:1 FA", " seq=7001 ack=5006");
    same("tcp 10.1.0.5:1 > 10.1.0.6:2 FA ts=1,2", " seq=5006 ack=7002");
    same("tcp 10.1.0.6:2 > 10.1.0.5:1 A", " seq=7002 ack=5007");
    same("tcp 10.1.0.5:9 > 10.1.0.6:2 PA", " seq=1001 ack=1001");  // another connection
}

TEST(PacketText, FragmentsAreSlicesOfTheWhole) {
    const std::string line = "udp 10.1.0.5:1 > 10.1.0.6:2 nodf id=9 fill(100)";
    const Frame whole = frame_of(line);
    const std::vector<Frame> parts = fragments_of(line, 48, 9);
    ASSERT_EQ(parts.size(), 3u);
    Frame data;
    for (const Frame& part : parts)
        data.insert(data.end(), part.begin() + 34, part.end());
    EXPECT_EQ(to_hex(data), to_hex(Bytes(whole).subspan(34)));
    EXPECT_EQ(be16(parts[0], 20), 0x2000);
    EXPECT_EQ(be16(parts[1], 20), 0x2006);
    EXPECT_EQ(be16(parts[2], 20), 0x000c);
    EXPECT_THROW(fragments_of(line, 50, 9), std::invalid_argument);
}

TEST(PacketText, CapturedKeepsTheWireSize) {
    const PacketFrame packet = packet_of("udp 10.1.0.5:1 > 10.1.0.6:2 fill(100) captured(64)");
    EXPECT_EQ(packet.bytes.size(), 64u);
    EXPECT_EQ(packet.wire_size, 142u);
    EXPECT_EQ(frame_of("udp 10.1.0.5:1 > 10.1.0.6:2 fill(100) cut(9)").size(), 133u);
    EXPECT_EQ(frame_of("udp 10.1.0.5:1 > 10.1.0.6:2 pad(60)").size(), 60u);
}

constexpr const char* kShown[][2] = {
    {"tcp 203.0.113.9:443 > 10.1.0.5:40000 RA seq=7 ack=9 win=0",
     "tcp 203.0.113.9:443 > 10.1.0.5:40000 RA seq=7 ack=9 win=0"},
    {"tcp 10.1.0.5:1 > 10.1.0.6:2 S mss=1460 sack ts=1,0 wscale=7 vlan=100",
     "tcp 10.1.0.5:1 > 10.1.0.6:2 S seq=1000 ack=0 mss=1460 sack ts=1,0 wscale=7 vlan=100"},
    {R"x(tcp [2001:db8::1]:1 > [2001:db8::2]:2 FPA ttl=3 text(a \(b\)\\c\r\n))x", nullptr},
    {"tcp 10.1.0.5:1 > 10.1.0.6:2 PA text(hello) badsum id=5 nodf ttl=9 qinq=1,2 pad(80)",
     "tcp 10.1.0.5:1 > 10.1.0.6:2 PA seq=1001 ack=1001 badsum ttl=9 id=5 nodf text(hello) "
     "tags=0x88a8:1,0x8100:2 pad(80)"},
    {"udp 10.1.0.5:5353 > 192.0.2.1:53 dns(q=news.example,id=7)", nullptr},
    {"icmp 10.1.0.5 > 192.0.2.1 type=3 code=13 hex(00ff)",
     "icmp 10.1.0.5 > 192.0.2.1 type=3 code=13 rest=0 hex(00ff)"},
    {"icmp fe80::1 > ff02::1:ff00:2 nd(135)", nullptr},
    {"proto=47 10.1.0.5 > 192.0.2.1 hex(00000800)", "proto=47 10.1.0.5 > 192.0.2.1 hex(00000800)"},
    {"eth type=0x0806 hex(0001)", "raw hex(02000000000202000000000108060001)"},
};

TEST(FrameText, SaysWhatItSeesAndCanBeReadAgain) {
    for (const auto& row : kShown) {
        const Frame frame = frame_of(row[0]);
        const std::string text = text_of(frame);
        if (row[1] != nullptr) {
            EXPECT_EQ(text, row[1]);
        }
        std::string line = text;
        Frame again = frame_of(line);
        EXPECT_EQ(text_of(again), text);
        if (line.find("pad(") == std::string::npos) {
            EXPECT_EQ(to_hex(again), to_hex(frame)) << line;
        }
    }
}

TEST(FrameText, LongPayloadsAreCut) {
    EXPECT_EQ(text_of(frame_of("udp 10.1.0.5:1 > 10.1.0.6:2 fill(30)"), {.payload_max = 3}),
              "udp 10.1.0.5:1 > 10.1.0.6:2 text(xxx) +27 bytes");
}

// Any bytes at all: no throw, no read outside (ASan).
TEST(FrameText, EveryPrefixAndChange) {
    Frame frame = frame_of("tcp 10.1.0.5:1 > 10.1.0.6:2 S mss=1460 sack ts=1,0 wscale=7 qinq=1,2");
    for (std::size_t size = 0; size <= frame.size(); ++size) {
        const Frame cut(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(size));
        EXPECT_FALSE(text_of(cut).empty());
    }
    for (std::size_t at = 0; at < frame.size(); ++at)
        for (unsigned value = 0; value < 256; ++value) {
            Frame changed = frame;
            changed[at] = static_cast<std::uint8_t>(value);
            EXPECT_FALSE(text_of(changed).empty());
        }
}

}  // namespace
}  // namespace sluice::testing
