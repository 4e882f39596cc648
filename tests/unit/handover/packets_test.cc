// Segmentation, coalescing and checksums of the exception path, against an oracle that is slow and
// written differently: one word, one byte at a time.
#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <vector>

#include "dataplane/handover/checksum.h"
#include "dataplane/handover/coalescer.h"
#include "dataplane/handover/first_ack.h"
#include "dataplane/handover/kernel_segments.h"
#include "dataplane/wire/packet_view.h"
#include "tests/support/seed.h"

namespace sluice::handover {
namespace {

using Packet = std::vector<std::uint8_t>;

std::uint16_t slow_sum(const Packet& bytes) {
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        sum += i % 2 == 0 ? bytes[i] << 8 : bytes[i];
        if (sum > 0xffff) sum -= 0xffff;
    }
    return static_cast<std::uint16_t>(sum);
}

// Both checksums, by RFC 1071 read literally.
bool slow_right(const Packet& ip) {
    const bool v4 = ip[0] >> 4 == 4;
    const std::size_t header = v4 ? (ip[0] & 15u) * 4u : 40u;
    if (v4 && slow_sum({ip.begin(), ip.begin() + static_cast<std::ptrdiff_t>(header)}) != 0xffff)
        return false;
    Packet all(ip.begin() + (v4 ? 12 : 8), ip.begin() + (v4 ? 20 : 40));
    const std::size_t size = ip.size() - header;
    all.insert(all.end(),
               {0, 6, static_cast<std::uint8_t>(size >> 8), static_cast<std::uint8_t>(size)});
    all.insert(all.end(), ip.begin() + static_cast<std::ptrdiff_t>(header), ip.end());
    return slow_sum(all) == 0xffff;
}

struct Spec {
    bool v4 = true;
    std::uint32_t seq = 1'000, ack = 77;
    std::uint8_t flags = 0x10;
    std::uint16_t window = 500, port = 40'000;
    bool stamped = true;
    Packet payload;
};

Packet build(const Spec& spec) {
    const std::size_t header = spec.v4 ? 20 : 40, tcp = spec.stamped ? 32 : 20;
    Packet ip(header + tcp, 0);
    ip[0] = spec.v4 ? 0x45 : 0x60;
    ip[spec.v4 ? 9 : 6] = 6;
    ip[spec.v4 ? 8 : 7] = 64;
    for (std::size_t i = spec.v4 ? 12 : 8; i < header; ++i)
        ip[i] = static_cast<std::uint8_t>(i * 7);
    const std::span<std::uint8_t> t = std::span(ip).subspan(header);
    put16(t, 0, spec.port);
    put16(t, 2, 443);
    put32(t, 4, spec.seq);
    put32(t, 8, spec.ack);
    t[12] = static_cast<std::uint8_t>(tcp / 4 << 4);
    t[13] = spec.flags;
    put16(t, 14, spec.window);
    for (std::size_t i = 20; i < tcp; ++i)
        t[i] = static_cast<std::uint8_t>(i);
    ip.insert(ip.end(), spec.payload.begin(), spec.payload.end());
    const TcpPacket packet{spec.v4, static_cast<std::uint16_t>(header),
                           static_cast<std::uint16_t>(header + tcp),
                           static_cast<std::uint32_t>(ip.size())};
    finish_packet(ip, packet);
    return ip;
}

Packet bytes(std::mt19937_64& random, std::size_t size) {
    Packet all(size);
    for (std::uint8_t& b : all)
        b = static_cast<std::uint8_t>(random());
    return all;
}

Packet frame_of(const Packet& ip, std::uint8_t gso_type, std::uint16_t segment) {
    VirtioHeader header;
    header.flags = VirtioHeader::kNeedsChecksum;
    header.gso_type = gso_type;
    header.segment_size = segment;
    Packet frame(sizeof header);
    std::memcpy(frame.data(), &header, sizeof header);
    frame.insert(frame.end(), ip.begin(), ip.end());
    return frame;
}

std::uint8_t tcp_type(bool v4) { return v4 ? VirtioHeader::kTcpV4 : VirtioHeader::kTcpV6; }

TEST(Checksum, AgreesWithOneWordAtATime) {
    std::mt19937_64 random(test::seed());
    for (std::size_t size = 0; size < 200; ++size) {
        const Packet data = size % 3 == 0 ? Packet(size, 0xff) : bytes(random, size);
        Checksum sum;
        sum.add(data);
        const std::uint16_t slow = static_cast<std::uint16_t>(~slow_sum(data));
        // 0 and 0xffff are the same number.
        EXPECT_EQ(sum.value() % 0xffff, slow % 0xffff) << size;
    }
}

TEST(KernelSegments, AreTheStreamOfTheLargePacket) {
    std::mt19937_64 random(test::seed());
    for (unsigned run = 0; run < 200; ++run) {
        Spec spec{.v4 = run % 2 == 0, .flags = 0x80 | 0x18 | 1, .payload = {}};
        spec.seq = run % 5 == 0 ? 0xffff'ff00u : static_cast<std::uint32_t>(random());
        spec.payload = bytes(random, random() % 9'000);
        const auto segment = static_cast<std::uint16_t>(1 + random() % 1'448);
        const Packet frame = frame_of(build(spec), tcp_type(spec.v4), segment);
        const auto segments = KernelSegments::of(frame);
        ASSERT_TRUE(segments);
        Packet stream;
        for (unsigned i = 0; i < segments->count(); ++i) {
            Packet out(segments->size(i));
            segments->write(i, out);
            ASSERT_TRUE(slow_right(out)) << i;
            const auto parsed = parse_tcp_packet(out);
            ASSERT_TRUE(parsed && parsed->size == out.size());
            const std::size_t tcp = parsed->ip_header;
            EXPECT_EQ(be32(out, tcp + 4), static_cast<std::uint32_t>(spec.seq + stream.size()));
            const bool first = i == 0, last = i + 1 == segments->count();
            EXPECT_EQ(out[tcp + 13], 0x10 | (first ? 0x80 : 0) | (last ? 9 : 0));
            EXPECT_LE(parsed->payload(), segment);
            stream.insert(stream.end(), out.begin() + parsed->headers, out.end());
        }
        EXPECT_EQ(stream, spec.payload);
    }
}

TEST(KernelSegments, OnePacketIsOneSegmentWithItsChecksumDone) {
    for (const bool v4 : {true, false}) {
        Packet ip = build({.v4 = v4, .payload = Packet(100, 'x')});
        ip[(v4 ? 20u : 40u) + kTcpChecksumAt] ^= 0xff;  // as the kernel leaves it
        const Packet frame = frame_of(ip, VirtioHeader::kNoSegments, 0);
        const auto segments = KernelSegments::of(frame);
        ASSERT_TRUE(segments && segments->count() == 1);
        Packet out(segments->size(0));
        segments->write(0, out);
        EXPECT_TRUE(slow_right(out));
    }
}

TEST(KernelSegments, WhatContradictsItselfIsNothing) {
    const Packet ip = build({.payload = Packet(3'000, 'x')});
    EXPECT_FALSE(KernelSegments::of(frame_of(ip, VirtioHeader::kTcpV4, 0)));
    EXPECT_FALSE(KernelSegments::of(frame_of(ip, VirtioHeader::kTcpV6, 1'448)));
    EXPECT_FALSE(KernelSegments::of(frame_of(ip, 3, 1'448)));  // UDP
    Packet udp = ip;
    udp[9] = 17;
    EXPECT_FALSE(KernelSegments::of(frame_of(udp, VirtioHeader::kTcpV4, 1'448)));
    Packet fragment = ip;
    fragment[6] = 0x20;
    EXPECT_FALSE(KernelSegments::of(frame_of(fragment, VirtioHeader::kNoSegments, 0)));
    const Packet whole = frame_of(ip, VirtioHeader::kTcpV4, 1'448);
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_FALSE(KernelSegments::of(Bytes(whole).first(size))) << size;
}

struct Sink final : FrameSink {
    std::vector<Packet> frames;
    unsigned packets = 0;
    void write(Bytes frame, unsigned count) noexcept override {
        frames.emplace_back(frame.begin(), frame.end());
        packets += count;
    }
};

// What the kernel would make of a frame: its packets, one by one.
std::vector<Packet> taken_apart(const Packet& frame) {
    const auto segments = KernelSegments::of(frame);
    std::vector<Packet> all;
    for (unsigned i = 0; segments && i < segments->count(); ++i) {
        Packet out(segments->size(i));
        segments->write(i, out);
        all.push_back(out);
    }
    return all;
}

std::vector<Packet> through(const std::vector<Packet>& in, Sink& sink) {
    const auto coalescer = std::make_unique<Coalescer>(sink);
    for (const Packet& ip : in)
        coalescer->add(ip);
    coalescer->flush();
    std::vector<Packet> out;
    for (const Packet& frame : sink.frames)
        for (Packet& ip : taken_apart(frame))
            out.push_back(std::move(ip));
    return out;
}

// IPv4 identifications are the segments' own, and so their headers' checksums.
Packet without_id(Packet ip) {
    if (ip[0] >> 4 == 4) ip[4] = ip[5] = ip[10] = ip[11] = 0;
    return ip;
}

TEST(Coalescer, WhatGoesInComesOutWhereverItIsCutAndMixed) {
    std::mt19937_64 random(test::seed());
    for (unsigned run = 0; run < 300; ++run) {
        std::vector<Packet> in;
        Spec spec{.v4 = run % 2 == 0, .payload = {}};
        for (unsigned i = 0; i < 60; ++i) {
            spec.payload = bytes(random, random() % 4 == 0 ? random() % 1'448 : 1'448);
            spec.flags = random() % 10 == 0 ? 0x18 : random() % 20 == 0 ? 0x11 : 0x10;
            if (random() % 12 == 0) spec.seq += 5;  // a hole
            if (random() % 12 == 0) ++spec.ack;
            if (random() % 12 == 0) ++spec.window;
            if (random() % 15 == 0) spec.port ^= 1;
            spec.stamped = random() % 30 != 0;
            in.push_back(build(spec));
            spec.seq += static_cast<std::uint32_t>(spec.payload.size());
        }
        Sink sink;
        const std::vector<Packet> out = through(in, sink);
        ASSERT_EQ(out.size(), in.size());
        EXPECT_EQ(sink.packets, in.size());
        for (std::size_t i = 0; i < in.size(); ++i) {
            EXPECT_TRUE(slow_right(out[i]));
            Packet expected = without_id(in[i]);
            const std::size_t flags = (expected[0] >> 4 == 4 ? 20u : 40u) + 13;
            Packet got = without_id(out[i]);
            // PSH moves to the end of the large packet, where it was.
            ASSERT_EQ(got.size(), expected.size());
            EXPECT_EQ(got[flags] & ~8, expected[flags] & ~8);
            got[flags] = expected[flags];
            got[flags + 3] = expected[flags + 3];  // and the checksum follows
            got[flags + 4] = expected[flags + 4];
            EXPECT_EQ(got, expected) << i;
        }
    }
}

TEST(Coalescer, SegmentsInOrderAreOneFrame) {
    for (const bool v4 : {true, false}) {
        std::vector<Packet> in;
        Spec spec{.v4 = v4, .payload = Packet(1'448, 'x')};
        for (unsigned i = 0; i < 32; ++i, spec.seq += 1'448)
            in.push_back(build(spec));
        Sink sink;
        through(in, sink);
        EXPECT_EQ(sink.frames.size(), 1u);
        EXPECT_EQ(sink.packets, 32u);
    }
}

TEST(Coalescer, NeverLargerThanAnIpPacket) {
    std::vector<Packet> in;
    Spec spec{.payload = Packet(1'448, 'x')};
    for (unsigned i = 0; i < 100; ++i, spec.seq += 1'448)
        in.push_back(build(spec));
    Sink sink;
    EXPECT_EQ(through(in, sink).size(), 100u);
    for (const Packet& frame : sink.frames)
        EXPECT_LE(frame.size(), kVnetHeader + 65'535);
}

// A frame put together has a new checksum: what was wrong must not become right by that.
TEST(Coalescer, AWrongChecksumStaysWrong) {
    Spec spec{.payload = Packet(1'448, 'x')};
    std::vector<Packet> in = {build(spec)};
    spec.seq += 1'448;
    in.push_back(build(spec));
    in[1][100] ^= 1;
    Sink sink;
    through(in, sink);
    ASSERT_EQ(sink.frames.size(), 2u);
    const Packet passed(sink.frames[1].begin() + kVnetHeader, sink.frames[1].end());
    EXPECT_EQ(passed, in[1]);
    EXPECT_EQ(sink.frames[1][0], 0) << "the kernel is told to look for itself";
}

TEST(FirstAck, SaysWhatThePeerLastSaid) {
    for (const bool v4 : {true, false}) {
        ipc::HandoverFlow flow;
        flow.tuple.user = v4 ? IpAddress::v4(0x0a0a0005) : *parse_ip("2001:db8::5");
        flow.tuple.remote = v4 ? IpAddress::v4(0xcb007109) : *parse_ip("2001:db8::9");
        flow.tuple.user_port = 40'000;
        flow.tuple.remote_port = 443;
        flow.ends[0] = {.next_seq = 1'001,
                        .window = 64'256,
                        .ts_value = 102,
                        .window_scale = 7,
                        .timestamps = true};
        flow.ends[1] = {.next_seq = 5'001,
                        .window = 65'024,
                        .ts_value = 7'000,
                        .window_scale = 9,
                        .timestamps = true};
        std::array<std::uint8_t, kFirstAckMax> out;
        const std::size_t size = write_first_ack(flow, false, out);
        const Packet ip(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(size));
        EXPECT_TRUE(slow_right(ip));
        const auto packet = parse_tcp_packet(ip);
        ASSERT_TRUE(packet);
        EXPECT_EQ(source_of(ip, *packet), flow.tuple.remote);
        EXPECT_EQ(destination_of(ip, *packet), flow.tuple.user);
        const Bytes tcp = Bytes(ip).subspan(packet->ip_header);
        EXPECT_EQ(be32(tcp, 4), 5'001u);
        EXPECT_EQ(be32(tcp, 8), 1'001u);
        EXPECT_EQ(be16(tcp, 14), 65'024 >> 9);
        const auto options = wire::parse_tcp_options(tcp.subspan(20));
        EXPECT_TRUE(options.timestamps);
        EXPECT_EQ(options.ts_value, 7'000u);
        EXPECT_EQ(options.ts_echo, 102u);
        flow.ends[0].timestamps = false;
        EXPECT_EQ(write_first_ack(flow, true, out), (v4 ? 20u : 40u) + 20u);
    }
}

}  // namespace
}  // namespace sluice::handover
