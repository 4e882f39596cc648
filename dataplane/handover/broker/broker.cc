// Who is connected, and whose turn it is to be heard.
#include "dataplane/handover/broker/broker.h"

#include <spdlog/spdlog.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace sluice::broker {

using ipc::HandoverHow;
using ipc::HandoverKind;
using ipc::HandoverMessage;

namespace {

constexpr unsigned kMessagesPerTurn = 64;  // of one client, before others are heard
// References that the broker gives: no worker has this number.
constexpr std::uint64_t kFreshReferences = std::uint64_t{0xff} << 56;

std::uint64_t draw_start() {
    std::uint32_t drawn = 0;
    SLUICE_ASSERT(getrandom(&drawn, sizeof drawn, 0) == ssize_t{sizeof drawn});
    return kFreshReferences | std::uint64_t{drawn} << 24;
}

}  // namespace

Broker::Broker(int listening, std::vector<std::unique_ptr<Domain>> domains)
    : listening_(listening),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      domains_(std::move(domains)),
      fresh_count_(draw_start()) {
    SLUICE_ASSERT(epoll_ >= 0);
    epoll_event event{.events = EPOLLIN, .data = {.ptr = nullptr}};
    SLUICE_ASSERT(epoll_ctl(epoll_, EPOLL_CTL_ADD, listening_, &event) == 0);
}

Broker::~Broker() {
    clients_.clear();
    close(epoll_);
    close(listening_);
}

void Broker::run(int stop_fd) {
    static constexpr int kStop = 0;
    epoll_event stop{.events = EPOLLIN, .data = {.ptr = const_cast<int*>(&kStop)}};
    SLUICE_ASSERT(epoll_ctl(epoll_, EPOLL_CTL_ADD, stop_fd, &stop) == 0);
    for (;;) {
        epoll_event events[64];
        const int count = epoll_wait(epoll_, events, 64, -1);
        for (int i = 0; i < count; ++i) {
            if (events[i].data.ptr == &kStop) return;
            if (events[i].data.ptr == nullptr) {
                accept_client();
                continue;
            }
            Client& client = *static_cast<Client*>(events[i].data.ptr);
            if ((events[i].events & EPOLLOUT) != 0) {
                if (!client.send_waiting()) client.gone = true;
                watch(client);
            }
            if (!client.gone) serve(client);
        }
        sweep_gone();
    }
}

void Broker::accept_client() {
    const int fd = accept4(listening_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    if (clients_.size() >= kClientsMax) {
        ++counters_.refused_clients;
        close(fd);
        return;
    }
    Client& client = *clients_.emplace_back(std::make_unique<Client>(fd));
    epoll_event event{.events = EPOLLIN, .data = {.ptr = &client}};
    if (epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) != 0) client.gone = true;
}

void Broker::serve(Client& client) {
    for (unsigned i = 0; i < kMessagesPerTurn && !client.gone; ++i) {
        const auto arrival = ipc::receive_handover(client.fd());
        if (arrival) {
            for (unsigned d = 0; d < arrival->descriptor_count; ++d)
                close(arrival->descriptors[d]);  // nobody sends us any
            act_on(client, arrival->message);
            continue;
        }
        if (arrival.error() == ipc::ArrivalError::bad)
            spdlog::error(
                "a client of the broker said what is no message of this version; cut off");
        if (arrival.error() != ipc::ArrivalError::nothing) client.gone = true;
        return;
    }
}

void Broker::act_on(Client& client, const HandoverMessage& message) {
    bool sensible = false;
    if (client.is_worker())
        sensible = act_on_worker(client, message);
    else if (client.is_inspect())
        sensible = act_on_inspect(client, message);
    else
        sensible = attach(client, message);
    if (sensible) return;
    spdlog::error("a {} said what is not its to say (message kind {}); cut off",
                  client.is_worker() ? "worker" : "inspector", static_cast<int>(message.kind));
    client.gone = true;
}

bool Broker::attach(Client& client, const HandoverMessage& message) {
    if (message.kind != HandoverKind::attach || message.role == ipc::HandoverRole::nobody)
        return false;
    client.role = message.role;
    client.worker = message.worker;
    client.process = message.process;
    if (client.is_inspect()) {
        client.flows_max = std::min(message.room, ipc::kInspectFlowsMax);
        spdlog::info("an inspector is attached: {} flows at most", client.flows_max);
        tell_room();
        return true;
    }
    spdlog::info("worker {} of the data plane is attached", client.worker);
    // One that a flow belongs to already has not restarted, only we have: it refuses what it knows.
    for (const auto& [reference, flow] : flows_) {
        if (flow.worker != nullptr || flow.inspector == nullptr) continue;
        HandoverMessage live = HandoverMessage::of(HandoverKind::live);
        live.flow = flow.facts;
        say(client, live);
    }
    say(client, HandoverMessage::of(HandoverKind::live_end));
    HandoverMessage room = HandoverMessage::of(HandoverKind::room);
    room.room = told_room_;
    say(client, room);
    return true;
}

void Broker::tell_room() {
    std::uint64_t room = 0;
    for (const auto& client : clients_)
        if (client->is_inspect() && !client->gone) room += client->room();
    const auto now = static_cast<std::uint32_t>(std::min<std::uint64_t>(room, 0xffff'ffff));
    const bool differs = (now == 0) != (told_room_ == 0);
    told_room_ = now;
    if (!differs) return;
    HandoverMessage message = HandoverMessage::of(HandoverKind::room);
    message.room = now;
    for (const auto& client : clients_)
        if (client->is_worker() && !client->gone) say(*client, message);
}

void Broker::say(Client& client, const HandoverMessage& message) {
    if (client.gone) return;
    if (!client.say(message)) client.gone = true;
    watch(client);
}

void Broker::watch(Client& client) {
    if (client.has_waiting() == client.watched_for_room) return;
    client.watched_for_room = client.has_waiting();
    const std::uint32_t out = client.watched_for_room ? std::uint32_t{EPOLLOUT} : 0;
    epoll_event event{.events = EPOLLIN | out, .data = {.ptr = &client}};
    epoll_ctl(epoll_, EPOLL_CTL_MOD, client.fd(), &event);
}

Domain* Broker::domain_of(OperatorId operator_id) {
    for (const auto& domain : domains_)
        if (domain->operator_id() == operator_id) return domain.get();
    return nullptr;
}

// Clients are removed only here, when no pointer to them is in use.
void Broker::sweep_gone() {
    for (const auto& client : clients_) {
        if (client->gone) forget(*client);
    }
    std::erase_if(clients_, [](const auto& client) { return client->gone; });
    tell_room();
}

void Broker::forget(Client& client) {
    if (client.is_worker()) spdlog::warn("worker {} of the data plane has gone", client.worker);
    if (client.is_inspect())
        spdlog::warn("an inspector has gone, and {} flows with it", client.flows);
    for (auto at = flows_.begin(); at != flows_.end();) {
        const auto flow = at++;
        if (flow->second.worker == &client) flow->second.worker = nullptr;
        if (flow->second.asked_by == &client || flow->second.inspector == &client) {
            flow->second.asked_by = nullptr;
            ++counters_.lost;
            flow_ended(flow, HandoverHow::inspect_lost);
        }
    }
}

}  // namespace sluice::broker
