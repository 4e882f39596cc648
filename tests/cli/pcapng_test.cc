// What is written as pcapng, libpcap reads back.
#include "tools/sluicectl/pcapng.h"

#include <gtest/gtest.h>
#include <pcap/pcap.h>

#include <cstdio>
#include <vector>

namespace sluice::ctl {
namespace {

TEST(Pcapng, IsReadBack) {
    const std::vector<std::uint8_t> frame = {1, 2, 3, 4, 5, 6, 7};
    constexpr std::int64_t kTime = 1'795'223'456'123'456'789;
    std::string all = pcapng_section("test") + pcapng_interface("w1 user", 2'048) +
                      pcapng_interface("w1 internet", 2'048);
    for (std::uint32_t i = 0; i < 5; ++i)  // every padding, with a comment and without
        all += pcapng_packet({.interface = i % 2,
                              .utc_ns = kTime + i,
                              .wire_bytes = 60,
                              .bytes = Octets(frame).first(3 + i),
                              .comment = i % 2 == 0 ? "" : "dropped"});
    all += pcapng_statistics(0, kTime, 9, 4);
    FILE* file = std::tmpfile();
    ASSERT_NE(file, nullptr);
    ASSERT_EQ(std::fwrite(all.data(), 1, all.size(), file), all.size());
    std::rewind(file);
    char why[PCAP_ERRBUF_SIZE];
    pcap_t* capture =
        pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO, why);
    ASSERT_NE(capture, nullptr) << why;
    EXPECT_EQ(pcap_datalink(capture), DLT_EN10MB);
    pcap_pkthdr* head = nullptr;
    const unsigned char* data = nullptr;
    for (std::uint32_t i = 0; i < 5; ++i) {
        ASSERT_EQ(pcap_next_ex(capture, &head, &data), 1) << pcap_geterr(capture);
        EXPECT_EQ(head->len, 60u);
        ASSERT_EQ(head->caplen, 3 + i);
        EXPECT_EQ(std::vector<std::uint8_t>(data, data + head->caplen),
                  std::vector<std::uint8_t>(frame.begin(), frame.begin() + 3 + i));
        EXPECT_EQ(head->ts.tv_sec * 1'000'000'000 + head->ts.tv_usec, kTime + i);
    }
    EXPECT_EQ(pcap_next_ex(capture, &head, &data), PCAP_ERROR_BREAK);
    pcap_close(capture);
}

}  // namespace
}  // namespace sluice::ctl
