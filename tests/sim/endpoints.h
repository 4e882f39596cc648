// A TCP client and a TCP server, as simple as they can be and still get bytes across a network that
// loses, repeats and reorders: for the simulation.
#pragma once
#include <cstdint>
#include <random>
#include <vector>

#include "dataplane/wire/packet_view.h"
#include "rules/base/ip.h"
#include "tests/support/frame.h"

namespace sluice::testing {

using Random = std::mt19937_64;

struct Endpoint {
    IpAddress address;
    std::uint16_t port = 0;
};

struct Segment {
    std::uint8_t flags = 0;
    std::uint32_t seq = 0, ack = 0;
    Bytes data{};
};
Frame frame_of(const Endpoint& from, const Endpoint& to, const Segment& segment);

// Sends all of `data`, in segments of any size, again after 200 ms without an acknowledgement (and
// then cut differently), then closes.
class Client {
  public:
    Client(Endpoint self, Endpoint server, std::uint32_t isn, Frame data)
        : self_(self), server_(server), isn_(isn), data_(std::move(data)) {}

    void tick(std::int64_t now_ms, Random& random, std::vector<Frame>& out);
    void receive(const wire::PacketView& packet, std::vector<Frame>& out);
    bool done() const { return state_ == State::done; }   // all acknowledged, and closed
    bool ended() const { return state_ >= State::done; }  // done, or reset, or answered with a page
    const Endpoint& self() const { return self_; }
    const Endpoint& server() const { return server_; }
    const Frame& data() const { return data_; }
    std::uint32_t first_seq() const { return isn_ + 1; }

  private:
    enum class State { begins, connecting, talking, done, refused };
    void send(std::vector<Frame>& out, std::uint8_t flags, std::size_t at, std::size_t size);

    Endpoint self_, server_;
    std::uint32_t isn_;
    Frame data_;
    State state_ = State::begins;
    std::size_t acked_ = 0, next_ = 0;  // bytes; one more for the FIN
    std::uint32_t expected_ = 0;        // of the server's stream
    std::int64_t again_ms_ = 0;
};

// Acknowledges what it gets, remembers every byte, and says when one differs from an earlier one.
class Server {
  public:
    Server(Endpoint self, Endpoint client, std::uint32_t isn)
        : self_(self), client_(client), isn_(isn) {}

    void receive(const wire::PacketView& packet, Bytes payload, std::vector<Frame>& out);
    // Does everything it was given agree with `sent`?
    bool agrees_with(const Frame& sent) const;
    // Were bytes of [from, to) received: any, or all of them?
    bool has_any(std::size_t from, std::size_t to) const;
    bool has_all(std::size_t from, std::size_t to) const;

  private:
    void take(std::uint32_t seq, Bytes payload);

    Endpoint self_, client_;
    std::uint32_t isn_;
    bool open_ = false, reset_ = false, contradiction_ = false;
    std::uint32_t start_ = 0;          // of the client's stream
    std::size_t in_order_ = 0;         // bytes, and its FIN
    std::vector<std::int16_t> bytes_;  // -1: not received
    std::size_t fin_at_ = ~std::size_t{0};
};

}  // namespace sluice::testing
