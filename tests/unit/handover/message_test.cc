// Handover messages: each field that a receiver would believe, wrong in turn; and over a real
// socket, with descriptors.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <functional>

#include "rules/ipc/handover_check.h"
#include "rules/ipc/handover_socket.h"

namespace sluice::ipc {
namespace {

HandoverMessage whole() {
    HandoverMessage m = HandoverMessage::of(HandoverKind::take_over);
    m.flow.reference = 7;
    m.flow.tuple = {.user = IpAddress::v4(0x0a0a0005),
                    .remote = IpAddress::v4(0xcb007109),
                    .user_port = 40'000,
                    .remote_port = 443,
                    .ip_protocol = 6,
                    .operator_id = {}};
    return m;
}

Result<HandoverMessage, HandoverError> checked(const HandoverMessage& m) {
    return check_handover({reinterpret_cast<const std::uint8_t*>(&m), sizeof m});
}

struct Case {
    const char* name;
    std::function<void(HandoverMessage&)> break_it;
    HandoverError error;
};

template <class Field>
void put(Field& field, int value) {
    std::memset(static_cast<void*>(&field), value, 1);
}

const Case kCases[] = {
    {"version", [](auto& m) { ++m.version; }, HandoverError::wrong_version},
    {"size", [](auto& m) { --m.size; }, HandoverError::wrong_size},
    {"kind", [](auto& m) { put(m.kind, kHandoverKinds); }, HandoverError::unknown_word},
    {"role", [](auto& m) { put(m.role, 3); }, HandoverError::unknown_word},
    {"how", [](auto& m) { put(m.how, kHandoverHows); }, HandoverError::unknown_word},
    {"reason", [](auto& m) { put(m.flow.reason, 255); }, HandoverError::unknown_word},
    {"protocol", [](auto& m) { put(m.flow.protocol, 255); }, HandoverError::unknown_word},
    {"confidence", [](auto& m) { put(m.flow.confidence, 9); }, HandoverError::unknown_word},
    {"name_source", [](auto& m) { put(m.flow.name_source, 7); }, HandoverError::unknown_word},
    {"evidence", [](auto& m) { put(m.flow.evidence, 4); }, HandoverError::unknown_word},
    {"from_internet", [](auto& m) { put(m.flow.from_internet, 2); }, HandoverError::bad_flag},
    {"stalled", [](auto& m) { put(m.flow.stalled, 2); }, HandoverError::bad_flag},
    {"sack", [](auto& m) { put(m.flow.ends[1].sack, 2); }, HandoverError::bad_flag},
    {"timestamps", [](auto& m) { put(m.flow.ends[0].timestamps, 2); }, HandoverError::bad_flag},
    {"name size", [](auto& m) { m.flow.name_size = 254; }, HandoverError::bad_name},
    {"name",
     [](auto& m) {
         m.flow.name_size = 1;
         m.flow.name_bytes[0] = '\n';
     },
     HandoverError::bad_name},
    {"alpn", [](auto& m) { m.flow.tls.alpn_size = 37; }, HandoverError::bad_name},
    {"reference", [](auto& m) { m.flow.reference = 0; }, HandoverError::no_reference},
    {"udp", [](auto& m) { m.flow.tuple.ip_protocol = 17; }, HandoverError::bad_tuple},
    {"port", [](auto& m) { m.flow.tuple.remote_port = 0; }, HandoverError::bad_tuple},
    {"families", [](auto& m) { m.flow.tuple.remote = *parse_ip("2001:db8::9"); },
     HandoverError::bad_tuple},
    {"scale", [](auto& m) { m.flow.ends[0].window_scale = 15; }, HandoverError::bad_end},
    {"window", [](auto& m) { m.flow.ends[1].window = 0x4000'0000; }, HandoverError::bad_end},
    {"link", [](auto& m) { m.flow.ends[1].link_size = 43; }, HandoverError::bad_end},
};

TEST(HandoverCheck, EachFieldThatIsBelievedIsLookedAt) {
    EXPECT_TRUE(checked(whole()));
    for (const Case& c : kCases) {
        HandoverMessage m = whole();
        c.break_it(m);
        const auto result = checked(m);
        ASSERT_FALSE(result) << c.name;
        EXPECT_EQ(result.error(), c.error) << c.name;
        EXPECT_FALSE(text_of(result.error()).empty());
    }
    const HandoverMessage m = whole();
    const Bytes all(reinterpret_cast<const std::uint8_t*>(&m), sizeof m);
    EXPECT_FALSE(check_handover(all.first(all.size() - 1)));
}

class HandoverSocket : public ::testing::Test {
  protected:
    void SetUp() override { ASSERT_EQ(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends_), 0); }
    void TearDown() override {
        close(ends_[0]);
        close(ends_[1]);
    }
    int ends_[2];
};

TEST_F(HandoverSocket, DescriptorsArriveWithTheirMessage) {
    HandoverMessage offer = whole();
    offer.kind = HandoverKind::offer;
    int pair[2];
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    ASSERT_TRUE(send_handover(ends_[0], offer, pair));
    close(pair[0]);
    const auto arrival = receive_handover(ends_[1]);
    ASSERT_TRUE(arrival);
    ASSERT_EQ(arrival->descriptor_count, 2u);
    EXPECT_EQ(arrival->message.flow.reference, 7u);
    char byte = 'x';
    EXPECT_EQ(write(arrival->descriptors[0], &byte, 1), 1);
    EXPECT_EQ(read(pair[1], &byte, 1), 1);
    for (const int fd : {pair[1], arrival->descriptors[0], arrival->descriptors[1]})
        close(fd);
}

TEST_F(HandoverSocket, AMessageWithoutItsDescriptorsOrWithOthersIsRefused) {
    HandoverMessage offer = whole();
    offer.kind = HandoverKind::offer;
    ASSERT_TRUE(send_handover(ends_[0], offer));
    EXPECT_EQ(receive_handover(ends_[1]).error(), ArrivalError::bad);
    const int one[] = {ends_[0]};
    ASSERT_TRUE(send_handover(ends_[0], whole(), one));
    EXPECT_EQ(receive_handover(ends_[1]).error(), ArrivalError::bad);
}

TEST_F(HandoverSocket, NothingShortLongAndTheEndAreTold) {
    EXPECT_EQ(receive_handover(ends_[1]).error(), ArrivalError::nothing);
    const std::vector<std::uint8_t> bytes(sizeof(HandoverMessage) + 1);
    for (const std::size_t size : {std::size_t{1}, bytes.size() - 2, bytes.size()}) {
        ASSERT_GT(send(ends_[0], bytes.data(), size, 0), 0);
        EXPECT_EQ(receive_handover(ends_[1]).error(), ArrivalError::bad) << size;
    }
    shutdown(ends_[0], SHUT_RDWR);
    EXPECT_EQ(receive_handover(ends_[1]).error(), ArrivalError::closed);
}

}  // namespace
}  // namespace sluice::ipc
