#include "control/link/live_dataplane.h"

#include <algorithm>

namespace sluice::control {

std::string hash_text(const ipc::StatusRecord& status) {
    const auto* end = std::end(status.bundle_hash);
    if (std::all_of(std::begin(status.bundle_hash), end, [](auto b) { return b == 0; })) return "";
    constexpr char kDigits[] = "0123456789abcdef";
    std::string hex;
    for (std::uint8_t byte : status.bundle_hash) {
        hex += kDigits[byte >> 4];
        hex += kDigits[byte & 15];
    }
    return hex;
}

template <class Answer, class Question>
Answer LiveDataPlane::ask(Question&& question) {
    const std::lock_guard lock(mutex_);
    const bool fresh = !client_ || !client_->connected();
    if (fresh) {
        auto connected = ipc::QueryClient::connect(runtime_dir_ + "/dataplane.sock");
        if (!connected) {
            client_.reset();
            return Err{connected.error()};
        }
        client_.emplace(std::move(connected).value());
    }
    Answer answer = question(*client_);
    // A restarted data plane breaks the old connection at the first question after it: ask once
    // more.
    if (answer.ok() || fresh || answer.error().failure != ipc::QueryFailure::broken) return answer;
    auto again = ipc::QueryClient::connect(runtime_dir_ + "/dataplane.sock");
    if (!again) return Err{again.error()};
    client_.emplace(std::move(again).value());
    return question(*client_);
}

Result<ipc::StatusRecord, ipc::QueryError> LiveDataPlane::status() {
    return ask<Result<ipc::StatusRecord, ipc::QueryError>>([](auto& c) { return c.status(); });
}

Result<std::vector<ipc::WireRecord>, ipc::QueryError> LiveDataPlane::wires() {
    return ask<Result<std::vector<ipc::WireRecord>, ipc::QueryError>>(
        [](auto& c) { return c.wires(); });
}

Result<ipc::CaptureRecord, ipc::QueryError> LiveDataPlane::start_capture(
    const ipc::FlowFilter& filter, const ipc::CaptureOrder& order) {
    return ask<Result<ipc::CaptureRecord, ipc::QueryError>>(
        [&](auto& c) { return c.start_capture(filter, order); });
}

Result<ipc::QueryClient::CapturePiece, ipc::QueryError> LiveDataPlane::read_capture(
    std::uint64_t id) {
    return ask<Result<ipc::QueryClient::CapturePiece, ipc::QueryError>>(
        [&](auto& c) { return c.read_capture(id); });
}

Result<ipc::CaptureRecord, ipc::QueryError> LiveDataPlane::stop_capture(std::uint64_t id) {
    return ask<Result<ipc::CaptureRecord, ipc::QueryError>>(
        [&](auto& c) { return c.stop_capture(id); });
}

Result<std::vector<ipc::WorkerRecord>, ipc::QueryError> LiveDataPlane::workers() {
    return ask<Result<std::vector<ipc::WorkerRecord>, ipc::QueryError>>(
        [](auto& c) { return c.workers(); });
}

Result<ipc::WireRecord, ipc::QueryError> LiveDataPlane::drain_wire(const std::string& wire,
                                                                   bool now) {
    return ask<Result<ipc::WireRecord, ipc::QueryError>>(
        [&](auto& c) { return c.drain_wire(wire, now); });
}

Result<ipc::WireRecord, ipc::QueryError> LiveDataPlane::undrain_wire(const std::string& wire) {
    return ask<Result<ipc::WireRecord, ipc::QueryError>>(
        [&](auto& c) { return c.undrain_wire(wire); });
}

Result<ipc::QueryClient::Flows, ipc::QueryError> LiveDataPlane::flows(const ipc::FlowFilter& filter,
                                                                      std::size_t flows_max) {
    return ask<Result<ipc::QueryClient::Flows, ipc::QueryError>>(
        [&](auto& c) { return c.all_flows(filter, flows_max); });
}

Result<std::optional<ipc::FlowRecord>, ipc::QueryError> LiveDataPlane::find_flow(
    const ipc::FlowTuple& tuple) {
    return ask<Result<std::optional<ipc::FlowRecord>, ipc::QueryError>>(
        [&](auto& c) { return c.find_flow(tuple); });
}

Result<std::optional<ipc::FlowRecord>, ipc::QueryError> LiveDataPlane::find_flow_by_id(
    std::uint64_t id) {
    using Answer = Result<std::optional<ipc::FlowRecord>, ipc::QueryError>;
    std::uint64_t cursor = 0;
    do {
        // One page a turn of the lock: other questions are answered in between.
        auto page = ask<Result<ipc::QueryClient::FlowsPage, ipc::QueryError>>(
            [&](auto& c) { return c.flows({}, cursor); });
        if (!page) return Err{page.error()};
        for (const ipc::FlowRecord& flow : page->flows)
            if (flow.id == id) return Answer(std::optional(flow));
        cursor = page->cursor;
    } while (cursor != 0);
    return std::optional<ipc::FlowRecord>();
}

Result<ipc::StatusRecord, ipc::QueryError> LiveDataPlane::load_bundle(
    const std::string& directory) {
    return ask<Result<ipc::StatusRecord, ipc::QueryError>>(
        [&](auto& c) { return c.load_bundle(directory); });
}

std::optional<ipc::CounterBlock> LiveDataPlane::counters() {
    const std::lock_guard lock(mutex_);
    if (!counters_ || counters_->replaced()) {
        counters_.reset();
        auto opened = ipc::CountersReader::open(runtime_dir_);
        if (!opened) return std::nullopt;
        counters_.emplace(std::move(opened).value());
    }
    ipc::CounterBlock total;
    for (std::uint32_t w = 0; w < counters_->workers(); ++w)
        if (const auto block = counters_->read(w)) ipc::add(total, *block);
    return total;
}

}  // namespace sluice::control
