// parse_packet: a row a case; every prefix of every row, cut on the wire and cut by the capture;
// every byte of every row changed to every value that matters.
#include "dataplane/wire/packet_view.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <vector>

#include "packet_rows.h"
#include "tests/support/packet_text.h"
#include "tests/support/view_text.h"

namespace sluice::wire {
namespace {

using testing::PacketFrame;

std::vector<PacketRow> all_rows() {
    std::vector<PacketRow> rows;
    for (const auto& part : {link_rows(), ip_rows(), fragment_rows(), transport_rows()})
        rows.insert(rows.end(), part.begin(), part.end());
    return rows;
}

// Parsed from a heap block of exactly its size, so that a read beyond it is seen under ASan.
Result<PacketView, model::DropReason> parse_exact(Bytes bytes, std::uint32_t wire_size, Link link) {
    const auto block = std::make_unique<std::uint8_t[]>(bytes.size());
    std::copy(bytes.begin(), bytes.end(), block.get());
    return parse_packet({block.get(), bytes.size()}, wire_size, link);
}

void expect_sound(const PacketView& v, std::size_t captured, const std::string& what) {
    if (v.kind == PacketKind::non_ip) {
        EXPECT_EQ(v.l3_offset + v.l4_offset + v.payload_offset + v.payload_size, 0) << what;
        return;
    }
    EXPECT_TRUE(v.ether_type == 0x0800 || v.ether_type == 0x86dd) << what;
    EXPECT_LT(v.l3_offset, v.l4_offset) << what;
    EXPECT_LE(v.l4_offset, v.payload_offset) << what;
    EXPECT_LE(v.payload_offset, captured) << what;
    if (v.ip_protocol == kTcp && v.kind == PacketKind::flow) {
        EXPECT_NE(v.tcp_flags & 0x3f, 0) << what;
    }
}

TEST(ParsePacket, Table) {
    for (const PacketRow& row : all_rows()) {
        const PacketFrame packet = testing::packet_of(row.line);
        const auto parsed = parse_exact(packet.bytes, packet.wire_size, packet.link);
        EXPECT_EQ(testing::to_text(parsed), row.expected) << row.name << ": " << row.line;
        if (parsed) expect_sound(*parsed, packet.bytes.size(), row.name);
    }
}

TEST(ParsePacket, NamesOfRowsDiffer) {
    std::map<std::string, int> seen;
    for (const PacketRow& row : all_rows())
        EXPECT_EQ(++seen[row.name], 1) << row.name;
}

// What is cut off the end of a frame on the wire can only be payload or padding, or the packet is
// dropped.
TEST(ParsePacket, EveryPrefixOnTheWire) {
    for (const PacketRow& row : all_rows()) {
        const PacketFrame packet = testing::packet_of(row.line);
        const Bytes whole = packet.bytes;
        const auto full = parse_packet(whole, packet.wire_size, packet.link);
        for (std::size_t size = 0; size < whole.size(); ++size) {
            const auto cut = parse_exact(whole.first(size), 0, packet.link);
            if (!cut) continue;
            expect_sound(*cut, size, row.name);
            if (cut->kind == PacketKind::non_ip || !full) continue;
            EXPECT_LE(cut->payload_offset + cut->payload_size, size) << row.name << " at " << size;
        }
    }
}

// A capture that kept too little either loses a header, or nothing of the view.
TEST(ParsePacket, EveryPrefixOfACapture) {
    for (const PacketRow& row : all_rows()) {
        const PacketFrame packet = testing::packet_of(row.line);
        const Bytes whole = packet.bytes;
        const auto full = parse_packet(whole, packet.wire_size, packet.link);
        for (std::size_t size = 0; size < whole.size(); ++size) {
            const auto cut = parse_exact(whole.first(size), packet.wire_size, packet.link);
            if (!cut) continue;
            expect_sound(*cut, size, row.name);
            if (full && cut->kind != PacketKind::non_ip) {
                EXPECT_EQ(testing::to_text(cut), testing::to_text(full))
                    << row.name << " at " << size;
            }
        }
        // Nothing behind the headers is needed; the ports of SCTP and the like are behind
        // payload_offset.
        if (!full || full->kind == PacketKind::non_ip || full->kind == PacketKind::icmp_error)
            continue;
        const bool ports_in_data =
            full->payload_offset == full->l4_offset && full->source_port != 0;
        const std::size_t needed = full->payload_offset + (ports_in_data ? 4u : 0u);
        EXPECT_TRUE(parse_exact(whole.first(needed), packet.wire_size, packet.link)) << row.name;
    }
}

// No value of any byte of the headers makes the view unsound.
TEST(ParsePacket, EveryByteChanged) {
    for (const PacketRow& row : all_rows()) {
        const PacketFrame packet = testing::packet_of(row.line);
        testing::Frame bytes = packet.bytes;
        for (std::size_t at = 0; at < std::min<std::size_t>(bytes.size(), 120); ++at) {
            const std::uint8_t before = bytes[at];
            for (const unsigned change :
                 {0x01u, 0x02u, 0x04u, 0x08u, 0x10u, 0x20u, 0x40u, 0x80u, 0xffu}) {
                bytes[at] = static_cast<std::uint8_t>(before ^ change);
                const auto parsed = parse_exact(bytes, packet.wire_size, packet.link);
                if (parsed) expect_sound(*parsed, bytes.size(), row.name);
            }
            bytes[at] = before;
        }
    }
}

TEST(ParsePacket, EveryTcpFlagCombination) {
    testing::Frame frame = testing::frame_of("tcp 10.1.0.5:1 > 10.1.0.6:2 A");
    for (unsigned flags = 0; flags < 256; ++flags) {
        frame[14 + 20 + 13] = static_cast<std::uint8_t>(flags);
        const bool syn = flags & kSyn, fin = flags & kFin, rst = flags & kRst, ack = flags & kAck;
        const bool none = !(flags & 0x3f), psh = flags & kPsh, urg = flags & kUrg;
        const bool bad = none || (syn && (fin || rst)) || (fin && psh && urg && !ack);
        const auto parsed = parse_packet(frame, 0, Link::ethernet);
        EXPECT_EQ(parsed.ok(), !bad) << flags;
        if (!parsed.ok()) {
            EXPECT_EQ(parsed.error(), model::DropReason::tcp_malformed) << flags;
        }
    }
}

// The caller promises wire_size >= frame.size(); a damaged capture that says less gets the larger.
TEST(ParsePacket, WireSizeBelowTheFrame) {
    const testing::Frame frame = testing::frame_of("udp 10.1.0.5:1 > 10.1.0.6:2 text(hello)");
    EXPECT_TRUE(parse_packet(frame, 0, Link::ethernet));
}

TEST(ParsePacket, BothFormsAgree) {
    for (const PacketRow& row : all_rows()) {
        const PacketFrame packet = testing::packet_of(row.line);
        PacketView view;
        view.tcp_seq = 99;  // left over from a packet before
        model::DropReason why{};
        const bool ok = parse_packet_into(packet.bytes, packet.wire_size, packet.link, view, why);
        EXPECT_EQ(ok ? testing::to_text(view) : "drop " + std::string(name_of(why)), row.expected);
    }
}

}  // namespace
}  // namespace sluice::wire
