#include "tests/sim/endpoints.h"

#include <algorithm>

#include "tests/support/packet_spec.h"

namespace sluice::testing {

using wire::kAck;
using wire::kFin;
using wire::kPsh;
using wire::kRst;
using wire::kSyn;

namespace {
constexpr std::int64_t kAgainMs = 200;
constexpr std::size_t kSegmentMax = 1'400, kInFlightMax = 6'000;
}  // namespace

Frame frame_of(const Endpoint& from, const Endpoint& to, const Segment& segment) {
    PacketSpec spec;
    spec.transport = Transport::tcp;
    spec.ip.source = from.address, spec.ip.destination = to.address;
    spec.source_port = from.port, spec.destination_port = to.port;
    spec.tcp.flags = segment.flags;
    spec.tcp.seq = segment.seq, spec.tcp.ack = segment.ack;
    spec.payload.assign(segment.data.begin(), segment.data.end());
    return build_frame(spec);
}

void Client::send(std::vector<Frame>& out, std::uint8_t flags, std::size_t at, std::size_t size) {
    const std::uint32_t seq =
        (flags & kSyn) != 0 ? isn_ : first_seq() + static_cast<std::uint32_t>(at);
    out.push_back(frame_of(self_, server_,
                           {.flags = flags,
                            .seq = seq,
                            .ack = (flags & kAck) != 0 ? expected_ : 0,
                            .data = Bytes(data_).subspan(std::min(at, data_.size()), size)}));
}

void Client::tick(std::int64_t now_ms, Random& random, std::vector<Frame>& out) {
    if (ended()) return;
    const bool late = now_ms >= again_ms_;
    if (state_ == State::begins || state_ == State::connecting) {
        if (!late) return;
        state_ = State::connecting;
        again_ms_ = now_ms + kAgainMs;
        return send(out, kSyn, 0, 0);
    }
    if (late) next_ = acked_;
    bool sent = false;
    while (next_ < data_.size() && next_ - acked_ < kInFlightMax) {
        const std::size_t size =
            std::min<std::size_t>(data_.size() - next_, 1 + random() % kSegmentMax);
        send(out, kAck | kPsh, next_, size);
        next_ += size;
        sent = true;
        if (random() % 4 == 0) break;  // the rest a moment later
    }
    if (next_ == data_.size()) {
        send(out, kAck | kFin, next_++, 0);
        sent = true;
    }
    if (sent || late) again_ms_ = now_ms + kAgainMs;
}

void Client::receive(const wire::PacketView& p, std::vector<Frame>& out) {
    if (ended()) return;
    const bool connecting = state_ == State::connecting;
    const bool in_order = connecting || p.tcp_seq == expected_;
    if ((p.tcp_flags & kRst) != 0) {
        const bool fits = connecting ? p.tcp_ack == isn_ + 1 : in_order;
        if (fits) state_ = State::refused;
        return;
    }
    if (connecting) {
        if ((p.tcp_flags & (kSyn | kAck)) != (kSyn | kAck) || p.tcp_ack != isn_ + 1) return;
        expected_ = p.tcp_seq + 1;
        state_ = State::talking;
        again_ms_ = 0;
        return send(out, kAck, 0, 0);
    }
    const auto acked = static_cast<std::int32_t>(p.tcp_ack - first_seq());
    if (acked > 0 && static_cast<std::size_t>(acked) > acked_ &&
        static_cast<std::size_t>(acked) <= data_.size() + 1)
        acked_ = static_cast<std::size_t>(acked), next_ = std::max(next_, acked_);
    const std::uint32_t used = p.payload_size + ((p.tcp_flags & kFin) != 0 ? 1u : 0u);
    if (used != 0 && in_order) {
        expected_ += used;
        send(out, kAck, next_, 0);
        // The server says nothing, and closes only after this end: this is a page.
        if (p.payload_size != 0) state_ = State::refused;
    }
    if (acked_ > data_.size() && !ended()) state_ = State::done;
}

void Server::take(std::uint32_t seq, Bytes payload) {
    const auto at = static_cast<std::int32_t>(seq - start_);
    for (std::size_t i = 0; i < payload.size(); ++i) {
        const std::int64_t position = at + static_cast<std::int64_t>(i);
        if (position < 0) continue;
        const auto index = static_cast<std::size_t>(position);
        if (index >= bytes_.size()) bytes_.resize(index + 1, -1);
        if (bytes_[index] >= 0 && bytes_[index] != payload[i]) contradiction_ = true;
        bytes_[index] = payload[i];
    }
}

void Server::receive(const wire::PacketView& p, Bytes payload, std::vector<Frame>& out) {
    if (reset_) return;
    if ((p.tcp_flags & kSyn) != 0) {
        start_ = p.tcp_seq + 1;
        open_ = true;
        out.push_back(frame_of(self_, client_, {kSyn | kAck, isn_, start_}));
        return;
    }
    if (!open_) return;
    if ((p.tcp_flags & kRst) != 0) {
        reset_ = p.tcp_seq == start_ + static_cast<std::uint32_t>(in_order_);
        return;
    }
    take(p.tcp_seq, payload);
    if ((p.tcp_flags & kFin) != 0) fin_at_ = p.tcp_seq + p.payload_size - start_;
    while (in_order_ < bytes_.size() && bytes_[in_order_] >= 0)
        ++in_order_;
    if (in_order_ == fin_at_) ++in_order_;
    const bool closes = fin_at_ != ~std::size_t{0} && in_order_ > fin_at_;
    const bool news = !payload.empty() || (p.tcp_flags & kFin) != 0;
    if (!news) return;
    const auto flags = static_cast<std::uint8_t>(closes ? kAck | kFin : kAck);
    out.push_back(frame_of(self_, client_,
                           {flags, isn_ + 1, start_ + static_cast<std::uint32_t>(in_order_)}));
}

bool Server::agrees_with(const Frame& sent) const {
    if (contradiction_ || bytes_.size() > sent.size()) return false;
    for (std::size_t i = 0; i < bytes_.size(); ++i)
        if (bytes_[i] >= 0 && bytes_[i] != sent[i]) return false;
    return true;
}
bool Server::has_any(std::size_t from, std::size_t to) const {
    for (std::size_t i = from; i < std::min(to, bytes_.size()); ++i)
        if (bytes_[i] >= 0) return true;
    return false;
}
bool Server::has_all(std::size_t from, std::size_t to) const {
    for (std::size_t i = from; i < to; ++i)
        if (i >= bytes_.size() || bytes_[i] < 0) return false;
    return true;
}

}  // namespace sluice::testing
