// Protocols without a magic show themselves in what stays and what moves on between datagrams.
#include "tests/unit/detect/views.h"

namespace sluice::detect {
namespace {

std::string le32(std::uint32_t v) {
    return u8(v & 255) + u8(v >> 8 & 255) + u8(v >> 16 & 255) + u8(v >> 24);
}
std::string wireguard_data(std::uint32_t counter, std::string_view index = "\x12\x34\x56\x78") {
    return le32(4) + std::string(index) + le32(counter) + le32(0) + noise(64, counter + 9);
}
std::string esp(std::uint32_t sequence, std::string_view index = "\xc3\x14\x9a\x07") {
    return std::string(index) + u32(sequence) + noise(80, sequence * 7 + 3);
}
std::string rtp(std::uint16_t sequence, std::uint32_t time, unsigned type = 0) {
    return "\x80"s + u8(type) + u16(sequence) + u32(time) + "\x01\x02\x03\x04"s +
           noise(160, sequence);
}
std::string utp(unsigned type, std::uint16_t connection, std::uint16_t sequence,
                std::uint16_t ack) {
    return u8(type << 4 | 1) + "\0"s + u16(connection) + noise(4) + noise(4) + u32(1 << 16) +
           u16(sequence) + u16(ack);
}

using model::Confidence;

void expect(const std::vector<Datagram>& datagrams, Protocol want) {
    EXPECT_EQ(name_of(udp_after(datagrams).protocol), name_of(want));
}

TEST(DetectExchange, WireguardInItsMiddle) {
    expect({{true, wireguard_data(100)}}, Protocol::unknown);
    expect({{true, wireguard_data(100)}, {true, wireguard_data(101)}}, Protocol::wireguard);
    expect({{true, wireguard_data(100)}, {false, wireguard_data(7)}, {true, wireguard_data(103)}},
           Protocol::wireguard);
    expect({{true, wireguard_data(100)}, {false, wireguard_data(101)}}, Protocol::unknown);
    expect({{true, wireguard_data(100)}, {true, wireguard_data(100)}}, Protocol::unknown);
    expect({{true, wireguard_data(100)}, {true, wireguard_data(5000)}}, Protocol::unknown);
    expect({{true, wireguard_data(1)}, {true, wireguard_data(2, "\x12\x34\x56\x79")}},
           Protocol::unknown);
    // A counter behind a small number is any protocol's.
    expect({{true, wireguard_data(1, "\x12\0\0\0"s)}, {true, wireguard_data(2, "\x12\0\0\0"s)}},
           Protocol::unknown);
    EXPECT_EQ(udp_after({{true, wireguard_data(1)}, {true, wireguard_data(2)}}).confidence,
              Confidence::likely);
}

TEST(DetectExchange, WarpMarksItsHandshake) {
    const std::string asks = "\x01\x0a\x0b\x0c"s + "index" + noise(139);
    const std::string answers = "\x02\0\0\0"s + noise(4) + "inde" + noise(80);
    expect({{true, asks}, {false, answers}}, Protocol::warp);
    expect({{true, asks}, {true, answers}}, Protocol::wireguard);
    expect({{true, asks}, {false, "\x02\0\0\0"s + noise(4) + "indx" + noise(80)}},
           Protocol::wireguard);
}

TEST(DetectExchange, EspInUdp) {
    expect({{true, esp(7)}}, Protocol::unknown);
    expect({{true, esp(7)}, {true, esp(8)}}, Protocol::ipsec);
    expect({{true, esp(7)}, {true, "\xff"}, {true, esp(9)}}, Protocol::unknown);
    expect({{true, esp(7)}, {true, esp(7)}}, Protocol::unknown);
    expect({{true, esp(7)}, {true, esp(8, "\xc3\x14\x9a\x08")}}, Protocol::unknown);
    // Counters behind a word or a small number, and bodies that are alike, are not enciphered.
    expect({{true, esp(7, "name")}, {true, esp(8, "name")}}, Protocol::unknown);
    expect({{true, esp(7, "\0\0\0\1"s)}, {true, esp(8, "\0\0\0\1"s)}}, Protocol::unknown);
    const std::string same = "\xc3\x14\x9a\x07"s;
    expect({{true, same + u32(7) + noise(80)}, {true, same + u32(8) + noise(80)}},
           Protocol::unknown);
}

TEST(DetectExchange, Rtp) {
    expect({{true, rtp(10, 160)}}, Protocol::unknown);
    expect({{true, rtp(10, 160)}, {true, rtp(11, 320)}}, Protocol::rtp);
    expect({{true, rtp(10, 160)}, {false, rtp(11, 320)}}, Protocol::unknown);
    expect({{true, rtp(10, 160)}, {true, rtp(900, 320)}}, Protocol::unknown);
    expect({{true, rtp(10, 160)}, {true, rtp(11, 320, 8)}}, Protocol::unknown);
}

TEST(DetectExchange, Utp) {
    expect({{true, utp(4, 500, 1, 0)}}, Protocol::unknown);
    expect({{true, utp(4, 500, 1, 0)}, {false, utp(2, 500, 77, 1)}}, Protocol::bittorrent);
    expect({{true, utp(4, 500, 1, 0)}, {false, utp(2, 501, 77, 1)}}, Protocol::unknown);
    expect({{true, utp(4, 500, 1, 0)}, {false, utp(2, 500, 77, 2)}}, Protocol::unknown);
}

TEST(DetectExchange, EdonkeyQuestionAndAnswer) {
    expect({{true, "\xe3\x96"s + noise(4)}}, Protocol::unknown);
    expect({{true, "\xe3\x96"s + noise(4)}, {false, "\xe3\x97"s + noise(30)}}, Protocol::edonkey);
    expect({{true, "\xe3\x96"s + noise(4)}, {false, "\xe3\x98"s + noise(30)}}, Protocol::unknown);
}

TEST(DetectExchange, PlacesAreSharedAndForgotten) {
    PastTable past;
    past.remember(1, true, as_bytes("one"));
    ASSERT_NE(past.find(1), nullptr);
    EXPECT_EQ(past.find(1)->from_user.size, 3u);
    EXPECT_EQ(past.find(1)->from_remote.size, 0u);
    EXPECT_EQ(past.find(1 + PastTable::kPlaces), nullptr) << "another flow in the same place";
    past.remember(1 + PastTable::kPlaces, false, as_bytes(std::string(100, 'x')));
    EXPECT_EQ(past.find(1), nullptr) << "pushed out";
    EXPECT_EQ(past.find(1 + PastTable::kPlaces)->from_remote.bytes().size(), Glimpse::kHeadSize);
    past.begin(1 + PastTable::kPlaces, true, as_bytes("new"));
    EXPECT_EQ(past.find(1 + PastTable::kPlaces)->from_user.size, 3u);
    EXPECT_EQ(past.find(1 + PastTable::kPlaces)->from_remote.size, 0u)
        << "the last owner's is gone";
}

}  // namespace
}  // namespace sluice::detect
