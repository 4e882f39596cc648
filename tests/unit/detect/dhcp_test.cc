// DHCP is told by its ports together with the cookie, or with options that fill the message.
#include "tests/unit/detect/views.h"

namespace sluice::detect {
namespace {

std::string v4(unsigned op, std::uint32_t cookie = 0x63825363) {
    return u8(op) + "\x01\x06\x00"s + noise(4) + std::string(228, '\0') + u32(cookie) +
           "\x35\x01\x01\xff"s;
}
const std::string kSolicit =
    "\x01"s + "abc" + u16(1) + block16("client-id") + u16(8) + block16(u16(0));

TEST(DetectDhcp, Version4) {
    for (unsigned op : {1u, 2u}) {
        EXPECT_EQ(udp(v4(op), {68, 67}), Protocol::dhcp);
        EXPECT_EQ(udp(v4(op), {67, 67}), Protocol::dhcp);
    }
    const std::string shortest = v4(1).substr(0, 240);
    expect_udp(shortest, Protocol::dhcp, {68, 67});
}

TEST(DetectDhcp, Version6) {
    EXPECT_EQ(udp(kSolicit, {546, 547}), Protocol::dhcp);
    EXPECT_EQ(udp("\x0c"s + std::string(33, 'r') + u16(9) + block16(kSolicit), {547, 547}),
              Protocol::dhcp);
}

TEST(DetectDhcp, NotDhcp) {
    EXPECT_EQ(udp(v4(1), {69, 69}), Protocol::dhcp) << "no port is asked";
    EXPECT_EQ(udp(v4(3), {68, 67}), Protocol::unknown);
    EXPECT_EQ(udp(v4(1, 0x63825364), {68, 67}), Protocol::unknown);
    EXPECT_EQ(udp("\x01"s + "abc" + u16(14) + block16("")), Protocol::unknown) << "no client";
    for (std::size_t cut : {1, 3, 5})
        EXPECT_EQ(udp(kSolicit.substr(0, kSolicit.size() - cut), {546, 547}), Protocol::unknown);
    EXPECT_EQ(udp(kSolicit.substr(0, 4), {546, 547}), Protocol::unknown) << "no options";
    EXPECT_EQ(udp("\x00"s + kSolicit.substr(1), {546, 547}), Protocol::unknown);
    EXPECT_EQ(udp("\x25"s + kSolicit.substr(1), {546, 547}), Protocol::unknown);
    EXPECT_EQ(udp(noise(300), {68, 67}), Protocol::unknown);
}

}  // namespace
}  // namespace sluice::detect
