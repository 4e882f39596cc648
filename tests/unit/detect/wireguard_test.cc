// WireGuard is told by its handshake messages on any port.
#include "tests/unit/detect/views.h"

namespace sluice::detect {
namespace {

std::string initiation() { return "\x01\0\0\0"s + noise(128) + std::string(16, '\0'); }
std::string response() { return "\x02\0\0\0"s + noise(72) + std::string(16, '\0'); }
std::string cookie_reply() { return "\x03\0\0\0"s + noise(60); }

TEST(DetectWireguard, Handshakes) {
    expect_udp(initiation(), Protocol::wireguard, to(51820));
    expect_udp(response(), Protocol::wireguard, {51820, kAnyPort});
    expect_udp(cookie_reply(), Protocol::wireguard);
    expect_udp("\x01\0\0\0"s + noise(144), Protocol::wireguard, to(443));  // under load: mac2 set
}

TEST(DetectWireguard, NotWireguard) {
    EXPECT_EQ(udp(initiation() + "x"), Protocol::unknown);
    EXPECT_EQ(udp("\x02"s + initiation().substr(1)), Protocol::unknown);
    EXPECT_EQ(udp("\x04\0\0\0"s + noise(60)), Protocol::unknown) << "data";
    for (std::size_t at : {1, 2, 3}) {
        std::string reserved = initiation();
        reserved[at] = 1;
        EXPECT_EQ(udp(reserved), Protocol::unknown);
    }
    // A padded binary message of the right size and type.
    EXPECT_EQ(udp("\x01\0\0\0\x07\0\0\0"s + std::string(140, '\0')), Protocol::unknown);
    EXPECT_EQ(udp("\x01\0\0\0"s + noise(100) + std::string(44, '\0')), Protocol::unknown);
    EXPECT_EQ(udp("\x02\0\0\0"s + noise(20) + std::string(68, '\0')), Protocol::unknown);
    EXPECT_EQ(udp("\x03\0\0\0"s + std::string(60, '\0')), Protocol::unknown);
    expect_tcp(initiation(), Protocol::unknown);
}

}  // namespace
}  // namespace sluice::detect
