// Flows: taken over, ended, joined by a fresh connection.
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "dataplane/handover/broker/broker.h"
#include "dataplane/handover/broker/repair_socket.h"

namespace sluice::broker {

using ipc::HandoverFlow;
using ipc::HandoverHow;
using ipc::HandoverKind;
using ipc::HandoverMessage;

namespace {

constexpr unsigned kFreshTries = 4;  // ports that may be in use
constexpr std::uint16_t kFreshPortFirst = 20'000, kFreshPorts = 40'000;

HandoverMessage about(HandoverKind kind, HandoverHow how, const HandoverFlow& flow) {
    HandoverMessage message = HandoverMessage::of(kind);
    message.how = how;
    message.flow = flow;
    return message;
}

}  // namespace

bool Broker::act_on_worker(Client& worker, const HandoverMessage& message) {
    switch (message.kind) {
        case HandoverKind::queue_wanted:
            give_queue(worker, message.flow.tuple.operator_id);
            return true;
        case HandoverKind::take_over:
            take_over(worker, message.flow);
            return true;
        case HandoverKind::end:
            end_flow(message);
            return true;
        case HandoverKind::adopted:
        case HandoverKind::refused: {
            const auto flow = flows_.find(message.flow.reference);
            if (flow == flows_.end()) return true;  // it has ended meanwhile
            if (message.kind == HandoverKind::adopted) {
                flow->second.worker = &worker;
                if (flow->second.asked_by != nullptr) fresh_adopted(flow->second);
            } else if (flow->second.asked_by != nullptr) {
                if (++flow->second.tries >= kFreshTries)
                    fail_fresh(flow, HandoverHow::socket_error);
                else
                    ask_to_adopt(flow->second);
            }
            return true;
        }
        default:
            return false;
    }
}

bool Broker::act_on_inspect(Client& inspect, const HandoverMessage& message) {
    switch (message.kind) {
        case HandoverKind::live:
            keep_live(inspect, message.flow);
            return true;
        case HandoverKind::live_end:
            return true;
        case HandoverKind::ended: {
            const auto flow = flows_.find(message.flow.reference);
            if (flow != flows_.end() && flow->second.inspector == &inspect)
                flow_ended(flow, message.how);
            tell_room();
            return true;
        }
        case HandoverKind::reconnect:
            begin_fresh(inspect, message.flow.reference);
            return true;
        default:
            return false;
    }
}

void Broker::give_queue(Client& worker, OperatorId operator_id) {
    Domain* domain = domain_of(operator_id);
    const int queue = domain == nullptr ? -1 : domain->open_queue();
    HandoverMessage answer = HandoverMessage::of(HandoverKind::queue);
    answer.flow.tuple.operator_id = operator_id;
    if (queue < 0) {
        spdlog::error("no queue for operator {}: {}", operator_id.raw(),
                      domain == nullptr ? "there are fewer domains; start with --operators"
                                        : std::strerror(errno));
        answer.how = HandoverHow::socket_error;
        return say(worker, answer);
    }
    if (!worker.say_now(answer, {&queue, 1})) worker.gone = true;
    close(queue);
}

void Broker::take_over(Client& worker, const HandoverFlow& flow) {
    Client* inspector = nullptr;
    HandoverHow how = HandoverHow::bad_message;
    if (flows_.size() < kFlowsMax && !flows_.contains(flow.reference))
        how = make_pair(flow, inspector);
    if (how != HandoverHow::done) {
        ++counters_.failed;
        return say(worker, about(HandoverKind::failed, how, flow));
    }
    ++counters_.taken;
    ++inspector->flows;
    flows_.emplace(flow.reference, Flow{.facts = flow, .inspector = inspector, .worker = &worker});
    say(worker, about(HandoverKind::taken, HandoverHow::done, flow));
    tell_room();
}

HandoverHow Broker::make_pair(const HandoverFlow& flow, Client*& inspector) {
    if (told_room_ == 0) return HandoverHow::no_inspector;
    Domain* domain = domain_of(flow.tuple.operator_id);
    if (domain == nullptr) return HandoverHow::socket_error;
    const bool v4 = flow.tuple.user.is_v4();
    int pair[2] = {domain->take_socket(v4), domain->take_socket(v4)};
    HandoverHow how = HandoverHow::socket_error;
    if (pair[0] >= 0 && pair[1] >= 0) {
        auto made = repair_socket(pair[0], flow, Peer::user);
        if (made) made = repair_socket(pair[1], flow, Peer::remote);
        if (made)
            how = offer(flow, pair, inspector);
        else
            spdlog::warn("a flow was not taken over: {}", made.error());
    }
    // The inspector has its own now, or nobody has any and nobody is told.
    for (const int fd : pair)
        if (fd >= 0) how == HandoverHow::done ? static_cast<void>(close(fd)) : close_silently(fd);
    return how;
}

HandoverHow Broker::offer(const HandoverFlow& flow, int (&pair)[2], Client*& inspector) {
    if (!wake_socket(pair[0]) || !wake_socket(pair[1])) return HandoverHow::socket_error;
    const HandoverMessage message = about(HandoverKind::offer, HandoverHow::done, flow);
    for (std::size_t i = 0; i < clients_.size(); ++i) {
        Client& client = *clients_[next_inspector_++ % clients_.size()];
        if (!client.is_inspect() || client.gone || client.room() == 0) continue;
        if (!client.say_now(message, pair)) continue;
        inspector = &client;
        return HandoverHow::done;
    }
    return HandoverHow::no_inspector;
}

void Broker::end_flow(const HandoverMessage& message) {
    const auto flow = flows_.find(message.flow.reference);
    if (flow == flows_.end()) return;
    if (message.how == HandoverHow::forgotten) flow->second.worker = nullptr;
    if (flow->second.inspector != nullptr) say(*flow->second.inspector, message);
}

void Broker::flow_ended(Flows::iterator flow, HandoverHow how) {
    ++counters_.ended;
    Flow& ended = flow->second;
    if (ended.inspector != nullptr && ended.inspector->flows > 0) --ended.inspector->flows;
    if (ended.worker != nullptr) say(*ended.worker, about(HandoverKind::ended, how, ended.facts));
    flows_.erase(flow);
}

// After our own restart: inspectors say what they have.
void Broker::keep_live(Client& inspect, const HandoverFlow& flow) {
    if (flows_.size() >= kFlowsMax) return;
    const auto [at, is_new] = flows_.emplace(flow.reference, Flow{.facts = flow});
    if (!is_new) return;
    at->second.inspector = &inspect;
    ++inspect.flows;
    // Whoever steers it says so; who has it already refuses, and goes on.
    for (const auto& client : clients_)
        if (client->is_worker()) say(*client, about(HandoverKind::live, HandoverHow::done, flow));
}

void Broker::begin_fresh(Client& inspect, std::uint64_t parent) {
    const auto of = flows_.find(parent);
    const bool known = of != flows_.end() && of->second.inspector == &inspect &&
                       of->second.worker != nullptr && flows_.size() < kFlowsMax;
    if (!known) {
        HandoverMessage failed = HandoverMessage::of(HandoverKind::failed);
        failed.how = HandoverHow::bad_message;
        failed.flow.reference = parent;
        failed.flow.parent = parent;
        return say(inspect, failed);
    }
    ++counters_.reconnects;
    Flow fresh{.facts = of->second.facts, .worker = of->second.worker, .asked_by = &inspect};
    fresh.facts.reference = ++fresh_count_;
    fresh.facts.parent = parent;
    ask_to_adopt(flows_.emplace(fresh.facts.reference, fresh).first->second);
}

void Broker::ask_to_adopt(Flow& flow) {
    const std::uint64_t spread = (flow.facts.reference + flow.tries * 7'919u) * 0x9e37'79b9u;
    flow.facts.tuple.user_port =
        static_cast<std::uint16_t>(kFreshPortFirst + (spread >> 8) % kFreshPorts);
    say(*flow.worker, about(HandoverKind::adopt, HandoverHow::done, flow.facts));
}

// The data plane steers it: now there may be a socket.
void Broker::fresh_adopted(Flow& flow) {
    Client& inspect = *flow.asked_by;
    flow.asked_by = nullptr;
    Domain* domain = domain_of(flow.facts.tuple.operator_id);
    const int fd = domain == nullptr ? -1 : domain->take_socket(flow.facts.tuple.user.is_v4());
    const bool bound = fd >= 0 && bind_fresh(fd, flow.facts).ok();
    const HandoverMessage message = about(HandoverKind::connection, HandoverHow::done, flow.facts);
    if (bound && inspect.say_now(message, {&fd, 1})) {
        flow.inspector = &inspect;
        ++inspect.flows;
    } else {
        say(*flow.worker, about(HandoverKind::ended, HandoverHow::socket_error, flow.facts));
        fail_fresh(flows_.find(flow.facts.reference), HandoverHow::socket_error);
    }
    if (fd >= 0) close(fd);
}

void Broker::fail_fresh(Flows::iterator flow, HandoverHow how) {
    Client* waits = flow->second.asked_by;
    if (waits != nullptr) say(*waits, about(HandoverKind::failed, how, flow->second.facts));
    flows_.erase(flow);
}

}  // namespace sluice::broker
