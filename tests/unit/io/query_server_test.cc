// QueryServer over real sockets, stepped by hand: no thread, no clock.
#include "dataplane/io/query_server.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <thread>

#include "rules/ipc/query_client.h"

namespace sluice::io {
namespace {

class Handler final : public QueryHandler {
  public:
    std::optional<Answer> answer(const ipc::Request& request) override {
        asked.push_back(request);
        if (request.kind == ipc::QueryKind::load_bundle) return std::nullopt;
        ipc::StatusRecord record;
        record.generation = 9;
        return Answer::of(std::span<const ipc::StatusRecord>(&record, 1));
    }
    std::vector<ipc::Request> asked;
};

class QueryServerTest : public ::testing::Test {
  protected:
    QueryServerTest() {
        std::string pattern = ::testing::TempDir() + "sluice-query-XXXXXX";
        SLUICE_ASSERT(mkdtemp(pattern.data()) != nullptr);
        dir_ = pattern;
        path_ = dir_ + "/s";
        auto server = QueryServer::listen(path_, handler_);
        SLUICE_ASSERT(server.ok());
        server_.emplace(std::move(server).value());
    }
    ~QueryServerTest() override {
        server_.reset();
        std::filesystem::remove_all(dir_);
    }
    int connect_raw() {
        auto client = ipc::QueryClient::connect(path_);
        SLUICE_ASSERT(client.ok());
        clients_.push_back(std::move(client).value());
        server_->poll_once({}, 1000);
        return static_cast<int>(clients_.size()) - 1;
    }
    // Serves until `asking` is done.
    template <class Ask>
    auto served(Ask&& ask) {
        std::optional<decltype(ask())> result;
        std::atomic<bool> done = false;
        std::thread asking([&] {
            result.emplace(ask());
            done = true;
        });
        while (!done)
            server_->poll_once({}, 1);
        asking.join();
        return std::move(*result);
    }

    Handler handler_;
    std::string dir_, path_;
    std::optional<QueryServer> server_;
    std::vector<ipc::QueryClient> clients_;
};

TEST_F(QueryServerTest, AnswersAQuestion) {
    connect_raw();
    const auto status = served([&] { return clients_[0].status(); });
    ASSERT_TRUE(status.ok());
    EXPECT_EQ(status->generation, 9);
    EXPECT_EQ(handler_.asked.size(), 1u);
}

TEST_F(QueryServerTest, SocketIsForTheGroupOnly) {
    const auto mode = std::filesystem::status(path_).permissions();
    EXPECT_EQ(static_cast<unsigned>(mode), 0660u);
}

TEST_F(QueryServerTest, ALaterAnswerReachesWhoWaitsAndOthersGoOn) {
    connect_raw();
    connect_raw();
    std::optional<Result<ipc::StatusRecord, ipc::QueryError>> loaded;
    std::thread asking([&] { loaded.emplace(clients_[0].load_bundle("/b")); });
    while (handler_.asked.empty())
        server_->poll_once({}, 1);
    const auto other = served([&] { return clients_[1].status(); });
    EXPECT_TRUE(other.ok());
    server_->answer_waiting(Answer::refusal(ipc::ReplyStatus::bundle_refused, "names: cut"));
    asking.join();
    ASSERT_FALSE(loaded->ok());
    EXPECT_EQ(loaded->error().failure, ipc::QueryFailure::bundle_refused);
    EXPECT_EQ(loaded->error().message, "names: cut");
    EXPECT_EQ(server_->clients(), 2u);
}

TEST_F(QueryServerTest, GarbageIsRefusedAndTheHandlerNeverSeesIt) {
    int ends[2];
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
    const int raw = socket(AF_UNIX, SOCK_SEQPACKET, 0);
    close(ends[0]);
    close(ends[1]);
    sockaddr_storage name{};
    name.ss_family = AF_UNIX;
    path_.copy(reinterpret_cast<char*>(&name) + sizeof(sa_family_t), path_.size());
    ASSERT_EQ(connect(raw, reinterpret_cast<sockaddr*>(&name),
                      static_cast<socklen_t>(sizeof(sa_family_t) + path_.size() + 1)),
              0);
    const std::vector<std::uint8_t> garbage(5'000, 0xab);
    for (const std::size_t size : {std::size_t{1}, sizeof(ipc::Request), garbage.size()}) {
        ASSERT_EQ(send(raw, garbage.data(), size, 0), static_cast<ssize_t>(size));
        ipc::Reply reply;
        while (recv(raw, &reply, sizeof(reply), MSG_DONTWAIT) != sizeof(reply))
            server_->poll_once({}, 1);
        EXPECT_EQ(reply.status, ipc::ReplyStatus::bad_request) << size;
        EXPECT_NE(reply.message[0], 0);
    }
    EXPECT_TRUE(handler_.asked.empty());
    EXPECT_EQ(server_->clients(), 1u);
    close(raw);
    server_->poll_once({}, 1000);
    EXPECT_EQ(server_->clients(), 0u);
}

TEST_F(QueryServerTest, TheLongestSilentMakesRoom) {
    for (std::size_t i = 0; i < QueryServer::kClientsMax; ++i)
        connect_raw();
    ASSERT_TRUE(served([&] { return clients_[0].status(); }).ok());  // not the most silent any more
    connect_raw();
    EXPECT_EQ(server_->clients(), QueryServer::kClientsMax);
    EXPECT_TRUE(served([&] { return clients_[0].status(); }).ok());
    EXPECT_TRUE(served([&] { return clients_.back().status(); }).ok());
    EXPECT_EQ(served([&] { return clients_[1].status(); }).error().failure,
              ipc::QueryFailure::broken);
}

TEST_F(QueryServerTest, AClientThatNeverReadsIsLetGo) {
    connect_raw();
    const int mute = connect_raw();
    static_cast<void>(mute);
    int questions = 0;
    // The mute one asks by hand and never reads; its socket fills and it is closed, not waited for.
    const int raw = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0);
    sockaddr_storage name{};
    name.ss_family = AF_UNIX;
    path_.copy(reinterpret_cast<char*>(&name) + sizeof(sa_family_t), path_.size());
    ASSERT_EQ(connect(raw, reinterpret_cast<sockaddr*>(&name),
                      static_cast<socklen_t>(sizeof(sa_family_t) + path_.size() + 1)),
              0);
    server_->poll_once({}, 1000);
    ASSERT_EQ(server_->clients(), 3u);
    const ipc::Request request;
    while (server_->clients() == 3 && questions < 100'000) {
        if (send(raw, &request, sizeof(request), MSG_NOSIGNAL) == sizeof(request)) ++questions;
        server_->poll_once({}, 0);
    }
    EXPECT_EQ(server_->clients(), 2u);
    EXPECT_TRUE(served([&] { return clients_[0].status(); }).ok());
    close(raw);
}

TEST_F(QueryServerTest, ASecondServerIsRefusedALeftSocketIsNot) {
    const auto second = QueryServer::listen(path_, handler_);
    ASSERT_FALSE(second.ok());
    EXPECT_NE(second.error().find("running"), std::string::npos);
    const std::string left = dir_ + "/left";
    const int dead = socket(AF_UNIX, SOCK_SEQPACKET, 0);
    sockaddr_storage name{};
    name.ss_family = AF_UNIX;
    left.copy(reinterpret_cast<char*>(&name) + sizeof(sa_family_t), left.size());
    ASSERT_EQ(bind(dead, reinterpret_cast<sockaddr*>(&name),
                   static_cast<socklen_t>(sizeof(sa_family_t) + left.size() + 1)),
              0);
    close(dead);
    EXPECT_TRUE(QueryServer::listen(left, handler_).ok());
}

TEST_F(QueryServerTest, OthersArePolledToo) {
    int ends[2];
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
    pollfd others[] = {{.fd = ends[0], .events = POLLIN, .revents = 0}};
    server_->poll_once(others, 0);
    EXPECT_EQ(others[0].revents, 0);
    ASSERT_EQ(send(ends[1], "x", 1, 0), 1);
    server_->poll_once(others, 1000);
    EXPECT_EQ(others[0].revents, POLLIN);
    close(ends[0]);
    close(ends[1]);
}

}  // namespace
}  // namespace sluice::io
