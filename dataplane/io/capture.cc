// Copies for captures.
#include "dataplane/io/capture.h"

#include <rte_cycles.h>
#include <time.h>

#include <algorithm>
#include <cstring>

#include "dataplane/wire/packet_view.h"

namespace sluice::io {
namespace {

void add(std::atomic<std::uint64_t>& to, std::uint64_t more) noexcept {
    to.store(to.load(std::memory_order_relaxed) + more, std::memory_order_relaxed);
}

std::int64_t clock_ns(clockid_t id) {
    timespec t{};
    clock_gettime(id, &t);
    return t.tv_sec * kNsPerSecond + t.tv_nsec;
}

template <class T>
Bytes bytes_of(const T& value) {
    return {reinterpret_cast<const std::uint8_t*>(&value), sizeof value};
}

// As the flow table has it: ends by side, and of ICMP queries the identifier.
ipc::FlowTuple tuple_of(const wire::PacketView& view, bool from_user, OperatorId op) noexcept {
    const bool quoted = view.kind == wire::PacketKind::icmp_error;
    const bool sent_by_user = from_user != quoted;  // a quoted packet went the other way
    ipc::FlowTuple tuple;
    tuple.user = sent_by_user ? view.source : view.destination;
    tuple.remote = sent_by_user ? view.destination : view.source;
    tuple.user_port = sent_by_user ? view.source_port : view.destination_port;
    tuple.remote_port = sent_by_user ? view.destination_port : view.source_port;
    if (view.ip_protocol == wire::kIcmp || view.ip_protocol == wire::kIcmp6) {
        tuple.user_port = view.source_port;
        tuple.remote_port = 0;
    }
    tuple.ip_protocol = view.ip_protocol;
    tuple.operator_id = op;
    return tuple;
}

}  // namespace

CaptureTap::CaptureTap(CaptureSession& session, unsigned lane, const pipeline::Worker& worker,
                       const Share& share)
    : session_(session), lane_(session.lanes[lane]), worker_(worker), share_(share) {}

void CaptureTap::look(std::span<rte_mbuf* const> packets, unsigned port,
                      ipc::CaptureFate fate) noexcept {
    if (packets.empty()) return;
    const std::uint64_t began = rte_rdtsc();
    if (began - slice_began_ >= share_.slice) {
        slice_began_ = began;
        spent_ = 0;
    }
    if (spent_ > share_.looking) return add(lane_.unseen, packets.size());
    for (const rte_mbuf* packet : packets) {
        const bool dropped = fate == ipc::CaptureFate::dropped;
        // What leaves by one side came in by the other; what is our own came from there, too.
        look_at(packet, dropped ? packet->port : port ^ 1u, fate);
    }
    spent_ += rte_rdtsc() - began;
}

void CaptureTap::look_at(const rte_mbuf* packet, unsigned came_by, ipc::CaptureFate fate) noexcept {
    if (came_by / 2 >= operators_.size()) return;  // received before the capture began
    const Bytes frame{rte_pktmbuf_mtod(packet, const std::uint8_t*), packet->data_len};
    const ipc::CaptureOrder& order = session_.order;
    if (order.drop != model::kNoDropMark &&
        (fate != ipc::CaptureFate::dropped || packet->hash.usr != order.drop))
        return;
    wire::PacketView view;
    model::DropReason why{};
    const bool from_user = came_by % 2 == 0;
    std::size_t size = kUnreadableBytes;
    if (wire::parse_packet_into(frame, packet->pkt_len, wire::Link::ethernet, view, why) &&
        view.kind != wire::PacketKind::non_ip) {
        const ipc::FlowTuple tuple = tuple_of(view, from_user, operators_[came_by / 2]);
        if (!matches(tuple)) return;
        size = order.payload && !is_exempt(tuple) ? frame.size() : view.payload_offset;
    } else if (!takes_unreadable()) {
        return;
    }
    add(lane_.matched, 1);
    size = std::min({size, frame.size(), kCaptureBytesMax});
    ipc::CapturedPacket head;
    head.utc_ns = now_.mono.raw() + session_.utc_minus_mono_ns;
    head.wire_bytes = packet->pkt_len;
    head.bytes = static_cast<std::uint16_t>(size);
    head.wire = static_cast<std::uint8_t>(came_by / 2);
    head.from_user = from_user;
    head.fate = fate;
    if (!lane_.ring.push(bytes_of(head), frame.first(size))) add(lane_.lost, 1);
}

// What cannot be read has no flow, address or organisation: it is taken for why it was dropped
// alone.
bool CaptureTap::takes_unreadable() const noexcept {
    const ipc::CaptureOrder& order = session_.order;
    return order.drop != model::kNoDropMark && !order.exact && !order.by_address &&
           !session_.filter.by_org && !session_.filter.by_reason;
}

bool CaptureTap::matches(const ipc::FlowTuple& tuple) const noexcept {
    const ipc::FlowFilter& f = session_.filter;
    const ipc::CaptureOrder& order = session_.order;
    if (order.exact && !(tuple == f.tuple)) return false;
    if (order.by_address && tuple.user != f.tuple.user && tuple.remote != f.tuple.user)
        return false;
    if (f.by_org && lookup::find_user(*bundle_, tuple.operator_id, tuple.user) != f.org)
        return false;
    if (!f.by_reason) return true;
    const auto flow = worker_.find(tuple, now_);
    return flow && flow->reason == f.reason;
}

// What the policy exempts is not shown to anybody, whatever they ask for.
bool CaptureTap::is_exempt(const ipc::FlowTuple& tuple) const noexcept {
    constexpr unsigned kExemptFrom = 2'000, kExemptTo = 2'999;
    const auto flow = worker_.find(tuple, now_);
    if (!flow) return true;  // nobody has judged it: not known to be open
    const unsigned number = model::number_of(flow->reason);
    return number >= kExemptFrom && number <= kExemptTo;
}

std::optional<ipc::CaptureRecord> CaptureDesk::start(const ipc::FlowFilter& filter,
                                                     const ipc::CaptureOrder& order,
                                                     std::int64_t now_ms) {
    turn(now_ms);
    if (running_ || (session_ && in_use())) return std::nullopt;
    session_ = std::make_unique<CaptureSession>(++last_id_, filter, order,
                                                static_cast<unsigned>(slots_.size()));
    session_->utc_minus_mono_ns = clock_ns(CLOCK_REALTIME) - clock_ns(CLOCK_MONOTONIC);
    running_ = true;
    read_ms_ = now_ms;
    until_ms_ = now_ms + std::int64_t{order.seconds_max} * 1'000;
    for (Slot& slot : slots_)
        slot.wanted.store(session_.get(), std::memory_order_release);
    return record();
}

void CaptureDesk::end() {
    running_ = false;
    for (Slot& slot : slots_)
        slot.wanted.store(nullptr, std::memory_order_release);
}

bool CaptureDesk::in_use() const {
    return std::ranges::any_of(slots_, [](const Slot& slot) {
        return slot.active.load(std::memory_order_acquire) != nullptr;
    });
}

std::optional<ipc::CaptureRecord> CaptureDesk::stop(std::uint64_t id) {
    if (!session_ || session_->id != id) return std::nullopt;
    end();
    return record();
}

void CaptureDesk::turn(std::int64_t now_ms) {
    if (running_ && (now_ms >= until_ms_ || now_ms - read_ms_ >= kCaptureUnreadMs)) end();
    // What is still in its rings may be read for a while.
    if (session_ && !running_ && now_ms - read_ms_ >= kCaptureUnreadMs && !in_use())
        session_.reset();
}

ipc::CaptureRecord CaptureDesk::record() const {
    ipc::CaptureRecord record;
    record.id = session_->id;
    record.running = running_;
    for (const CaptureSession::Lane& lane : session_->lanes) {
        record.matched += lane.matched.load(std::memory_order_relaxed);
        record.lost += lane.lost.load(std::memory_order_relaxed);
        record.unseen += lane.unseen.load(std::memory_order_relaxed);
    }
    return record;
}

std::optional<std::vector<std::uint8_t>> CaptureDesk::read(std::uint64_t id, std::int64_t now_ms) {
    if (!session_ || session_->id != id) return std::nullopt;
    read_ms_ = now_ms;
    std::vector<std::uint8_t> out(sizeof(ipc::CaptureRecord));
    const auto lanes = static_cast<unsigned>(session_->lanes.size());
    for (unsigned tried = 0; tried < lanes; ++tried, next_lane_ = (next_lane_ + 1) % lanes) {
        ByteRing& ring = session_->lanes[next_lane_].ring;
        ipc::CapturedPacket head;
        while (ring.peek({reinterpret_cast<std::uint8_t*>(&head), sizeof head})) {
            const std::size_t size = sizeof head + head.bytes, at = out.size();
            if (at + ByteRing::padded(size) > ipc::kCaptureBytesPerReply) break;
            out.resize(at + ByteRing::padded(size));
            ring.take(std::span(out).subspan(at, size));
        }
    }
    const ipc::CaptureRecord now = record();
    std::memcpy(out.data(), &now, sizeof now);
    return out;
}

}  // namespace sluice::io
