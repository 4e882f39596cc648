#include "certs/signer/client.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <deque>
#include <utility>

#include "certs/signer/connect.h"
#include "rules/ipc/signer_check.h"

namespace sluice::certs {
namespace {

using Message = std::vector<std::uint8_t>;

template <std::size_t Size>
bool put_text(char (&field)[Size], std::string_view text) {
    if (text.size() >= Size) return false;
    std::copy(text.begin(), text.end(), field);
    return true;
}

// The message of an order; empty when the protocol has no room for it.
Message message_of(const LeafOrder& order, std::uint64_t token) {
    ipc::LeafRequest request;
    request.head.token = token;
    Message chain;
    for (Bytes certificate : order.origin_chain)
        ipc::add_to_chain(chain, certificate);
    if (!put_text(request.operator_id, order.operator_id) ||
        !put_text(request.organisation, order.organisation) ||
        !put_text(request.name, order.name) || order.name.empty() != order.address.has_value() ||
        order.spki.size() > ipc::kSignerSpkiBytesMax || chain.size() > ipc::kSignerChainBytesMax ||
        order.origin_chain.size() > ipc::kSignerChainCertificatesMax)
        return {};
    request.issuer = order.issuer;
    request.by_address = order.address.has_value();
    request.address = order.address.value_or(IpAddress{});
    request.spki_bytes = static_cast<std::uint16_t>(order.spki.size());
    request.chain_certificates = static_cast<std::uint16_t>(order.origin_chain.size());
    request.chain_bytes = static_cast<std::uint32_t>(chain.size());
    request.not_before_utc = order.not_before.raw();
    request.not_after_utc = order.not_after.raw();
    std::copy(order.bundle_hash.begin(), order.bundle_hash.end(), request.bundle_hash);
    Message message(sizeof request);
    std::memcpy(message.data(), &request, sizeof request);
    message.insert(message.end(), order.spki.begin(), order.spki.end());
    message.insert(message.end(), chain.begin(), chain.end());
    return message;
}

Leaf leaf_of(const ipc::CheckedLeafReply& checked) {
    Leaf leaf;
    for (Bytes certificate : checked.chain.all())
        leaf.chain.emplace_back(certificate.begin(), certificate.end());
    leaf.log_index = checked.reply.log_index;
    leaf.not_before = UtcTime{checked.reply.not_before_utc};
    leaf.not_after = UtcTime{checked.reply.not_after_utc};
    leaf.generation = checked.reply.generation;
    leaf.issuer = checked.reply.issuer;
    return leaf;
}

}  // namespace

struct SignerClient::State {
    explicit State(Options o) : options(std::move(o)) {}
    ~State() {
        if (socket >= 0) ::close(socket);
    }

    // Orders in the sequence they were asked in. On the wire each has a number of our own, so that
    // a late answer to an order that was given up is not taken for the answer to another.
    struct Order {
        std::uint64_t number = 0, token = 0;
        MonoTime deadline;
    };

    void end_connection(SignerFault fault) {
        if (socket >= 0) ::close(std::exchange(socket, -1));
        queue.clear();
        for (const Order& order : std::exchange(orders, {}))
            answers.push_back({order.token, fault});
    }

    bool send_queued() {
        while (!queue.empty()) {
            const Message& message = queue.front();
            const ssize_t sent = ::send(socket, message.data(), message.size(), MSG_NOSIGNAL);
            if (sent < 0 && errno == EINTR) continue;
            if (sent < 0) return errno == EAGAIN || errno == EWOULDBLOCK;
            queue.pop_front();
        }
        return true;
    }

    // What ended the connection; nothing while it goes on.
    std::optional<SignerFault> receive_all() {
        if (buffer.empty()) buffer.resize(ipc::kSignerMessageBytesMax);
        for (;;) {
            const ssize_t size = ::recv(socket, buffer.data(), buffer.size(), MSG_TRUNC);
            if (size < 0 && errno == EINTR) continue;
            if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return std::nullopt;
            if (size <= 0) return SignerFault::gone;
            if (static_cast<std::size_t>(size) > buffer.size()) return SignerFault::broken;
            if (!take({buffer.data(), static_cast<std::size_t>(size)})) return SignerFault::broken;
        }
    }

    bool take(Bytes message) {
        const auto head = ipc::check_signer_head(message);
        if (!head) return false;
        switch (head->kind) {
            case ipc::SignerKind::leaf: {
                const auto reply = ipc::check_leaf_reply(message);
                if (!reply) return false;
                generation = reply->reply.generation;
                settle(head->token, leaf_of(*reply));
                return true;
            }
            case ipc::SignerKind::refused: {
                const auto reply = ipc::check_refused_reply(message);
                if (!reply) return false;
                settle(head->token, reply->refusal);
                return true;
            }
            case ipc::SignerKind::generation: {
                const auto notice = ipc::check_generation_notice(message);
                if (!notice) return false;
                generation = notice->generation;
                return true;
            }
            default:
                return false;
        }
    }

    void settle(std::uint64_t number, LeafOutcome outcome) {
        const auto at = std::find_if(orders.begin(), orders.end(),
                                     [&](const Order& o) { return o.number == number; });
        if (at == orders.end()) return;  // given up before
        answers.push_back({at->token, std::move(outcome)});
        orders.erase(at);
    }

    Options options;
    int socket = -1;
    std::uint64_t last_number = 0;
    std::deque<Order> orders;
    std::deque<Message> queue;
    Message buffer;
    std::vector<LeafAnswer> answers;
    std::string generation;
};

SignerClient::SignerClient(Options options) : state_(std::make_unique<State>(std::move(options))) {}
SignerClient::~SignerClient() = default;

bool SignerClient::connect() {
    state_->end_connection(SignerFault::gone);
    state_->socket = connect_to_signer(state_->options.socket_path, 0);
    return connected();
}

bool SignerClient::connected() const { return state_->socket >= 0; }
int SignerClient::fd() const { return state_->socket; }
bool SignerClient::wants_write() const { return !state_->queue.empty(); }
std::size_t SignerClient::under_way() const { return state_->orders.size(); }
const std::string& SignerClient::generation() const { return state_->generation; }

Result<Done, AskError> SignerClient::ask(const LeafOrder& order, MonoTime now) {
    State& s = *state_;
    if (s.socket < 0) return Err{AskError::not_connected};
    if (s.orders.size() >= ipc::kSignerOutstandingMax) return Err{AskError::full};
    Message message = message_of(order, s.last_number + 1);
    if (message.empty()) return Err{AskError::bad_order};
    s.orders.push_back({++s.last_number, order.token, after_ms(now, s.options.answer_ms_max)});
    s.queue.push_back(std::move(message));
    // A connection that is gone is found by on_ready(), which says so for all its orders.
    s.send_queued();
    return Done{};
}

bool SignerClient::on_ready(MonoTime now) {
    State& s = *state_;
    if (s.socket < 0) return false;
    const bool sent = s.send_queued();
    const auto fault = s.receive_all();
    expire(now);
    if (sent && !fault) return true;
    s.end_connection(fault.value_or(SignerFault::gone));
    return false;
}

void SignerClient::expire(MonoTime now) {
    State& s = *state_;
    while (!s.orders.empty() && s.orders.front().deadline <= now) {
        s.answers.push_back({s.orders.front().token, SignerFault::timed_out});
        s.orders.pop_front();
    }
}

std::optional<MonoTime> SignerClient::next_deadline() const {
    if (state_->orders.empty()) return std::nullopt;
    return state_->orders.front().deadline;
}

std::vector<LeafAnswer> SignerClient::take_answers() { return std::exchange(state_->answers, {}); }

}  // namespace sluice::certs
