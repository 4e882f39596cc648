// OpenVPN is told by hard resets that fit one of its layouts to the byte.
#include "tests/unit/detect/views.h"

namespace sluice::detect {
namespace {

const std::string kReplay = u32(1) + u32(1'700'000'000), kZeroId = u32(0);
const std::string kClientTail = "\0"s + kZeroId;
const std::string kServerTail = "\x01"s + kZeroId + noise(8, 5) + kZeroId;

struct Case {
    const char* what;
    std::string message;
};
std::vector<Case> resets() {
    const std::string client = "\x38"s + noise(8), server = "\x40"s + noise(8, 9);
    const std::string v3 = "\x50"s + noise(8) + kReplay + noise(32 + 5) + noise(298, 3) + u16(300);
    return {
        {"plain client", client + kClientTail},
        {"plain server", server + kServerTail},
        {"tls-auth MD5", client + noise(16) + kReplay + kClientTail},
        {"tls-auth SHA-1", client + noise(20) + kReplay + kClientTail},
        {"tls-auth SHA-512", client + noise(64) + kReplay + kClientTail},
        {"tls-auth server", server + noise(20) + kReplay + kServerTail},
        {"tls-crypt client", client + kReplay + noise(32 + 5)},
        {"tls-crypt, release 2.6", client + u32(0x0f000001) + kReplay.substr(4) + noise(32 + 5)},
        {"tls-crypt server", server + kReplay + noise(32 + 17)},
        {"tls-crypt server with flags", server + kReplay + noise(32 + 17 + 6)},
        {"tls-crypt-v2", v3},
    };
}

TEST(DetectOpenvpn, Resets) {
    for (const Case& c : resets()) {
        SCOPED_TRACE(c.what);
        EXPECT_EQ(udp(c.message, to(1194)), Protocol::openvpn);
        EXPECT_EQ(udp(c.message, to(443)), Protocol::openvpn);
        EXPECT_EQ(expect_tcp(block16(c.message), Protocol::openvpn, to(443)), c.message.size() + 2);
    }
}

TEST(DetectOpenvpn, OneByteOff) {
    for (const Case& c : resets()) {
        SCOPED_TRACE(c.what);
        EXPECT_EQ(udp(c.message + "x"), Protocol::unknown);
        for (unsigned opcode : {0x39u, 0x20u, 0x28u, 0x30u, 0x48u, 0x08u, 0xb8u})
            EXPECT_EQ(udp(u8(opcode) + c.message.substr(1)), Protocol::unknown);
        EXPECT_EQ(udp(c.message.substr(0, 1) + std::string(8, 'A') + c.message.substr(9)),
                  Protocol::unknown)
            << "a session id that is no random number";
    }
}

TEST(DetectOpenvpn, NotOpenvpn) {
    const std::string client = "\x38"s + noise(8), server = "\x40"s + noise(8);
    EXPECT_EQ(udp(client + "\x01"s + kZeroId), Protocol::unknown) << "acks nothing there";
    EXPECT_EQ(udp(client + "\0"s + u32(1)), Protocol::unknown) << "not the first id";
    EXPECT_EQ(udp(server + "\x01"s + u32(1) + noise(8) + kZeroId), Protocol::unknown);
    EXPECT_EQ(udp(client + noise(20) + u32(2) + kReplay.substr(4) + kClientTail),
              Protocol::unknown);
    EXPECT_EQ(udp(client + noise(20) + u32(1) + u32(999'999'999) + kClientTail), Protocol::unknown);
    EXPECT_EQ(udp(client + noise(20) + kReplay + "\x01"s + kZeroId), Protocol::unknown);
    for (std::uint32_t seed = 1; seed < 2000; ++seed)  // any other 54 or 42 bytes of noise
        for (std::size_t size : {14, 26, 42, 54}) {
            const std::string payload = "\x38"s + noise(size - 1, seed);
            EXPECT_EQ(udp(payload), Protocol::unknown);
        }
    expect_tcp(u16(13) + client + kClientTail, Protocol::unknown);
    expect_tcp("\x00\x0e\x20"s, Protocol::unknown);
    expect_tcp("\x05\x00"s, Protocol::unknown);
}

}  // namespace
}  // namespace sluice::detect
