// QueryClient against a scripted other end of a socket pair.
#include "rules/ipc/query_client.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <vector>

#include "rules/ipc/query_check.h"

namespace sluice::ipc {
namespace {

using Message = std::vector<std::uint8_t>;

// The scripted end answers before it is asked: datagrams wait in the socket, so no thread is
// needed.
class QueryClientTest : public ::testing::Test {
  protected:
    QueryClientTest() {
        int ends[2];
        SLUICE_ASSERT(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) == 0);
        server_ = ends[0];
        client_.emplace(ends[1], QueryClient::Milliseconds{2000});
    }
    ~QueryClientTest() override { hang_up(); }

    void hang_up() {
        if (server_ >= 0) close(std::exchange(server_, -1));
    }
    template <class Record>
    static Message answer(const Reply& header, const std::vector<Record>& records) {
        Message bytes(sizeof(Reply) + records.size() * sizeof(Record));
        std::memcpy(bytes.data(), &header, sizeof(Reply));
        if (!records.empty())
            std::memcpy(bytes.data() + sizeof(Reply), records.data(),
                        records.size() * sizeof(Record));
        return bytes;
    }
    template <class Record>
    static Message answer(const std::vector<Record>& records, std::uint64_t cursor = 0) {
        Reply header;
        header.count = static_cast<std::uint32_t>(records.size());
        header.record_size = sizeof(Record);
        header.cursor = cursor;
        return answer(header, records);
    }
    void will_say(const Message& bytes) {
        ASSERT_EQ(send(server_, bytes.data(), bytes.size(), 0), ssize_t(bytes.size()));
    }
    Request question() {
        Message bytes(2 * sizeof(Request));
        const ssize_t size = recv(server_, bytes.data(), bytes.size(), 0);
        bytes.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
        const auto checked = check_request(bytes);
        EXPECT_TRUE(checked.ok());
        return checked.ok() ? *checked : Request{};
    }

    int server_ = -1;
    std::optional<QueryClient> client_;
};

FlowRecord flow_numbered(std::uint64_t id) {
    FlowRecord flow;
    flow.id = id;
    return flow;
}

TEST_F(QueryClientTest, Status) {
    StatusRecord record;
    record.generation = 7;
    record.flows_max = 1'000'000;
    will_say(answer<StatusRecord>({record}));
    const auto status = client_->status();
    ASSERT_TRUE(status.ok());
    EXPECT_EQ(status->generation, 7);
    EXPECT_EQ(status->flows_max, 1'000'000u);
    EXPECT_EQ(question().kind, QueryKind::status);
}

TEST_F(QueryClientTest, PagesAreFollowedToTheEnd) {
    will_say(answer<FlowRecord>({flow_numbered(1), flow_numbered(2)}, 99));
    will_say(answer<FlowRecord>({}, 100));
    will_say(answer<FlowRecord>({flow_numbered(3)}, 0));
    FlowFilter filter;
    filter.by_org = true;
    filter.org = OrgId{5};
    const auto all = client_->all_flows(filter, 10);
    ASSERT_TRUE(all.ok());
    ASSERT_EQ(all->flows.size(), 3u);
    EXPECT_EQ(all->flows[2].id, 3u);
    EXPECT_FALSE(all->more);
    const Request first = question(), second = question(), third = question();
    EXPECT_EQ(first.cursor, 0u);
    EXPECT_EQ(second.cursor, 99u);
    EXPECT_EQ(third.cursor, 100u);
    EXPECT_TRUE(third.filter.by_org);
    EXPECT_EQ(third.filter.org, OrgId{5});
}

TEST_F(QueryClientTest, PagesStopAtTheLimitAndSaySo) {
    will_say(answer<FlowRecord>({flow_numbered(1), flow_numbered(2)}, 0));
    const auto cut = client_->all_flows({}, 1);
    ASSERT_TRUE(cut.ok());
    EXPECT_EQ(cut->flows.size(), 1u);
    EXPECT_TRUE(cut->more);
    will_say(answer<FlowRecord>({flow_numbered(1), flow_numbered(2)}, 0));
    const auto whole = client_->all_flows({}, 2);
    ASSERT_TRUE(whole.ok());
    EXPECT_FALSE(whole->more);
    will_say(answer<FlowRecord>({flow_numbered(1), flow_numbered(2)}, 50));
    const auto page = client_->all_flows({}, 2);
    ASSERT_TRUE(page.ok());
    EXPECT_TRUE(page->more);
}

TEST_F(QueryClientTest, FindFlowFoundAndNot) {
    will_say(answer<FlowRecord>({flow_numbered(4)}));
    will_say(answer<FlowRecord>({}));
    FlowTuple tuple;
    tuple.user_port = 40'000;
    const auto found = client_->find_flow(tuple);
    ASSERT_TRUE(found.ok() && found->has_value());
    EXPECT_EQ((*found)->id, 4u);
    const auto absent = client_->find_flow(tuple);
    ASSERT_TRUE(absent.ok());
    EXPECT_FALSE(absent->has_value());
    const Request asked = question();
    EXPECT_EQ(asked.kind, QueryKind::find_flow);
    EXPECT_EQ(asked.filter.tuple, tuple);
}

TEST_F(QueryClientTest, RefusalsKeepTheConnection) {
    const struct {
        ReplyStatus status;
        QueryFailure failure;
    } kCases[] = {{ReplyStatus::bad_request, QueryFailure::refused},
                  {ReplyStatus::bundle_refused, QueryFailure::bundle_refused},
                  {ReplyStatus::busy, QueryFailure::busy}};
    for (const auto& c : kCases) {
        Reply header;
        header.status = c.status;
        std::strcpy(header.message, "section names: bad checksum");
        will_say(answer<StatusRecord>(header, {}));
        const auto loaded = client_->load_bundle("/var/lib/sluice/bundle");
        ASSERT_FALSE(loaded.ok());
        EXPECT_EQ(loaded.error().failure, c.failure);
        EXPECT_EQ(loaded.error().message, "section names: bad checksum");
        EXPECT_TRUE(client_->connected());
        EXPECT_STREQ(question().path, "/var/lib/sluice/bundle");
    }
}

TEST_F(QueryClientTest, AnswersOfAnotherBuildBreakTheConnection) {
    Reply wrong_version;
    wrong_version.version = kQueryVersion + 1;
    Reply wrong_size;
    wrong_size.count = 1;
    wrong_size.record_size = sizeof(StatusRecord) - 1;
    Reply too_many;
    too_many.count = 2;
    too_many.record_size = sizeof(StatusRecord);
    for (const Reply& header : {wrong_version, wrong_size, too_many}) {
        SCOPED_TRACE(header.version);
        int ends[2];
        ASSERT_EQ(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
        QueryClient client(ends[1], QueryClient::Milliseconds{2000});
        const Message bytes = answer<StatusRecord>(header, {StatusRecord{}});
        ASSERT_EQ(send(ends[0], bytes.data(), bytes.size(), 0), ssize_t(bytes.size()));
        const auto status = client.status();
        ASSERT_FALSE(status.ok());
        EXPECT_EQ(status.error().failure, QueryFailure::broken);
        EXPECT_FALSE(client.connected());
        close(ends[0]);
    }
}

TEST_F(QueryClientTest, EveryCutOfAnAnswerIsBroken) {
    const Message whole = answer<StatusRecord>({StatusRecord{}});
    for (std::size_t size = 1; size < whole.size(); ++size) {
        int ends[2];
        ASSERT_EQ(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
        QueryClient client(ends[1], QueryClient::Milliseconds{2000});
        ASSERT_EQ(send(ends[0], whole.data(), size, 0), ssize_t(size));
        const auto status = client.status();
        ASSERT_FALSE(status.ok()) << size;
        ASSERT_EQ(status.error().failure, QueryFailure::broken) << size;
        close(ends[0]);
    }
}

TEST_F(QueryClientTest, HangUpIsBroken) {
    hang_up();
    const auto status = client_->status();
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().failure, QueryFailure::broken);
    EXPECT_FALSE(client_->connected());
    EXPECT_EQ(client_->status().error().failure, QueryFailure::broken);
}

TEST(QueryClient, SilenceTimesOut) {
    int ends[2];
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
    QueryClient client(ends[1], QueryClient::Milliseconds{1});
    const auto status = client.status();
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().failure, QueryFailure::timed_out);
    EXPECT_FALSE(client.connected());
    close(ends[0]);
}

TEST(QueryClient, NobodyListens) {
    const auto client = QueryClient::connect("/nonexistent/dataplane.sock");
    ASSERT_FALSE(client.ok());
    EXPECT_EQ(client.error().failure, QueryFailure::unreachable);
    EXPECT_FALSE(QueryClient::connect("/" + std::string(200, 'x')).ok());
}

}  // namespace
}  // namespace sluice::ipc
