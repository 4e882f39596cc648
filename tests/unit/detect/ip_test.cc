// What the IP protocol number alone says, and that nothing is said of an empty view.
#include "tests/unit/detect/views.h"

namespace sluice::detect {
namespace {

constexpr std::pair<unsigned, Protocol> kKnown[] = {
    {1, Protocol::icmp},     {2, Protocol::igmp},   {4, Protocol::ipip},   {41, Protocol::ipip},
    {46, Protocol::rsvp},    {47, Protocol::gre},   {50, Protocol::ipsec}, {51, Protocol::ipsec},
    {58, Protocol::icmp},    {88, Protocol::eigrp}, {89, Protocol::ospf},  {94, Protocol::ipip},
    {97, Protocol::etherip}, {103, Protocol::pim},  {112, Protocol::vrrp}, {113, Protocol::pgm},
    {115, Protocol::l2tp},   {132, Protocol::sctp}};

TEST(DetectIp, EveryNumber) {
    for (unsigned number = 0; number < 256; ++number) {
        Protocol want = Protocol::unknown;
        for (const auto& [known, protocol] : kKnown)
            if (known == number) want = protocol;
        EXPECT_EQ(detect_ip(static_cast<std::uint8_t>(number)), want) << number;
    }
}

TEST(DetectIp, NoPortAloneSaysAnything) {
    for (unsigned port = 0; port < 65536; ++port) {
        const Ports ports = to(static_cast<std::uint16_t>(port));
        ASSERT_EQ(udp("", ports), Protocol::unknown) << port;
        ASSERT_EQ(udp("\x01", ports), Protocol::unknown) << port;
        ASSERT_EQ(tcp("", ports).protocol, Protocol::unknown) << port;
        ASSERT_NE(tcp("\xfe\xff", ports).answer, Answer::yes) << port;
    }
}

TEST(DetectIp, NoiseIsUnknown) {
    // 2 x 40,000 random payloads on every port that a recogniser looks at.
    for (std::uint32_t seed = 0; seed < 4000; ++seed)
        for (std::uint16_t port : {53, 5353, 123, 67, 546, 500, 4500, 443, 1194, 51820}) {
            const std::string payload = noise(20 + seed % 180, seed * 2654435761u);
            ASSERT_EQ(udp(payload, to(port)), Protocol::unknown) << seed << ' ' << port;
            ASSERT_NE(tcp(payload, to(port)).answer, Answer::yes) << seed << ' ' << port;
        }
}

}  // namespace
}  // namespace sluice::detect
