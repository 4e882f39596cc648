// What is pushed looks as the standards draw it, and pop undoes push for every frame it took.
#include "tools/impair/encap.h"

#include <gtest/gtest.h>

namespace sluice::impair {
namespace {

Frame frame_of(std::uint16_t type, std::initializer_list<std::uint8_t> payload) {
    Frame frame{2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2};
    frame.push_back(static_cast<std::uint8_t>(type >> 8));
    frame.push_back(static_cast<std::uint8_t>(type));
    frame.insert(frame.end(), payload);
    return frame;
}

Frame ipv4() { return frame_of(0x0800, {0x45, 0, 0, 20, 9, 9}); }
Frame ipv6() { return frame_of(0x86dd, {0x60, 0, 0, 0, 7, 7}); }
Frame arp() { return frame_of(0x0806, {0, 1, 8, 0, 6, 4, 0, 1}); }

struct Case {
    const char* text;
    bool carries_arp;
    Frame behind_addresses;  // what follows the MACs once ipv4() is wrapped
};

const Case kCases[] = {
    {"vlan=100", true, {0x81, 0, 0, 100, 8, 0, 0x45}},
    {"qinq=100,200", true, {0x88, 0xa8, 0, 100, 0x81, 0, 0, 200, 8, 0, 0x45}},
    {"qinq8100=100,200", true, {0x81, 0, 0, 100, 0x81, 0, 0, 200, 8, 0, 0x45}},
    {"mpls=16", false, {0x88, 0x47, 0, 1, 0x01, 64, 0x45}},
    {"mpls=16,17", false, {0x88, 0x47, 0, 1, 0, 64, 0, 1, 0x11, 64, 0x45}},
    {"pppoe=1", false, {0x88, 0x64, 0x11, 0, 0, 1, 0, 8, 0, 0x21, 0x45}},
};

TEST(Encap, WrapsAsDrawnAndUnwraps) {
    for (const Case& c : kCases) {
        SCOPED_TRACE(c.text);
        const auto encap = parse_encap(c.text);
        ASSERT_TRUE(encap);
        Frame frame = ipv4();
        ASSERT_TRUE(push(*encap, frame));
        const Frame start(frame.begin() + 12,
                          frame.begin() + 12 + static_cast<long>(c.behind_addresses.size()));
        EXPECT_EQ(start, c.behind_addresses);
        EXPECT_TRUE(pop(*encap, frame));
        EXPECT_EQ(frame, ipv4());
        frame = ipv6();
        EXPECT_TRUE(push(*encap, frame) && pop(*encap, frame));
        EXPECT_EQ(frame, ipv6());
    }
}

TEST(Encap, MplsAndPppoeLeaveArpAlone) {
    for (const Case& c : kCases) {
        SCOPED_TRACE(c.text);
        Frame frame = arp();
        EXPECT_EQ(push(*parse_encap(c.text), frame), c.carries_arp);
        if (!c.carries_arp) {
            EXPECT_EQ(frame, arp());
        }
    }
}

// A frame cut anywhere is either unwrapped whole or left exactly as it was.
TEST(Encap, EveryPrefixIsUnwrappedOrUntouched) {
    for (const Case& c : kCases) {
        const auto encap = parse_encap(c.text);
        Frame whole = ipv4();
        push(*encap, whole);
        for (std::size_t size = 0; size < whole.size(); ++size) {
            SCOPED_TRACE(testing::Message() << c.text << " cut to " << size);
            const Frame cut(whole.begin(), whole.begin() + static_cast<long>(size));
            Frame frame = cut;
            if (pop(*encap, frame)) {
                Frame expected = ipv4();
                expected.resize(frame.size());
                EXPECT_EQ(frame, expected);
                EXPECT_LT(frame.size(), cut.size());
            } else {
                EXPECT_EQ(frame, cut);
            }
        }
    }
}

TEST(Encap, PopLeavesPlainAndForeignFramesAlone) {
    for (const Case& c : kCases) {
        SCOPED_TRACE(c.text);
        for (const Frame& plain : {ipv4(), ipv6(), arp()}) {
            Frame frame = plain;
            EXPECT_FALSE(pop(*parse_encap(c.text), frame));
            EXPECT_EQ(frame, plain);
        }
    }
}

TEST(Encap, PppoeDropsEthernetPadding) {
    Frame frame = ipv4();
    push(*parse_encap("pppoe=7"), frame);
    frame.resize(60);
    EXPECT_TRUE(pop(*parse_encap("pppoe=7"), frame));
    EXPECT_EQ(frame, ipv4());
}

TEST(Encap, AnyVlanTpidIsTaken) {
    Frame frame = ipv4();
    push(*parse_encap("qinq=5,6"), frame);
    frame[12] = 0x91, frame[13] = 0x00;
    EXPECT_TRUE(pop(*parse_encap("qinq=5,6"), frame));
    EXPECT_EQ(frame, ipv4());
}

TEST(Encap, RefusesWhatItDoesNotKnow) {
    for (const char* text : {"", "vlan", "vlan=", "vlan=4095", "vlan=1,2", "vlan=1,", "qinq=1",
                             "qinq=1,2,3", "mpls=15", "mpls=16,17,18,19,20", "mpls=1048576",
                             "pppoe=0", "pppoe=65535", "vxlan=1", "vlan=1x", "none=1"}) {
        EXPECT_FALSE(parse_encap(text)) << text;
    }
    EXPECT_TRUE(parse_encap("none"));
}

}  // namespace
}  // namespace sluice::impair
