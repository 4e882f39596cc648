// NTP is told by port 123 together with a plausible time message.
#include "tests/unit/detect/views.h"

namespace sluice::detect {
namespace {

// leap 0, `version`, `mode`; stratum, poll, precision and the rest.
std::string message(unsigned version, unsigned mode, unsigned stratum = 2, std::size_t size = 48) {
    // Root delay and dispersion, where the time comes from, four time stamps.
    return u8(version << 3 | mode) + u8(stratum) + "\x06\xe9"s + u32(0x00000c00) + u32(0x00001800) +
           noise(size - 12);
}

TEST(DetectNtp, TimeMessages) {
    for (unsigned version = 1; version <= 4; ++version)
        for (unsigned mode = 1; mode <= 5; ++mode)
            expect_udp(message(version, mode), Protocol::ntp, to(123));
    expect_udp(u8(0x1b) + std::string(47, '\0'), Protocol::ntp, to(123));  // a simple client
    EXPECT_EQ(udp(message(4, 3, 0, 68), {123, 123}), Protocol::ntp) << "with a digest";
}

TEST(DetectNtp, NotNtp) {
    EXPECT_EQ(udp(message(4, 3), to(124)), Protocol::ntp) << "no port is asked";
    EXPECT_EQ(udp(message(4, 3).replace(4, 4, u32(0x7fff0000))), Protocol::unknown) << "delay";
    EXPECT_EQ(udp(message(4, 4).replace(12, 36, std::string(36, '\0'))), Protocol::unknown);
    EXPECT_EQ(udp(message(0, 3), to(123)), Protocol::unknown);
    EXPECT_EQ(udp(message(5, 3), to(123)), Protocol::unknown);
    EXPECT_EQ(udp(message(4, 0), to(123)), Protocol::unknown);
    EXPECT_EQ(udp(message(4, 6), to(123)), Protocol::unknown);
    EXPECT_EQ(udp(message(2, 7), to(123)), Protocol::unknown) << "monlist";
    EXPECT_EQ(udp(message(4, 3, 17), to(123)), Protocol::unknown);
    EXPECT_EQ(udp(message(4, 3, 2, 50), to(123)), Protocol::unknown) << "not whole words";
    for (const auto& [at, byte] : {std::pair{2, 18}, {2, 0x80}, {3, 1}, {3, 0xdf}}) {
        std::string odd = message(4, 3);
        odd[static_cast<std::size_t>(at)] = static_cast<char>(byte);
        EXPECT_EQ(udp(odd, to(123)), Protocol::unknown) << "poll or precision";
    }
    expect_tcp(message(4, 3), Protocol::unknown, to(123));
}

}  // namespace
}  // namespace sluice::detect
