// QUIC is told by long headers of known versions whose lengths fit the datagram.
#include "tests/unit/detect/views.h"

namespace sluice::detect {
namespace {

constexpr std::uint32_t kV1 = 1, kV2 = 0x6b3343cf;
std::string varint2(std::size_t v) { return u16(0x4000 | static_cast<unsigned>(v)); }

// `type` as the bits stand in the first byte.
std::string start(std::uint32_t version, unsigned type, const std::string& destination = noise(8)) {
    return u8(0xc0 | type << 4) + u32(version) + block8(destination) + block8("");
}
std::string with_length(std::size_t size) { return varint2(size) + noise(size); }
std::string initial(std::uint32_t version, unsigned type = 0) {
    return start(version, type) + u8(0) + with_length(1179);
}

TEST(DetectQuic, Initials) {
    for (std::uint32_t version : {kV1, 0xff00001du, 0xff000022u, 0xfaceb002u})
        expect_udp(initial(version), Protocol::quic, to(443));
    expect_udp(initial(kV2, 1), Protocol::quic, to(40'001));
    expect_udp(start(kV1, 0) + block8("token") + with_length(300), Protocol::quic);
    // Another packet in the same datagram.
    EXPECT_EQ(udp(start(kV1, 0) + u8(0) + with_length(100) + start(kV1, 2) + with_length(50)),
              Protocol::quic);
}

TEST(DetectQuic, OtherLongHeaders) {
    expect_udp(start(kV1, 1) + with_length(60), Protocol::quic);  // 0-RTT
    expect_udp(start(kV1, 2) + with_length(60), Protocol::quic);  // Handshake
    expect_udp(start(kV2, 3) + with_length(60), Protocol::quic);  // Handshake of version 2
    EXPECT_EQ(udp(start(kV1, 3) + noise(80)), Protocol::quic);    // Retry
    EXPECT_EQ(udp(start(kV2, 0) + noise(80)), Protocol::quic);    // Retry of version 2
}

TEST(DetectQuic, Negotiation) {
    EXPECT_EQ(
        udp("\x8f"s + u32(0) + block8(noise(8)) + block8(noise(8)) + u32(0x1a2a3a4a) + u32(kV1)),
        Protocol::quic);
    const std::string asking = start(0x5a6a7a8a, 0) + noise(1200);
    EXPECT_EQ(udp(asking), Protocol::quic);
    EXPECT_EQ(udp(asking.substr(0, 1199)), Protocol::unknown);
}

TEST(DetectQuic, Google) {
    EXPECT_EQ(udp("\x0d"s + noise(8) + "Q043" + u8(1) + noise(1330)), Protocol::quic);
    EXPECT_EQ(udp("\x09"s + noise(8) + "Q035" + u8(1) + noise(1330)), Protocol::quic);
    EXPECT_EQ(udp("\xc3Q046\x50"s + noise(1340)), Protocol::quic);
    EXPECT_EQ(udp("\xc3Q050"s + block8(noise(8)) + block8("") + noise(1340)), Protocol::quic);
    EXPECT_EQ(udp("\xc3T051"s + block8(noise(8)) + block8("") + noise(1340)), Protocol::quic);
}

TEST(DetectQuic, NotQuic) {
    const std::pair<const char*, std::string> cases[] = {
        {"unknown version", initial(0x00000002)},
        {"draft 0", initial(0xff000000)},
        {"draft 35", initial(0xff000023)},
        {"no fixed bit", "\x80"s + initial(kV1).substr(1)},
        {"short header", "\x40"s + noise(100)},
        {"id of 21 bytes", start(kV1, 2, noise(21)) + with_length(60)},
        {"id past the end", start(kV1, 2).substr(0, 5) + u8(20) + noise(5)},
        {"token past the end", start(kV1, 0) + varint2(2000) + noise(1200)},
        {"length past the end", start(kV1, 2) + varint2(61) + noise(60)},
        {"length below a sample", start(kV1, 2) + u8(19) + noise(60)},
        {"Retry without its tag", start(kV1, 3) + noise(15)},
        {"negotiation without a known version",
         "\x8f"s + u32(0) + block8("") + block8("") + u32(99)},
        {"negotiation with a rest", "\x8f"s + u32(0) + block8("") + block8("") + u32(kV1) + "x"},
        {"negotiation of nothing", "\x8f"s + u32(0) + block8("") + block8("")},
        {"gQUIC without a version bit", "\x0c"s + noise(8) + "Q043" + noise(50)},
        {"gQUIC of no version", "\x0d"s + noise(8) + "Qxyz" + noise(50)},
        {"RTP", "\x80\x60"s + noise(170)},
        {"DTLS", "\x16\xfe\xfd"s + noise(170)},
        {"STUN", "\x00\x01\x00\x08\x21\x12\xa4\x42"s + noise(20)},
        {"zeros", std::string(1200, '\0')},
        {"ones", std::string(1200, '\xff')},
    };
    for (const auto& [what, payload] : cases) {
        SCOPED_TRACE(what);
        EXPECT_NE(udp(payload, to(443)), Protocol::quic);
    }
}

}  // namespace
}  // namespace sluice::detect
