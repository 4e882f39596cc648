// The talk with sluice-broker (rules/ipc/handover.h): asks, hears, and comes back when the broker
// was gone. Flows in sockets do not notice that: their tun queues stay.
#include <unistd.h>

#include "dataplane/handover/exception_path.h"
#include "dataplane/handover/first_ack.h"

namespace sluice::handover {

using ipc::HandoverHow;
using ipc::HandoverKind;
using ipc::HandoverMessage;

namespace {
constexpr std::int64_t kRetryNs = 200 * kNsPerMs;
// A broker that runs answers in a few milliseconds; without one nothing is waited for any longer.
constexpr std::int64_t kFirstAnswerNs = 1'000 * kNsPerMs;
constexpr unsigned kMessagesPerTurn = 64;
}  // namespace

bool ExceptionPath::say(const HandoverMessage& message) noexcept {
    return socket_ >= 0 && unsent_.empty() && ipc::send_handover(socket_, message);
}

bool ExceptionPath::take_over(const ipc::HandoverFlow& flow) noexcept {
    const Domain* domain = domain_of(flow.tuple.operator_id);
    if (domain == nullptr || domain->queue < 0 || !ready()) return false;
    HandoverMessage message = HandoverMessage::of(HandoverKind::take_over);
    message.flow = flow;
    return say(message);
}

void ExceptionPath::end(const ipc::HandoverFlow& flow, HandoverHow how) noexcept {
    HandoverMessage message = HandoverMessage::of(HandoverKind::end);
    message.how = how;
    message.flow = flow;
    if (!say(message) && unsent_.size() < kUnsentMax) unsent_.push_back(message);
}

void ExceptionPath::connect(Now now) noexcept {
    if (now.mono.raw() < connect_at_ns_) return;
    connect_at_ns_ = now.mono.raw() + kRetryNs;
    socket_ = ipc::connect_broker(wiring_.broker_socket);
    if (socket_ < 0) return;
    HandoverMessage message = HandoverMessage::of(HandoverKind::attach);
    message.role = ipc::HandoverRole::worker;
    message.worker = wiring_.worker;
    message.process = wiring_.process;
    if (!ipc::send_handover(socket_, message)) disconnect();
}

void ExceptionPath::disconnect() noexcept {
    if (socket_ >= 0) close(socket_);
    socket_ = -1;
    room_ = 0;
    for (Domain& domain : domains_)
        domain.asked = false;
}

void ExceptionPath::maintain(Now now) noexcept {
    if (began_ns_ == 0) began_ns_ = now.mono.raw();
    if (socket_ < 0) connect(now);
    if (socket_ < 0) return;
    for (Domain& domain : domains_) {
        if (domain.queue >= 0 || domain.asked) continue;
        HandoverMessage message = HandoverMessage::of(HandoverKind::queue_wanted);
        message.flow.tuple.operator_id = domain.operator_id;
        domain.asked = ipc::send_handover(socket_, message);
    }
    while (!unsent_.empty() && ipc::send_handover(socket_, unsent_.back()))
        unsent_.pop_back();
}

bool ExceptionPath::may_receive(Now now) const noexcept {
    return told_all_ || (began_ns_ != 0 && now.mono.raw() - began_ns_ > kFirstAnswerNs);
}

unsigned ExceptionPath::poll(Now now, pipeline::Outbox& out) noexcept {
    unsigned came = hear(now, out);
    for (Domain& domain : domains_)
        if (domain.queue >= 0) came += read_queue(domain, now, out);
    return came;
}

unsigned ExceptionPath::hear(Now now, pipeline::Outbox& out) noexcept {
    unsigned heard = 0;
    while (socket_ >= 0 && heard < kMessagesPerTurn) {
        auto arrival = ipc::receive_handover(socket_);
        if (!arrival) {
            if (arrival.error() != ipc::ArrivalError::nothing) disconnect();
            break;
        }
        ++heard;
        act_on(*arrival, now, out);
    }
    if (heard > 0) flush();
    return heard;
}

void ExceptionPath::act_on(ipc::HandoverArrival& arrival, Now now, pipeline::Outbox& out) noexcept {
    const HandoverMessage& message = arrival.message;
    switch (message.kind) {
        case HandoverKind::queue: {
            Domain* domain = domain_of(message.flow.tuple.operator_id);
            if (arrival.descriptor_count == 0) return;
            if (domain != nullptr && domain->queue < 0)
                domain->queue = arrival.descriptors[0];
            else
                close(arrival.descriptors[0]);
            return;
        }
        case HandoverKind::room:
            room_ = message.room;
            return;
        case HandoverKind::live_end:
            told_all_ = true;
            return;
        case HandoverKind::live:
        case HandoverKind::adopt:
            return adopt(message, now, out);
        case HandoverKind::taken:
            return taken(message.flow, now, out);
        case HandoverKind::failed:
            return worker_.not_taken(message.flow, now, out);
        case HandoverKind::ended:
            return worker_.handed_ended(message.flow, now, out);
        default:  // not for us to hear
            for (unsigned i = 0; i < arrival.descriptor_count; ++i)
                close(arrival.descriptors[i]);
            return disconnect();
    }
}

void ExceptionPath::adopt(const HandoverMessage& message, Now now, pipeline::Outbox& out) noexcept {
    const ipc::FlowTuple& tuple = message.flow.tuple;
    const bool mine = !wiring_.is_mine || wiring_.is_mine(tuple.user, tuple.remote);
    const bool adopted = mine && worker_.adopt(message.flow, now, out);
    if (message.kind == HandoverKind::live && !adopted) return;
    HandoverMessage answer =
        HandoverMessage::of(adopted ? HandoverKind::adopted : HandoverKind::refused);
    answer.flow = message.flow;
    if (!say(answer) && unsent_.size() < kUnsentMax) unsent_.push_back(answer);
}

// The sockets learn their peers' timestamps first, then come the bytes that were held.
void ExceptionPath::taken(const ipc::HandoverFlow& flow, Now now, pipeline::Outbox& out) noexcept {
    flush();
    const Domain* domain = domain_of(flow.tuple.operator_id);
    writing_to_ = domain == nullptr ? -1 : domain->queue;
    for (const bool from_user : {true, false}) {
        std::array<std::uint8_t, kVnetHeader + kFirstAckMax> frame{};
        const std::size_t size =
            write_first_ack(flow, from_user, std::span(frame).subspan<kVnetHeader, kFirstAckMax>());
        if (writing_to_ >= 0 && ::write(writing_to_, frame.data(), kVnetHeader + size) < 0)
            ++counters_.from_inspect_lost;
    }
    worker_.taken(flow, now, out);
}

}  // namespace sluice::handover
