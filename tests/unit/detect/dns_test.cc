// DNS is told by its ports together with a message that parses.
#include "tests/unit/detect/views.h"

namespace sluice::detect {
namespace {

const std::string kQuestion = block8("www") + block8("example") + "\0"s + u16(1) + u16(1);
const std::string kQuery = u16(7) + u16(0x0100) + u16(1) + u16(0) + u16(0) + u16(0) + kQuestion;

TEST(DetectDns, Udp) {
    for (std::uint16_t port : {53, 5353, 5355, 40'001}) {
        expect_udp(kQuery, Protocol::dns, to(port));
        EXPECT_EQ(udp(kQuery, {port, kAnyPort}), Protocol::dns);
    }
}

TEST(DetectDns, Tcp) {
    EXPECT_EQ(expect_tcp(block16(kQuery), Protocol::dns, to(53)), kQuery.size() + 2);
    // A zone transfer's answer is longer than what is looked at: its header tells.
    const std::string large =
        u16(7) + u16(0x8400) + u16(1) + u16(200) + u16(0) + u16(0) + kQuestion;
    EXPECT_EQ(expect_tcp(u16(8000) + large, Protocol::dns, to(53), false), 14u);
}

TEST(DetectDns, NotDns) {
    EXPECT_EQ(udp(kQuery.substr(0, kQuery.size() - 2) + u16(77)), Protocol::unknown) << "class";
    EXPECT_EQ(udp(noise(60), to(53)), Protocol::unknown);
    EXPECT_EQ(udp(std::string(60, '\0'), to(53)), Protocol::unknown);
    EXPECT_EQ(udp(std::string(60, 'A'), to(53)), Protocol::unknown);
    expect_tcp(u16(11), Protocol::unknown, to(53));
    expect_tcp(block16(std::string(40, '\0')), Protocol::unknown, to(53));
    expect_tcp(block16(kQuery.substr(0, 16) + std::string(20, '\xc0')), Protocol::unknown, to(53));
    expect_tcp("SSH-2.0-tunnel\r\n", Protocol::ssh, to(53));
    // An OpenVPN session over TCP port 53 stays one.
    const std::string reset = "\x38"s + noise(8) + std::string(5, '\0');
    expect_tcp(block16(reset), Protocol::openvpn, to(53));
}

}  // namespace
}  // namespace sluice::detect
