// Captures: what is taken, how much of it, what is lost, and who lets go when.
#include "dataplane/io/capture.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <random>

#include "tests/support/client_hello.h"
#include "tests/support/gateway.h"
#include "tests/support/packet_text.h"
#include "tests/support/seed.h"

namespace sluice::io {
namespace {

using ipc::CaptureFate;
using pipeline::Side;
using testing::Conversation;
using testing::Frame;
using testing::frame_of;

constexpr std::uint64_t kEver = ~std::uint64_t{0};
constexpr CaptureTap::Share kAllTime = {kEver, kEver};

struct Buffer {
    alignas(64) std::array<std::uint8_t, 2'048> room{};
    alignas(rte_mbuf) std::array<std::uint8_t, sizeof(rte_mbuf)> memory{};
    rte_mbuf* packet = reinterpret_cast<rte_mbuf*>(memory.data());
    explicit Buffer(const Frame& frame, std::uint16_t port = 0) {
        packet->buf_addr = room.data();
        packet->data_len = static_cast<std::uint16_t>(frame.size());
        packet->pkt_len = packet->data_len;
        packet->port = port;
        std::ranges::copy(frame, room.begin());
    }
};

struct Taken {
    ipc::CapturedPacket head;
    Frame bytes;
};

class CaptureTest : public ::testing::Test {
  protected:
    CaptureTest() {
        std::vector<load::Diagnostic> problems;
        gateway_.emplace(
            load::read_policy_files(std::filesystem::path(SLUICE_STORIES) / "policy", problems));
        // Two flows of the table: bank.example, exempt; news.example, not.
        talk("bank.example", 40'000);
        talk("news.example", 40'001);
        operators_[0] = gateway_->flows().at(0).tuple.operator_id;
    }
    void talk(const std::string& name, unsigned port) {
        Conversation both;
        const std::string user = "10.10.0.5:" + std::to_string(port), server = "203.0.113.9:443";
        const auto send = [&](Side side, const std::string& from, const std::string& to,
                              const std::string& rest) {
            gateway_->receive(side, both.frame_of("tcp " + from + " > " + to + " " + rest));
        };
        send(Side::user, user, server, "S");
        send(Side::internet, server, user, "SA");
        send(Side::user, user, server, "A");
        send(Side::user, user, server, "PA tls(sni=" + name + ")");
    }
    // What a capture of this order takes of `frame`, that leaves by `port`.
    std::vector<Taken> take(const ipc::FlowFilter& filter, const ipc::CaptureOrder& order,
                            const Frame& frame, unsigned port,
                            CaptureFate fate = CaptureFate::forwarded) {
        CaptureSession session(1, filter, order, 1);
        CaptureTap tap(session, 0, gateway_->worker(), kAllTime);
        tap.begin_turn(gateway_->now(), gateway_->bundle(), operators_);
        Buffer buffer(frame, static_cast<std::uint16_t>(port));
        tap.look(std::array{buffer.packet}, port, fate);
        return all_of(session.lanes[0].ring);
    }
    static std::vector<Taken> all_of(ByteRing& ring) {
        std::vector<Taken> all;
        ipc::CapturedPacket head;
        while (ring.peek({reinterpret_cast<std::uint8_t*>(&head), sizeof head})) {
            Frame record(sizeof head + head.bytes);
            ring.take(record);
            all.push_back({head, Frame(record.begin() + sizeof head, record.end())});
        }
        return all;
    }
    static ipc::CaptureOrder by_address(bool payload = false) {
        return {.by_address = true, .payload = payload};
    }
    static ipc::FlowFilter of_address(std::string_view text) {
        ipc::FlowFilter filter;
        filter.tuple.user = *parse_ip(text);
        return filter;
    }
    std::optional<testing::Gateway> gateway_;
    std::array<OperatorId, 1> operators_{OperatorId{0}};
    const Frame bank_ = frame_of("tcp 10.10.0.5:40000 > 203.0.113.9:443 PA seq=9 text(secret)");
    const Frame news_ = frame_of("tcp 10.10.0.5:40001 > 203.0.113.9:443 PA seq=9 text(secret)");
};

TEST_F(CaptureTest, TakesByEitherAddress) {
    for (const char* end : {"10.10.0.5", "203.0.113.9"}) {
        const auto taken = take(of_address(end), by_address(), news_, 1);
        ASSERT_EQ(taken.size(), 1u) << end;
        EXPECT_TRUE(taken[0].head.from_user);
        EXPECT_EQ(taken[0].head.wire_bytes, news_.size());
        EXPECT_EQ(taken[0].head.fate, CaptureFate::forwarded);
    }
    EXPECT_TRUE(take(of_address("10.10.0.6"), by_address(), news_, 1).empty());
    EXPECT_TRUE(
        take(of_address("10.10.0.5"), by_address(), frame_of("eth type=0x0806 hex(0001)"), 1)
            .empty());
}

TEST_F(CaptureTest, DroppedForAReasonEvenWhenUnreadable) {
    using model::DropReason;
    const Frame cut(news_.begin(), news_.begin() + 20);  // ends inside the IP header
    const auto taken = [&](const ipc::FlowFilter& filter, ipc::CaptureOrder order,
                           const Frame& frame, std::uint32_t mark, CaptureFate fate) {
        order.drop = model::drop_mark(DropReason::ip_short);
        CaptureSession session(1, filter, order, 1);
        CaptureTap tap(session, 0, gateway_->worker(), kAllTime);
        tap.begin_turn(gateway_->now(), gateway_->bundle(), operators_);
        Buffer buffer(frame, 0);
        buffer.packet->hash.usr = mark;
        tap.look(std::array{buffer.packet}, 0, fate);
        return all_of(session.lanes[0].ring);
    };
    const std::uint32_t asked = model::drop_mark(DropReason::ip_short);
    const std::uint32_t other = model::drop_mark(DropReason::tcp_malformed);
    const auto unreadable = taken({}, {}, cut, asked, CaptureFate::dropped);
    ASSERT_EQ(unreadable.size(), 1u);
    EXPECT_EQ(unreadable[0].bytes, cut);
    // Readable: headers, as always.
    ASSERT_EQ(taken({}, {}, news_, asked, CaptureFate::dropped).size(), 1u);
    EXPECT_LT(taken({}, {}, news_, asked, CaptureFate::dropped)[0].bytes.size(), news_.size());
    EXPECT_TRUE(taken({}, {}, cut, other, CaptureFate::dropped).empty());
    EXPECT_TRUE(taken({}, {}, news_, asked, CaptureFate::forwarded).empty());
    // With an address besides, what has none that can be read is left out.
    EXPECT_TRUE(
        taken(of_address("10.10.0.5"), by_address(), cut, asked, CaptureFate::dropped).empty());
    EXPECT_EQ(
        taken(of_address("10.10.0.5"), by_address(), news_, asked, CaptureFate::dropped).size(),
        1u);
}

TEST_F(CaptureTest, SidesFollowFromWhereAPacketLeavesOrCame) {
    const Frame answer = frame_of("tcp 203.0.113.9:443 > 10.10.0.5:40001 A");
    const auto taken = take(of_address("10.10.0.5"), by_address(), answer, 0);
    ASSERT_EQ(taken.size(), 1u);
    EXPECT_FALSE(taken[0].head.from_user);
    const auto dropped =
        take(of_address("10.10.0.5"), by_address(), news_, 0, CaptureFate::dropped);
    ASSERT_EQ(dropped.size(), 1u);
    EXPECT_TRUE(dropped[0].head.from_user);
    // A packet that came in before the capture began does not say by which port.
    EXPECT_TRUE(
        take(of_address("10.10.0.5"), by_address(), news_, 0xffff, CaptureFate::dropped).empty());
}

TEST_F(CaptureTest, PayloadIsCutUnlessGrantedAndExemptFlowsAlways) {
    constexpr std::size_t kHeaders = 14 + 20 + 20;
    const auto size = [&](const Frame& frame, bool payload) {
        const auto taken = take(of_address("10.10.0.5"), by_address(payload), frame, 1);
        return taken.size() == 1 ? taken[0].bytes.size() : 0;
    };
    EXPECT_EQ(size(news_, false), kHeaders);
    EXPECT_EQ(size(news_, true), news_.size());
    EXPECT_EQ(size(bank_, false), kHeaders);
    EXPECT_EQ(size(bank_, true), kHeaders);
    // Nobody knows this flow: it may be one of the exempt.
    const Frame unknown = frame_of("tcp 10.10.0.5:50000 > 203.0.113.9:443 PA text(secret)");
    EXPECT_EQ(size(unknown, true), kHeaders);
}

TEST_F(CaptureTest, TakesAFlowAnOrganisationAReason) {
    ipc::FlowFilter exact;
    exact.tuple = {.user = *parse_ip("10.10.0.5"),
                   .remote = *parse_ip("203.0.113.9"),
                   .user_port = 40'001,
                   .remote_port = 443,
                   .ip_protocol = 6,
                   .operator_id = operators_[0]};
    EXPECT_EQ(take(exact, {.exact = true}, news_, 1).size(), 1u);
    EXPECT_EQ(take(exact, {.exact = true}, bank_, 1).size(), 0u);

    const auto flow = gateway_->worker().find(exact.tuple, gateway_->now());
    ASSERT_TRUE(flow.has_value());
    ipc::FlowFilter org;
    org.by_org = true;
    org.org = flow->org;
    EXPECT_EQ(take(org, {}, news_, 1).size(), 1u);
    EXPECT_EQ(take(org, {}, frame_of("udp 10.99.0.5:1 > 203.0.113.9:2"), 1).size(), 0u);

    ipc::FlowFilter reason;
    reason.by_reason = true;
    reason.reason = model::Reason::exempt_finance;
    EXPECT_EQ(take(reason, {}, bank_, 1).size(), 1u);
    EXPECT_EQ(take(reason, {}, news_, 1).size(), 0u);
}

TEST_F(CaptureTest, WhatTheRingDoesNotTakeIsCounted) {
    CaptureSession session(1, of_address("10.10.0.5"), by_address(), 1);
    CaptureTap tap(session, 0, gateway_->worker(), kAllTime);
    tap.begin_turn(gateway_->now(), gateway_->bundle(), operators_);
    Buffer buffer(news_);
    constexpr std::uint64_t kMany = 30'000;
    for (std::uint64_t i = 0; i < kMany; ++i)
        tap.look(std::array{buffer.packet}, 1, CaptureFate::forwarded);
    const auto& lane = session.lanes[0];
    EXPECT_EQ(lane.matched, kMany);
    EXPECT_GT(lane.lost, 0u);
    EXPECT_EQ(all_of(session.lanes[0].ring).size(), kMany - lane.lost);
}

TEST_F(CaptureTest, LookingEndsWhenItsShareOfTimeIsUsedUp) {
    CaptureSession session(1, of_address("10.10.0.5"), by_address(), 1);
    // One slice of time for ever, of which the first look takes more than its part.
    CaptureTap tap(session, 0, gateway_->worker(), {kEver, 0});
    tap.begin_turn(gateway_->now(), gateway_->bundle(), operators_);
    Buffer buffer(news_);
    const std::array<rte_mbuf*, 2> both = {buffer.packet, buffer.packet};
    for (int i = 0; i < 1'000; ++i)
        tap.look(both, 1, CaptureFate::forwarded);
    const auto& lane = session.lanes[0];
    EXPECT_EQ(lane.matched, 2u);
    EXPECT_EQ(lane.unseen, 1'998u);
}

TEST(ByteRings, RecordsComeOutAsTheyWentIn) {
    std::mt19937_64 random(test::seed());
    ByteRing ring;
    std::vector<Frame> inside;
    for (int step = 0; step < 20'000; ++step) {
        if (random() % 2 == 0) {
            Frame record(8 + random() % 3'000);
            const auto size = static_cast<std::uint32_t>(record.size());
            for (std::uint8_t& byte : record)
                byte = static_cast<std::uint8_t>(random());
            std::memcpy(record.data(), &size, sizeof size);
            if (ring.push(Bytes(record).first(8), Bytes(record).subspan(8)))
                inside.push_back(record);
        } else {
            std::uint32_t size = 0;
            const bool some = ring.peek({reinterpret_cast<std::uint8_t*>(&size), sizeof size});
            ASSERT_EQ(some, !inside.empty());
            if (!some) continue;
            ASSERT_EQ(size, inside.front().size());
            Frame record(size);
            ring.take(record);
            ASSERT_EQ(record, inside.front());
            inside.erase(inside.begin());
        }
    }
}

TEST(CaptureDesks, OneAtATimeAndFreedWhenAllHaveLetGo) {
    CaptureDesk desk(2);
    const auto first = desk.start({}, {.seconds_max = 5}, 1'000);
    ASSERT_TRUE(first.has_value());
    EXPECT_TRUE(first->running);
    EXPECT_FALSE(desk.start({}, {}, 1'000).has_value());
    for (unsigned w = 0; w < 2; ++w)
        desk.slot(w).active.store(desk.slot(w).wanted.load());
    EXPECT_TRUE(desk.read(first->id, 2'000).has_value());
    EXPECT_FALSE(desk.read(first->id + 1, 2'000).has_value());
    const auto stopped = desk.stop(first->id);
    ASSERT_TRUE(stopped.has_value());
    EXPECT_FALSE(stopped->running);
    EXPECT_FALSE(desk.start({}, {}, 2'000).has_value()) << "a worker still writes to the old one";
    EXPECT_EQ(desk.slot(0).wanted.load(), nullptr);
    for (unsigned w = 0; w < 2; ++w)
        desk.slot(w).active.store(nullptr);
    const auto second = desk.start({}, {.seconds_max = 5}, 2'000);
    ASSERT_TRUE(second.has_value());
    EXPECT_NE(second->id, first->id);
    desk.turn(6'999);
    EXPECT_NE(desk.slot(0).wanted.load(), nullptr);
    desk.turn(7'000);
    EXPECT_EQ(desk.slot(0).wanted.load(), nullptr);
}

TEST(CaptureDesks, OneThatNobodyReadsEnds) {
    CaptureDesk desk(1);
    const auto capture = desk.start({}, {.seconds_max = 3'600}, 0);
    desk.turn(kCaptureUnreadMs - 1);
    EXPECT_NE(desk.slot(0).wanted.load(), nullptr);
    EXPECT_TRUE(desk.read(capture->id, kCaptureUnreadMs - 1).has_value());
    desk.turn(kCaptureUnreadMs);
    EXPECT_NE(desk.slot(0).wanted.load(), nullptr);
    desk.turn(2 * kCaptureUnreadMs);
    EXPECT_EQ(desk.slot(0).wanted.load(), nullptr);
}

}  // namespace
}  // namespace sluice::io
