// The asking side of the data plane's socket.
#include "rules/ipc/query_client.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace sluice::ipc {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kReplyBytesMax = sizeof(Reply) + kFlowsPerReply * sizeof(FlowRecord);

std::string errno_text() { return std::strerror(errno); }

// Waits until `socket` is ready for `events` or `deadline` has passed; false on the latter.
bool wait_ready(int socket, short events, Clock::time_point deadline) {
    for (;;) {
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
        pollfd waiting{.fd = socket, .events = events, .revents = 0};
        const int ready = poll(&waiting, 1, static_cast<int>(std::max<long>(left, 0)));
        if (ready > 0) return true;
        if (ready == 0) return false;
        if (errno != EINTR) return true;  // the send or receive that follows says what is wrong
    }
}

QueryFailure failure_of(ReplyStatus status) {
    switch (status) {
        case ReplyStatus::bad_request:
            return QueryFailure::refused;
        case ReplyStatus::bundle_refused:
            return QueryFailure::bundle_refused;
        case ReplyStatus::busy:
            return QueryFailure::busy;
        case ReplyStatus::ok:
            break;
    }
    return QueryFailure::broken;
}

// Version, size and count agree with what was asked and with the bytes that came.
// `record_size` 0: one record, of any size.
bool reply_fits(const Reply& reply, std::size_t record_size, std::size_t bytes_behind) {
    if (reply.version != kQueryVersion || reply.status > ReplyStatus::busy) return false;
    if (reply.count == 0) return bytes_behind == 0;
    if (record_size == 0) return reply.count == 1 && reply.record_size == bytes_behind;
    return reply.record_size == record_size && reply.count <= kFlowsPerReply &&
           bytes_behind == std::size_t{reply.count} * record_size;
}

}  // namespace

Result<QueryClient, QueryError> QueryClient::connect(const std::string& socket_path,
                                                     Milliseconds timeout) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (socket_path.size() >= sizeof(address.sun_path))
        return Err{QueryError{QueryFailure::unreachable,
                              socket_path + ": longer than a socket's path may be (107 bytes)"}};
    std::memcpy(address.sun_path, socket_path.c_str(), socket_path.size() + 1);
    const int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return Err{QueryError{QueryFailure::unreachable, "no socket to be had: " + errno_text()}};
    QueryClient client(fd, timeout);
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
        std::string why = socket_path + ": " + errno_text();
        if (errno == ENOENT || errno == ECONNREFUSED)
            why += "; is sluice-dataplane running?";
        else if (errno == EACCES)
            why += "; ask as a member of the socket's group";
        return Err{QueryError{QueryFailure::unreachable, std::move(why)}};
    }
    return client;
}

QueryClient::QueryClient(int connected_socket, Milliseconds timeout)
    : socket_(connected_socket), timeout_(timeout) {}

QueryClient::QueryClient(QueryClient&& from) noexcept
    : socket_(std::exchange(from.socket_, -1)), timeout_(from.timeout_) {}

QueryClient& QueryClient::operator=(QueryClient&& from) noexcept {
    std::swap(socket_, from.socket_);
    timeout_ = from.timeout_;
    return *this;
}

QueryClient::~QueryClient() {
    if (socket_ >= 0) close(socket_);
}

QueryError QueryClient::fail(QueryFailure failure, std::string message) {
    if (socket_ >= 0) close(std::exchange(socket_, -1));
    return {failure, std::move(message)};
}

// One question, one answer. Transport errors close the connection; refusals do not.
Result<QueryClient::Answer, QueryError> QueryClient::ask(const Request& request,
                                                         std::size_t record_size,
                                                         Milliseconds timeout) {
    if (socket_ < 0) return Err{fail(QueryFailure::broken, "not connected; connect again")};
    const auto deadline = Clock::now() + timeout;
    if (!wait_ready(socket_, POLLOUT, deadline))
        return Err{fail(QueryFailure::timed_out, "the data plane does not take questions")};
    if (send(socket_, &request, sizeof(request), MSG_NOSIGNAL) != sizeof(request))
        return Err{fail(QueryFailure::broken, "the data plane went away: " + errno_text())};
    if (!wait_ready(socket_, POLLIN, deadline))
        return Err{fail(QueryFailure::timed_out, "the data plane did not answer in " +
                                                     std::to_string(timeout.count()) + " ms")};
    Answer answer;
    std::vector<std::uint8_t> message(kReplyBytesMax);
    const ssize_t size = recv(socket_, message.data(), message.size(), MSG_TRUNC);
    if (size <= 0)
        return Err{fail(QueryFailure::broken, size == 0 ? "the data plane closed the connection"
                                                        : "no answer: " + errno_text())};
    const auto bytes = static_cast<std::size_t>(size);
    if (bytes > message.size() || bytes < sizeof(Reply))
        return Err{fail(QueryFailure::broken, "an answer of impossible size came")};
    std::memcpy(&answer.reply, message.data(), sizeof(Reply));
    if (!reply_fits(answer.reply, record_size, bytes - sizeof(Reply)))
        return Err{fail(QueryFailure::broken,
                        "the data plane speaks another version of the query protocol; "
                        "install the same version of both")};
    if (answer.reply.status != ReplyStatus::ok) {
        const Reply& r = answer.reply;
        return Err{QueryError{failure_of(r.status),
                              std::string(r.message, strnlen(r.message, sizeof(r.message)))}};
    }
    message.resize(bytes);
    answer.records.assign(message.begin() + sizeof(Reply), message.end());
    return answer;
}

template <class Record>
Result<std::vector<Record>, QueryError> QueryClient::ask_for(const Request& request,
                                                             Milliseconds timeout,
                                                             std::uint64_t* cursor) {
    SLUICE_TRY(answer, ask(request, sizeof(Record), timeout));
    std::vector<Record> records(answer.reply.count);
    if (!records.empty())
        std::memcpy(records.data(), answer.records.data(), records.size() * sizeof(Record));
    if (cursor != nullptr) *cursor = answer.reply.cursor;
    return records;
}

Result<StatusRecord, QueryError> QueryClient::status() {
    SLUICE_TRY(records, ask_for<StatusRecord>(Request{}, timeout_));
    if (records.size() != 1) return Err{fail(QueryFailure::broken, "no status in the answer")};
    return records[0];
}

Result<std::vector<WireRecord>, QueryError> QueryClient::wires() {
    Request request;
    request.kind = QueryKind::wires;
    return ask_for<WireRecord>(request, timeout_);
}

Result<CaptureRecord, QueryError> QueryClient::start_capture(const FlowFilter& filter,
                                                             const CaptureOrder& order) {
    Request request;
    request.kind = QueryKind::capture_start;
    request.filter = filter;
    request.capture = order;
    SLUICE_TRY(records, ask_for<CaptureRecord>(request, timeout_));
    if (records.size() != 1) return Err{fail(QueryFailure::broken, "no capture in the answer")};
    return records[0];
}

Result<CaptureRecord, QueryError> QueryClient::stop_capture(std::uint64_t id) {
    Request request;
    request.kind = QueryKind::capture_stop;
    request.cursor = id;
    SLUICE_TRY(records, ask_for<CaptureRecord>(request, timeout_));
    if (records.size() != 1) return Err{fail(QueryFailure::broken, "no capture in the answer")};
    return records[0];
}

Result<QueryClient::CapturePiece, QueryError> QueryClient::read_capture(std::uint64_t id) {
    Request request;
    request.kind = QueryKind::capture_read;
    request.cursor = id;
    SLUICE_TRY(answer, ask(request, 0, timeout_));
    const std::vector<std::uint8_t>& all = answer.records;
    CapturePiece piece;
    const auto broken = [&] {
        return Err{fail(QueryFailure::broken, "a cut piece of a capture came")};
    };
    if (all.size() < sizeof(CaptureRecord)) return broken();
    std::memcpy(&piece.record, all.data(), sizeof(CaptureRecord));
    for (std::size_t at = sizeof(CaptureRecord); at < all.size();) {
        Captured packet;
        if (all.size() - at < sizeof packet.head) return broken();
        std::memcpy(&packet.head, all.data() + at, sizeof packet.head);
        at += sizeof packet.head;
        if (all.size() - at < packet.head.bytes || packet.head.fate > CaptureFate::dropped)
            return broken();
        const auto begin = all.begin() + static_cast<std::ptrdiff_t>(at);
        packet.bytes.assign(begin, begin + packet.head.bytes);
        at = (at + packet.head.bytes + 7) / 8 * 8;
        piece.packets.push_back(std::move(packet));
    }
    return piece;
}

Result<std::vector<WorkerRecord>, QueryError> QueryClient::workers() {
    Request request;
    request.kind = QueryKind::workers;
    return ask_for<WorkerRecord>(request, timeout_);
}

Result<WireRecord, QueryError> QueryClient::drain_wire(const std::string& wire, bool now) {
    return turn_wire(QueryKind::drain_wire, wire, now);
}
Result<WireRecord, QueryError> QueryClient::undrain_wire(const std::string& wire) {
    return turn_wire(QueryKind::undrain_wire, wire, false);
}

Result<WireRecord, QueryError> QueryClient::turn_wire(QueryKind kind, const std::string& wire,
                                                      bool now) {
    Request request;
    request.kind = kind;
    request.now = now;
    if (wire.size() >= sizeof(request.wire))
        return Err{QueryError{QueryFailure::refused, wire + ": longer than 63 bytes"}};
    std::memcpy(request.wire, wire.data(), wire.size());
    SLUICE_TRY(records, ask_for<WireRecord>(request, timeout_));
    if (records.size() != 1) return Err{fail(QueryFailure::broken, "no wire in the answer")};
    return records[0];
}

Result<std::optional<FlowRecord>, QueryError> QueryClient::find_flow(const FlowTuple& tuple) {
    Request request;
    request.kind = QueryKind::find_flow;
    request.filter.tuple = tuple;
    SLUICE_TRY(records, ask_for<FlowRecord>(request, timeout_));
    if (records.empty()) return std::optional<FlowRecord>{};
    return std::optional<FlowRecord>{records[0]};
}

Result<QueryClient::FlowsPage, QueryError> QueryClient::flows(const FlowFilter& filter,
                                                              std::uint64_t cursor) {
    Request request;
    request.kind = QueryKind::flows;
    request.filter = filter;
    request.cursor = cursor;
    FlowsPage page;
    SLUICE_TRY(records, ask_for<FlowRecord>(request, timeout_, &page.cursor));
    page.flows = std::move(records);
    return page;
}

Result<QueryClient::Flows, QueryError> QueryClient::all_flows(const FlowFilter& filter,
                                                              std::size_t flows_max) {
    Flows all;
    std::uint64_t cursor = 0;
    do {
        SLUICE_TRY(page, flows(filter, cursor));
        const std::size_t room = flows_max - all.flows.size();
        const std::size_t take = std::min(room, page.flows.size());
        all.flows.insert(all.flows.end(), page.flows.begin(),
                         page.flows.begin() + static_cast<std::ptrdiff_t>(take));
        cursor = page.cursor;
        all.more = take < page.flows.size() || (cursor != 0 && all.flows.size() == flows_max);
    } while (cursor != 0 && !all.more);
    return all;
}

Result<StatusRecord, QueryError> QueryClient::load_bundle(const std::string& directory,
                                                          Milliseconds timeout) {
    Request request;
    request.kind = QueryKind::load_bundle;
    if (directory.size() > kPathMax)
        return Err{QueryError{QueryFailure::refused, directory + ": longer than 255 bytes"}};
    std::memcpy(request.path, directory.data(), directory.size());
    SLUICE_TRY(records, ask_for<StatusRecord>(request, timeout));
    if (records.size() != 1) return Err{fail(QueryFailure::broken, "no status in the answer")};
    return records[0];
}

}  // namespace sluice::ipc
