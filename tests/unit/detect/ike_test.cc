// IPsec is told by IKE headers on ports 500 and 4500, never by the port alone.
#include "tests/unit/detect/views.h"

namespace sluice::detect {
namespace {

std::string ike(unsigned version, unsigned exchange, std::size_t size = 200) {
    const bool first = version >> 4 == 1;
    return noise(8) + std::string(8, '\0') + (first ? "\x01"s : "\x21"s) + u8(version) +
           u8(exchange) + (first ? "\0"s : "\x08"s) + u32(0) +
           u32(static_cast<std::uint32_t>(size)) + noise(size - 28, 4);
}
const std::string kMarker(4, '\0');

TEST(DetectIke, Headers) {
    for (unsigned exchange : {34u, 35u, 36u, 37u, 43u})
        expect_udp(ike(0x20, exchange), Protocol::ipsec, {500, 500});
    for (unsigned exchange : {2u, 4u, 5u, 32u})
        expect_udp(ike(0x10, exchange), Protocol::ipsec, to(500));
    expect_udp(kMarker + ike(0x20, 35), Protocol::ipsec, to(4500));
}

TEST(DetectIke, OnAnyPort) {
    expect_udp(ike(0x20, 34), Protocol::ipsec, to(40'001));
    expect_tcp("IKETCP"s + u16(204) + kMarker + ike(0x20, 34), Protocol::ipsec);
    EXPECT_EQ(udp(ike(0x20, 35, 3000).substr(0, 1400)), Protocol::ipsec) << "in IP fragments";
}

TEST(DetectIke, NotIke) {
    EXPECT_EQ(udp(ike(0x20, 34).replace(16, 1, "\x11")), Protocol::unknown) << "no such payload";
    EXPECT_EQ(udp(ike(0x20, 34).replace(19, 1, "\x41")), Protocol::unknown) << "no such flags";
    EXPECT_EQ(udp(noise(120), {4500, 4500}), Protocol::unknown) << "ESP in UDP";
    EXPECT_EQ(udp("\xff", {4500, 4500}), Protocol::unknown) << "keepalive";
    EXPECT_EQ(udp(ike(0x30, 34), to(500)), Protocol::unknown);
    EXPECT_EQ(udp(ike(0x21, 34), to(500)), Protocol::unknown);
    EXPECT_EQ(udp(ike(0x20, 33), to(500)), Protocol::unknown);
    EXPECT_EQ(udp(ike(0x10, 34), to(500)), Protocol::unknown);
    EXPECT_EQ(udp(ike(0x20, 34) + "x", to(500)), Protocol::unknown) << "length contradicts";
    EXPECT_EQ(udp(std::string(8, '\0') + ike(0x20, 34).substr(8), to(500)), Protocol::unknown);
    EXPECT_EQ(udp(noise(200), to(500)), Protocol::unknown);
}

}  // namespace
}  // namespace sluice::detect
