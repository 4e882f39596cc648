#include "dataplane/inspect/handover_source.h"

#include <openssl/rand.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "rules/base/assert.h"
#include "rules/ipc/socket_address.h"

namespace sluice::inspect {

using ipc::HandoverKind;
using ipc::HandoverMessage;

namespace {

constexpr std::int64_t kRetryMs = 250;

FlowInfo info_of(const ipc::HandoverFlow& flow) {
    FlowInfo info;
    info.operator_id = flow.tuple.operator_id;
    info.user = flow.tuple.user;
    info.remote = flow.tuple.remote;
    info.user_port = flow.tuple.user_port;
    info.remote_port = flow.tuple.remote_port;
    info.from_internet = flow.from_internet;
    info.evidence = flow.evidence;
    info.generation = flow.generation;
    info.id = flow.reference;
    return info;
}

bool connect_to(int fd, const IpAddress& address, std::uint16_t port) {
    const ipc::SocketAddress at(address, port);
    return connect(fd, at.get(), at.size()) == 0 || errno == EINPROGRESS;
}

}  // namespace

HandoverSource::HandoverSource(Loop& loop, std::string path, std::uint32_t flows_max,
                               FlowTaker& taker)
    : loop_(loop),
      path_(std::move(path)),
      flows_max_(flows_max),
      taker_(taker),
      retry_(on_retry, this) {
    SLUICE_ASSERT(RAND_bytes(reinterpret_cast<unsigned char*>(&process_), sizeof process_) == 1);
    attach();
}

HandoverSource::~HandoverSource() {
    if (socket_ < 0) return;
    loop_.forget(socket_);
    close(socket_);
}

void HandoverSource::on_retry(void* self) { static_cast<HandoverSource*>(self)->attach(); }

void HandoverSource::attach() {
    socket_ = ipc::connect_broker(path_);
    if (socket_ < 0 || !loop_.watch(socket_, *this)) return lose();
    HandoverMessage attach = HandoverMessage::of(HandoverKind::attach);
    attach.role = ipc::HandoverRole::inspect;
    attach.room = flows_max_;
    attach.process = process_;
    send(attach);
    // A broker that was started anew learns what is already in sockets.
    for (const auto& [reference, held] : flows_) {
        HandoverMessage live = HandoverMessage::of(HandoverKind::live);
        live.flow = held.flow;
        send(live);
    }
    send(HandoverMessage::of(HandoverKind::live_end));
}

void HandoverSource::lose() {
    if (socket_ >= 0) {
        loop_.forget(socket_);
        close(std::exchange(socket_, -1));
    }
    waiting_.clear();
    loop_.timers().set(retry_, after_ms(loop_.now().mono, kRetryMs));
}

void HandoverSource::on_events(std::uint32_t /*events*/) {
    send_waiting();
    while (socket_ >= 0) {
        const auto arrival = ipc::receive_handover(socket_);
        if (arrival)
            handle(*arrival);
        else if (arrival.error() == ipc::ArrivalError::nothing)
            return;
        else
            return lose();
    }
}

void HandoverSource::handle(const ipc::HandoverArrival& arrival) {
    const std::uint64_t reference = arrival.message.flow.reference;
    switch (arrival.message.kind) {
        case HandoverKind::offer:
            return take_offer(arrival);
        case HandoverKind::connection:
            return take_connection(arrival);
        case HandoverKind::failed:
            if (const auto found = flows_.find(reference); found != flows_.end())
                found->second.keeper->on_fresh(-1);
            return;
        case HandoverKind::end:
            if (const auto found = flows_.find(reference); found != flows_.end())
                found->second.keeper->on_stop();
            return;
        default:
            return;  // of no concern to an inspector
    }
}

void HandoverSource::take_offer(const ipc::HandoverArrival& arrival) {
    const ipc::HandoverFlow& flow = arrival.message.flow;
    offered_[flow.reference] = flow;
    taker_.take({info_of(flow), arrival.descriptors[0], arrival.descriptors[1]});
    // Not kept: it is over already.
    if (offered_.erase(flow.reference) != 0) say(HandoverKind::ended, flow.reference);
}

void HandoverSource::began(const FlowInfo& flow, FlowKeeper& keeper) {
    const auto offered = offered_.find(flow.id);
    if (offered == offered_.end()) return;
    flows_[flow.id] = {&keeper, offered->second};
    offered_.erase(offered);
}

void HandoverSource::reconnect(const FlowInfo& flow, FlowKeeper& keeper) {
    if (socket_ < 0 || !flows_.contains(flow.id)) return keeper.on_fresh(-1);
    say(HandoverKind::reconnect, flow.id);
}

// The socket is bound to the client's address already.
void HandoverSource::take_connection(const ipc::HandoverArrival& arrival) {
    const ipc::HandoverFlow& fresh = arrival.message.flow;
    const int fd = arrival.descriptors[0];
    const auto found = flows_.find(fresh.parent);
    if (found == flows_.end() || !connect_to(fd, fresh.tuple.remote, fresh.tuple.remote_port)) {
        close(fd);
        say(HandoverKind::ended, fresh.reference);
        if (found != flows_.end()) found->second.keeper->on_fresh(-1);
        return;
    }
    found->second.fresh = fresh.reference;
    found->second.keeper->on_fresh(fd);
}

void HandoverSource::ended(const FlowInfo& flow) {
    const auto found = flows_.find(flow.id);
    if (found == flows_.end()) return;
    const std::uint64_t fresh = found->second.fresh;
    flows_.erase(found);
    say(HandoverKind::ended, flow.id);
    if (fresh != 0) say(HandoverKind::ended, fresh);
}

void HandoverSource::say(HandoverKind kind, std::uint64_t reference) {
    HandoverMessage message = HandoverMessage::of(kind);
    message.flow.reference = reference;
    send(message);
}

void HandoverSource::send(const HandoverMessage& message) {
    if (socket_ < 0) return;
    if (waiting_.empty() && ipc::send_handover(socket_, message)) return;
    waiting_.push_back(message);
}

void HandoverSource::send_waiting() {
    std::size_t sent = 0;
    while (sent < waiting_.size() && ipc::send_handover(socket_, waiting_[sent]))
        ++sent;
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(sent));
}

}  // namespace sluice::inspect
