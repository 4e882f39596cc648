// A signer as a process sees it: a real socket, a real log, the client of sluice-inspect.
#pragma once
#include "certs/signer/server.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <ctime>
#include <thread>

#include "certs/log/audit.h"
#include "certs/log/log_files.h"
#include "certs/signer/admin.h"
#include "certs/signer/client.h"
#include "rules/ipc/bundle_file.h"
#include "tests/unit/certs/asking.h"

namespace sluice::certs {

namespace fs = std::filesystem;
using Refusal = ipc::SignerRefusal;
using ipc::SignerIssuer;

inline std::int64_t real_now() { return std::time(nullptr); }

// As of now: the server reads the real clock.
inline const test::Internet& internet() {
    static const test::Internet the_internet(real_now());
    return the_internet;
}
inline test::Gateway& gateway() {
    static test::Gateway the_gateway(real_now());
    return the_gateway;
}

inline MonoTime mono() {
    timespec t{};
    ::clock_gettime(CLOCK_MONOTONIC, &t);
    return MonoTime{t.tv_sec * kNsPerSecond + t.tv_nsec};
}

class Server : public testing::Test {
  protected:
    void SetUp() override {
        fs::copy(gateway().ca_directory(), home() / "ca", fs::copy_options::recursive);
        test::overwrite(home() / "passphrase", test::kOnlinePassphrase);
        fs::permissions(home() / "passphrase", fs::perms(0400));
        test::overwrite(home() / "roots.pem", pem_of(internet().root.certificate.get()));
        config_.socket = home() / "signer.sock";
        config_.bundle_dir = home() / "bundle";
        config_.ca_dir = home() / "ca";
        config_.passphrase_file = home() / "passphrase";
        config_.trust_anchors = home() / "roots.pem";
        config_.log_dir = home() / "log";
        config_.log_key = home() / "ca" / "log.key";
        config_.log_name = "gateway.example/issuance";
        publish(false, 1);
    }
    void TearDown() override { stop(); }
    const fs::path& home() const { return home_.path(); }

    void publish(bool news_is_exempt, std::uint64_t serial) {
        ASSERT_TRUE(ipc::publish(config_.bundle_dir, test::compiled_policy(news_is_exempt), serial,
                                 UtcTime{real_now()})
                        .ok());
    }
    void start(Peers peers = {{::getuid()}, {::getuid()}}) {
        auto office = Office::open(config_, UtcTime{real_now()});
        ASSERT_TRUE(office.ok()) << office.error();
        office_ = std::move(office).value();
        const auto listening = listen_at(config_.socket);
        ASSERT_TRUE(listening.ok()) << listening.error();
        int ends[2];
        ASSERT_EQ(::pipe2(ends, O_NONBLOCK | O_CLOEXEC), 0);
        signals_ = ends[1];
        server_ = std::make_unique<SignerServer>(*listening, ends[0], *office_, peers, 4);
        thread_ = std::thread([this] { server_->run(); });
    }
    void signal(std::uint32_t number) {
        signalfd_siginfo info{};
        info.ssi_signo = number;
        ASSERT_EQ(::write(signals_, &info, sizeof info), static_cast<ssize_t>(sizeof info));
    }
    void stop() {
        if (!thread_.joinable()) return;
        signal(SIGTERM);
        thread_.join();
        server_.reset();
        office_.reset();
        ::close(signals_);
    }

    LeafOutcome ask(SignerClient& client, const std::string& name,
                    SignerIssuer issuer = SignerIssuer::trusted) {
        EXPECT_TRUE(order(client, name, 7, issuer));
        return wait_for(client, 1).at(0).outcome;
    }
    bool order(SignerClient& client, const std::string& name, std::uint64_t token,
               SignerIssuer issuer = SignerIssuer::trusted) {
        chain_ = internet().chain_for({{name}, false, 0, real_now() - 9, real_now() + 999, "o"});
        const auto views = test::views(chain_);
        LeafOrder order;
        order.token = token;
        order.operator_id = "north";
        order.organisation = "ministry";
        order.name = name;
        order.issuer = issuer;
        order.spki = test::p256_spki();
        order.origin_chain = views;
        order.not_before = UtcTime{real_now() - 60};
        order.not_after = UtcTime{real_now() + 86'400};
        return client.ask(order, mono()).ok();
    }
    static std::vector<LeafAnswer> wait_for(SignerClient& client, std::size_t count) {
        std::vector<LeafAnswer> all;
        while (all.size() < count) {
            pollfd ready{client.fd(), POLLIN, 0};
            if (client.wants_write()) ready.events |= POLLOUT;
            if (::poll(&ready, 1, 10'000) <= 0) break;
            const bool alive = client.on_ready(mono());
            for (LeafAnswer& answer : client.take_answers())
                all.push_back(std::move(answer));
            if (!alive) break;
        }
        EXPECT_EQ(all.size(), count);
        all.resize(count);
        return all;
    }
    SignerClient::Options client_options() const { return {config_.socket, 20'000}; }
    ipc::StatusReply status(ipc::SignerKind kind = ipc::SignerKind::status) {
        const auto reply = ask_signer(config_.socket, kind, 20'000);
        EXPECT_TRUE(reply.ok()) << reply.error().message;
        return reply ? *reply : ipc::StatusReply{};
    }
    // A connected socket of our own, for what no client of ours sends.
    int raw_socket() const {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, config_.socket.c_str(), config_.socket.size() + 1);
        const int fd = ::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
        EXPECT_EQ(::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
        return fd;
    }
    static std::optional<Refusal> refusal_from(int fd) {
        std::vector<std::uint8_t> buffer(ipc::kSignerMessageBytesMax);
        const ssize_t size = ::recv(fd, buffer.data(), buffer.size(), 0);
        if (size <= 0) return std::nullopt;
        const auto reply =
            ipc::check_refused_reply({buffer.data(), static_cast<std::size_t>(size)});
        return reply ? std::optional(reply->refusal) : std::nullopt;
    }

    test::TemporaryDirectory home_;
    load::SignerConfig config_;
    std::unique_ptr<Office> office_;
    std::unique_ptr<SignerServer> server_;
    std::thread thread_;
    int signals_ = -1;
    std::vector<Der> chain_;
};

}  // namespace sluice::certs
