// Who has a packet's flow: both directions, fragments and quoted packets meet in one worker; cards
// and software agree; nothing a sender chooses makes one worker busy.
#include "dataplane/io/steering.h"

#include <gtest/gtest.h>
#include <rte_mbuf.h>
#include <rte_thash.h>

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <vector>

#include "dataplane/io/vlan_tags.h"
#include "tests/support/packet_text.h"
#include "tests/support/seed.h"

namespace sluice::io {
namespace {

using testing::Frame;
using testing::frame_of;
using Hash = Steering::Hash;

constexpr Hash kHashes[] = {Hash::keyed, Hash::toeplitz};
constexpr unsigned kNobody = 99;

unsigned worker_of(const Steering& steering, const Frame& frame) {
    return steering.worker_of(frame, static_cast<std::uint32_t>(frame.size()), kNobody);
}

IpAddress random_address(std::mt19937_64& random, bool v4) {
    if (v4) return IpAddress::v4(static_cast<std::uint32_t>(random()));
    IpAddress address;
    for (std::uint8_t& byte : address.bytes)
        byte = static_cast<std::uint8_t>(random());
    return address;
}

TEST(Steering, OneWorkerHasAllWithFlows) {
    const Steering steering(1, Hash::keyed, {1, 2});
    EXPECT_EQ(worker_of(steering, frame_of("udp 10.1.0.5:1 > 10.1.0.6:2")), 0u);
}

// All of these are packets of, or about, flows between two addresses.
TEST(Steering, WhateverBelongsTogetherMeets) {
    const std::vector<std::string> kV4 = {
        "tcp 10.1.0.5:40000 > 203.0.113.9:443 S",
        "tcp 203.0.113.9:443 > 10.1.0.5:40000 SA",
        "udp 10.1.0.5:1 > 203.0.113.9:2",
        "icmp 10.1.0.5 > 203.0.113.9 echo(7,1)",
        "udp 10.1.0.5:1 > 203.0.113.9:2 fill(100) frag(id=7,off=0,size=48,more)",
        "udp 203.0.113.9:1 > 10.1.0.5:2 fill(100) frag(id=7,off=48,size=48,more)",
        "proto=47 10.1.0.5 > 203.0.113.9 hex(0000 0800)",
        "icmp 192.0.2.1 > 10.1.0.5 unreach(udp 10.1.0.5:5353 > 203.0.113.9:53)",
        "icmp 198.51.100.7 > 203.0.113.9 unreach(tcp 203.0.113.9:443 > 10.1.0.5:40000 PA)",
        "tcp 10.1.0.5:40000 > 203.0.113.9:443 S vlan=100",
        "tcp 10.1.0.5:40000 > 203.0.113.9:443 S qinq=100,200",
        "tcp 203.0.113.9:443 > 10.1.0.5:40000 SA mpls=16,17",
        "tcp 203.0.113.9:443 > 10.1.0.5:40000 SA pppoe=1",
    };
    const std::vector<std::string> kV6 = {
        "tcp [2001:db8::1]:40000 > [2001:db8::2]:443 PA",
        "udp [2001:db8::2]:443 > [2001:db8::1]:40000",
        "udp [2001:db8::2]:443 > [2001:db8::1]:40000 ext(hop) vlan=7",
        "udp [2001:db8::1]:1 > [2001:db8::2]:2 fill(100) frag(id=7,off=48,size=48,more)",
        "icmp 2001:db8::9 > 2001:db8::1 unreach(udp [2001:db8::1]:1 > [2001:db8::2]:2)",
    };
    std::mt19937_64 random(test::seed());
    for (const Hash hash : kHashes)
        for (int round = 0; round < 50; ++round) {
            const unsigned workers = 2 + static_cast<unsigned>(random() % 63);
            const Steering steering(workers, hash, {random(), random()});
            for (const auto& lines : {kV4, kV6}) {
                const unsigned first = worker_of(steering, frame_of(lines[0]));
                ASSERT_LT(first, workers);
                for (const std::string& line : lines)
                    ASSERT_EQ(worker_of(steering, frame_of(line)), first) << line;
            }
        }
}

TEST(Steering, WhatHasNoFlowStaysWhereItIs) {
    const Steering steering(8, Hash::keyed, {3, 4});
    for (const char* line : {"eth type=0x0806 hex(0001)", "eth llc hex(424203)", "raw hex(0102)",
                             "tcp 10.1.0.5:1 > 10.1.0.6:2 S doff=2 mpls=16"})
        EXPECT_EQ(worker_of(steering, frame_of(line)), kNobody) << line;
}

// Every prefix of a frame leads to some worker, or stays.
TEST(Steering, CutFrames) {
    const Steering steering(4, Hash::toeplitz, {5, 6});
    for (const char* line : {"tcp 10.1.0.5:1 > 10.1.0.6:2 S qinq=1,2",
                             "icmp 192.0.2.1 > 10.1.0.5 unreach(udp 10.1.0.5:5353 > 10.1.0.6:53)",
                             "udp [2001:db8::2]:443 > [2001:db8::1]:40000 ext(hop) vlan=7"}) {
        const Frame whole = frame_of(line);
        for (std::size_t size = 0; size <= whole.size(); ++size) {
            const std::vector<std::uint8_t> cut(whole.begin(),
                                                whole.begin() + static_cast<std::ptrdiff_t>(size));
            const unsigned worker = steering.worker_of(cut, static_cast<std::uint32_t>(size), 3);
            ASSERT_LT(worker, 4u) << line << " cut to " << size;
        }
    }
}

TEST(Steering, SpreadsEvenly) {
    std::mt19937_64 random(test::seed());
    for (const Hash hash : kHashes)
        for (const unsigned workers : {2u, 3u, 8u}) {
            const Steering steering(workers, hash, {random(), random()});
            std::vector<unsigned> flows(workers, 0);
            constexpr unsigned kFlows = 20'000;
            for (unsigned i = 0; i < kFlows; ++i)
                ++flows[steering.worker_of(random_address(random, i % 2 == 0),
                                           random_address(random, i % 2 == 0))];
            // Buckets do not divide by 3: the mean is off by up to 1 in 21.
            for (const unsigned n : flows)
                EXPECT_NEAR(n, kFlows / workers, kFlows / workers / 10) << workers;
        }
}

// What a card computes (RSS over the two addresses in the order they stand in the packet), by
// DPDK's own software form of it.
TEST(Steering, CardsAgreeWithSoftware) {
    std::mt19937_64 random(test::seed());
    for (int round = 0; round < 300; ++round) {
        const unsigned workers = 1 + static_cast<unsigned>(random() % 64);
        const Steering steering(workers, Hash::toeplitz, {random(), random()});
        std::array<std::uint8_t, 40> key;
        steering.fill_card_key(key);
        const bool v4 = random() % 2 == 0;
        const IpAddress a = random_address(random, v4), b = random_address(random, v4);
        const std::size_t skip = v4 ? 12 : 0;
        std::array<std::uint32_t, 8> input{};
        unsigned words = 0;
        for (const IpAddress* address : {&a, &b})
            for (std::size_t at = skip; at < 16; at += 4)
                input[words++] = be32(Bytes(address->bytes), at);
        const std::uint32_t hash = rte_softrss(input.data(), words, key.data());
        ASSERT_EQ(steering.worker_of(a, b), hash % Steering::kBuckets % workers);
        ASSERT_EQ(steering.worker_of(b, a), steering.worker_of(a, b));
    }
}

// ---- tags a device took out ----
struct Buffer {
    alignas(64) std::array<std::uint8_t, 512> room{};
    alignas(rte_mbuf) std::array<std::uint8_t, sizeof(rte_mbuf)> memory{};
    rte_mbuf& packet = *reinterpret_cast<rte_mbuf*>(memory.data());
    Buffer(const Frame& frame, std::uint16_t headroom) {
        packet.buf_addr = room.data();
        packet.buf_len = static_cast<std::uint16_t>(room.size());
        packet.data_off = headroom;
        packet.nb_segs = 1;
        rte_mbuf_refcnt_set(&packet, 1);
        packet.data_len = static_cast<std::uint16_t>(frame.size());
        packet.pkt_len = packet.data_len;
        std::ranges::copy(frame, room.begin() + headroom);
    }
    Frame frame() const {
        const auto* at = rte_pktmbuf_mtod(&packet, const std::uint8_t*);
        return Frame(at, at + packet.data_len);
    }
};

TEST(VlanTags, GoBackWhereTheyWere) {
    const Frame plain = frame_of("tcp 10.1.0.5:1 > 10.1.0.6:2 S");
    Buffer untouched(plain, 128);
    ASSERT_TRUE(restore_tags(&untouched.packet));
    EXPECT_EQ(untouched.frame(), plain);

    Buffer one(plain, 128);
    one.packet.ol_flags = RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED | RTE_MBUF_F_RX_RSS_HASH;
    one.packet.vlan_tci = 100;
    ASSERT_TRUE(restore_tags(&one.packet));
    EXPECT_EQ(one.frame(), frame_of("tcp 10.1.0.5:1 > 10.1.0.6:2 S vlan=100"));
    EXPECT_EQ(one.packet.pkt_len, plain.size() + 4);
    EXPECT_EQ(one.packet.ol_flags, RTE_MBUF_F_RX_RSS_HASH);
    ASSERT_TRUE(restore_tags(&one.packet));  // once is enough
    EXPECT_EQ(one.packet.pkt_len, plain.size() + 4);

    Buffer two(plain, 128);
    two.packet.ol_flags = RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED | RTE_MBUF_F_RX_QINQ |
                          RTE_MBUF_F_RX_QINQ_STRIPPED;
    two.packet.vlan_tci_outer = 100;
    two.packet.vlan_tci = 200;
    ASSERT_TRUE(restore_tags(&two.packet));
    EXPECT_EQ(two.frame(), frame_of("tcp 10.1.0.5:1 > 10.1.0.6:2 S qinq=100,200"));

    Buffer no_room(plain, 3);
    no_room.packet.ol_flags = RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED;
    EXPECT_FALSE(restore_tags(&no_room.packet));
    Buffer short_frame(Frame(11, 0), 128);
    short_frame.packet.ol_flags = RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED;
    EXPECT_FALSE(restore_tags(&short_frame.packet));
}

}  // namespace
}  // namespace sluice::io
