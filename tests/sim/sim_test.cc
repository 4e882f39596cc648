// Connections through the gateway over a network that loses, repeats and reorders, with the policy
// changing meanwhile and, in some runs, pools too small. One seed a run; SLUICE_SEED=<seed> replays
// it, SLUICE_SIM_RUNS=<n> makes more.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "tests/sim/endpoints.h"
#include "tests/support/client_hello.h"
#include "tests/support/gateway.h"
#include "tests/support/seed.h"

namespace sluice::testing {
namespace {

using pipeline::Side;

constexpr std::int64_t kStepMs = 10, kRunMs = 60'000, kQuietMs = 16'000;

load::FileSet story_policy() {
    std::vector<load::Diagnostic> problems;
    return load::read_policy_files(std::filesystem::path(SLUICE_STORIES) / "policy", problems);
}

// What a client says, and which bytes of it the server must never have all of.
struct Speech {
    Frame data;
    bool allowed = true;
    std::size_t forbidden_from = 0, forbidden_to = 0;
};

void say(Frame& f, const std::string& text) { put_text(f, text); }
std::string request(const std::string& host, const std::string& rest = "\r\n") {
    return "POST /x HTTP/1.1\r\nHost: " + host + "\r\n" + rest;
}

Speech tls_speech(Random& random, bool allowed) {
    HelloSpec hello;
    hello.sni = allowed ? "www.bank.example" : "www.casino.example";
    hello.padding = random() % 3 == 0 ? random() % 9'000 : random() % 600;
    hello.record_size = random() % 3 == 0 ? 50 + random() % 500 : 0;
    Speech speech{.data = client_hello(hello), .allowed = allowed};
    speech.forbidden_to = allowed ? 0 : speech.data.size();
    for (std::size_t i = random() % 8'000; i > 0; --i)
        put8(speech.data, random() & 255);
    return speech;
}

Speech http_speech(Random& random, bool allowed) {
    Speech speech{.data = {}, .allowed = allowed};
    const std::size_t requests = 1 + random() % 6;
    for (std::size_t i = 0; i < requests; ++i) {
        const std::string host = i % 2 == 0 ? "news.example" : "bank.example";
        const std::size_t body = random() % 3'000;
        if (random() % 3 == 0) {
            say(speech.data, request(host, "Transfer-Encoding: chunked\r\n\r\n"));
            char size[16];
            std::snprintf(size, sizeof size, "%zx\r\n", body + 1);
            say(speech.data, size + std::string(body + 1, 'c') + "\r\n0\r\n\r\n");
        } else {
            say(speech.data, request(host, "Content-Length: " + std::to_string(body) + "\r\n\r\n"));
            put_fill(speech.data, body, 'b');
        }
    }
    if (allowed) return speech;
    speech.forbidden_from = speech.data.size();
    say(speech.data, request("casino.example"));
    speech.forbidden_to = speech.data.size();
    say(speech.data, request("news.example"));
    return speech;
}

struct Connection {
    Speech speech;
    Client client;
    Server server;
};

// A frame under way to an end, or to the gateway.
struct Arrival {
    Frame frame;
    bool at_gateway;
    Side side;  // of the gateway: where it comes in, or the end it has left for
};

class Simulation {
  public:
    explicit Simulation(std::uint64_t seed)
        : random_(seed), tight_(random_() % 3 == 0), gateway_(policy_, limits(tight_)) {
        loss_ = random_() % 12, copies_ = random_() % 6, delay_ms_ = 1 + random_() % 40;
        const std::size_t count = 1 + random_() % 8;
        for (std::size_t i = 0; i < count; ++i)
            add(static_cast<std::uint16_t>(20'000 + i));
    }

    void run() {
        while (now_ms_ < kRunMs && !all_ended())
            step(true);
        for (const std::int64_t end = now_ms_ + kQuietMs; now_ms_ < end;)
            step(false);
        check();
    }

  private:
    static pipeline::WorkerLimits limits(bool tight) {
        pipeline::WorkerLimits limits = Gateway::small();
        limits.timeouts = {.embryonic_ms = 3'000,
                           .tcp_established_ms = 8'000,
                           .closing_ms = 3'000,
                           .closed_ms = 1'000,
                           .udp_ms = 1'000,
                           .other_ms = 1'000,
                           .blocked_ms = 4'000};
        if (!tight) return limits;
        limits.cold_max = 3;
        limits.held_packets_max = 5;
        limits.small_buffers = 2;
        limits.large_buffers = 1;
        limits.names_max = 2;
        return limits;
    }

    void add(std::uint16_t port) {
        const bool allowed = random_() % 3 != 0;
        Speech speech =
            random_() % 2 == 0 ? tls_speech(random_, allowed) : http_speech(random_, allowed);
        // A user of the organisation in pilot, or of the one under inspection: both open these
        // names.
        const Endpoint user{IpAddress::v4(random_() % 2 == 0 ? 0x0a0a'0005 : 0x0a14'0005), port};
        const Endpoint server{IpAddress::v4(0xcb00'7109), 443};
        const auto near_the_end = [&] {
            return static_cast<std::uint32_t>(0u - random_() % 4'000);
        };
        connections_.push_back({speech, Client(user, server, near_the_end(), speech.data),
                                Server(server, user, near_the_end())});
    }

    bool all_ended() const {
        return std::ranges::all_of(connections_,
                                   [](const Connection& c) { return c.client.ended(); });
    }

    void step(bool talking) {
        if (talking) {
            for (Connection& c : connections_) {
                c.client.tick(now_ms_, random_, out_);
                post(Side::user);
            }
            if (random_() % 200 == 0) swap_policy();
        }
        deliver();
        now_ms_ += kStepMs;
        spread(gateway_.wait_ms(kStepMs), Side::user);
        ASSERT_TRUE(gateway_.balanced()) << now_ms_ << " ms";
    }

    // Everything in out_ leaves an end on `side` for the gateway.
    void post(Side side) {
        for (Frame& frame : out_)
            send({std::move(frame), true, side});
        out_.clear();
    }
    void send(Arrival arrival) {
        if (random_() % 100 < loss_) return;
        const bool twice = random_() % 100 < copies_;
        for (int copies = twice ? 2 : 1; copies > 0; --copies) {
            const auto when = now_ms_ + static_cast<std::int64_t>(random_() % delay_ms_);
            under_way_.emplace(when, arrival);
        }
    }
    void deliver() {
        while (!under_way_.empty() && under_way_.begin()->first <= now_ms_) {
            const Arrival arrival = std::move(under_way_.begin()->second);
            under_way_.erase(under_way_.begin());
            if (arrival.at_gateway)
                pass(arrival);
            else
                arrive(arrival.frame);
        }
    }
    void pass(const Arrival& arrival) {
        const Fate fate = gateway_.receive(arrival.side, arrival.frame);
        ASSERT_TRUE(gateway_.balanced()) << now_ms_ << " ms";
        spread(fate, arrival.side);
        if (fate.word == "forward") send({arrival.frame, false, pipeline::other(arrival.side)});
    }
    // Only what users send is ever held.
    void spread(const Fate& fate, Side) {
        for (const Frame& frame : fate.released)
            send({frame, false, Side::internet});
        for (const Frame& frame : fate.own_to_user)
            send({frame, false, Side::user});
        for (const Frame& frame : fate.own_to_internet)
            send({frame, false, Side::internet});
    }
    void arrive(const Frame& frame) {
        const auto view = wire::parse_packet(frame, static_cast<std::uint32_t>(frame.size()),
                                             wire::Link::ethernet);
        ASSERT_TRUE(view.ok()) << to_hex(frame);
        const Bytes payload = Bytes(frame).subspan(view->payload_offset, view->payload_size);
        for (Connection& c : connections_) {
            const std::uint16_t port = c.client.self().port;
            if (view->source_port == port) {
                c.server.receive(*view, payload, out_);
                return post(Side::internet);
            }
            if (view->destination_port == port) {
                c.client.receive(*view, out_);
                return post(Side::user);
            }
        }
    }

    // The same answers by another bundle.
    void swap_policy() {
        load::FileSet changed = policy_;
        changed["policy.yaml"] += "# " + std::to_string(++swaps_) + "\n";
        changed["bypass.yaml"] += "  - {operator: telco-a, prefix: 10.51." +
                                  std::to_string(swaps_ % 250) +
                                  ".0/24, ground: G2, author: A. Officer}\n";
        gateway_.publish(changed);
    }

    void check() {
        // Where a limit or a deadline let something pass unread, and was counted, less can be said.
        const bool stalled = gateway_.count("hold_stalled") != 0;
        const bool let_pass = gateway_.count("hold_limit") != 0 ||
                              gateway_.count("open.hold_full") != 0 ||
                              gateway_.count("open.pool_full") != 0;
        EXPECT_TRUE(tight_ || !let_pass);
        for (const Connection& c : connections_) {
            SCOPED_TRACE("client port " + std::to_string(c.client.self().port) +
                         (c.speech.allowed ? ", allowed" : ", blocked"));
            EXPECT_TRUE(c.server.agrees_with(c.speech.data));
            if (c.speech.allowed) {
                EXPECT_TRUE(c.client.done());
                EXPECT_TRUE(c.server.has_all(0, c.speech.data.size()));
                continue;
            }
            if (let_pass) continue;
            EXPECT_FALSE(c.client.done());
            const std::size_t from = c.speech.forbidden_from, to = c.speech.forbidden_to;
            EXPECT_FALSE(c.server.has_all(from, to));
            EXPECT_TRUE(stalled || !c.server.has_any(from, to));
        }
        for (const char* level : {"held", "cold_live", "names_live", "flows_live"})
            EXPECT_EQ(gateway_.count(level), 0u) << level;
        EXPECT_EQ(gateway_.packets_out(), 0u);
    }

    static inline const load::FileSet policy_ = story_policy();
    Random random_;
    bool tight_;
    Gateway gateway_;
    std::uint64_t loss_ = 0, copies_ = 0, delay_ms_ = 1;  // percent, percent
    std::int64_t now_ms_ = 0;
    unsigned swaps_ = 0;
    std::vector<Connection> connections_;
    std::multimap<std::int64_t, Arrival> under_way_;
    std::vector<Frame> out_;
};

TEST(Simulation, ConnectionsOverABadNetwork) {
    const char* wanted = std::getenv("SLUICE_SIM_RUNS");
    const std::uint64_t runs = std::getenv("SLUICE_SEED") != nullptr && wanted == nullptr
                                   ? 1
                                   : (wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : 200);
    const std::uint64_t first = test::seed();
    for (std::uint64_t i = 0; i < runs && !HasFailure(); ++i) {
        SCOPED_TRACE("SLUICE_SEED=" + std::to_string(first + i));
        Simulation(first + i).run();
    }
}

}  // namespace
}  // namespace sluice::testing
