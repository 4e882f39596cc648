// NTP is told by port 123 together with a plausible time message.
#include "tests/unit/detect/views.h"

namespace sluice::detect {
namespace {

// leap 0, `version`, `mode`; stratum, poll, precision and the rest.
std::string message(unsigned version, unsigned mode, unsigned stratum = 2, std::size_t size = 48) {
    return u8(version << 3 | mode) + u8(stratum) + noise(size - 2);
}

TEST(DetectNtp, TimeMessages) {
    for (unsigned version = 1; version <= 4; ++version)
        for (unsigned mode = 1; mode <= 5; ++mode)
            expect_udp(message(version, mode), Protocol::ntp, to(123));
    EXPECT_EQ(udp(message(4, 3, 0, 68), {123, 123}), Protocol::ntp) << "with a digest";
}

TEST(DetectNtp, NotNtp) {
    EXPECT_EQ(udp(message(4, 3), to(124)), Protocol::unknown);
    EXPECT_EQ(udp(message(0, 3), to(123)), Protocol::unknown);
    EXPECT_EQ(udp(message(5, 3), to(123)), Protocol::unknown);
    EXPECT_EQ(udp(message(4, 0), to(123)), Protocol::unknown);
    EXPECT_EQ(udp(message(4, 6), to(123)), Protocol::unknown);
    EXPECT_EQ(udp(message(2, 7), to(123)), Protocol::unknown) << "monlist";
    EXPECT_EQ(udp(message(4, 3, 17), to(123)), Protocol::unknown);
    EXPECT_EQ(udp(message(4, 3, 2, 50), to(123)), Protocol::unknown) << "not whole words";
    expect_tcp(message(4, 3), Protocol::unknown, to(123));
}

}  // namespace
}  // namespace sluice::detect
