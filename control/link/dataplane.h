// The data plane as the control plane sees it: questions, counters, and the order to load a bundle.
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "rules/ipc/counters.h"
#include "rules/ipc/query_client.h"

namespace sluice::control {

class DataPlane {
  public:
    virtual ~DataPlane() = default;
    virtual Result<ipc::StatusRecord, ipc::QueryError> status() = 0;
    virtual Result<std::vector<ipc::WireRecord>, ipc::QueryError> wires() = 0;
    // Copies of packets; one capture at a time.
    virtual Result<ipc::CaptureRecord, ipc::QueryError> start_capture(
        const ipc::FlowFilter& filter, const ipc::CaptureOrder& order) = 0;
    virtual Result<ipc::QueryClient::CapturePiece, ipc::QueryError> read_capture(
        std::uint64_t id) = 0;
    virtual Result<ipc::CaptureRecord, ipc::QueryError> stop_capture(std::uint64_t id) = 0;
    virtual Result<std::vector<ipc::WorkerRecord>, ipc::QueryError> workers() = 0;
    // Out of use (`now`: data too, and at once), or into it again.
    virtual Result<ipc::WireRecord, ipc::QueryError> drain_wire(const std::string& wire,
                                                                bool now) = 0;
    virtual Result<ipc::WireRecord, ipc::QueryError> undrain_wire(const std::string& wire) = 0;
    virtual Result<ipc::QueryClient::Flows, ipc::QueryError> flows(const ipc::FlowFilter& filter,
                                                                   std::size_t flows_max) = 0;
    virtual Result<std::optional<ipc::FlowRecord>, ipc::QueryError> find_flow(
        const ipc::FlowTuple& tuple) = 0;
    // Looks through the whole table (some microseconds a page of 128).
    virtual Result<std::optional<ipc::FlowRecord>, ipc::QueryError> find_flow_by_id(
        std::uint64_t id) = 0;
    // Waits until every worker judges by the bundle in `directory`.
    virtual Result<ipc::StatusRecord, ipc::QueryError> load_bundle(
        const std::string& directory) = 0;
    // All workers' counters added up; nothing while no data plane shares any.
    virtual std::optional<ipc::CounterBlock> counters() = 0;
};

// Lower-case hex of a status record's bundle hash; empty for all zeros (none loaded).
std::string hash_text(const ipc::StatusRecord& status);

}  // namespace sluice::control
