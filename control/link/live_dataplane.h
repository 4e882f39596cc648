// DataPlane over the real sockets and shared files of <runtime>. One lock: questions of several API
// threads take turns. A lost connection is opened again at the next question.
#pragma once
#include <mutex>

#include "control/link/dataplane.h"
#include "rules/ipc/shm_reader.h"

namespace sluice::control {

class LiveDataPlane : public DataPlane {
  public:
    explicit LiveDataPlane(std::string runtime_dir) : runtime_dir_(std::move(runtime_dir)) {}

    Result<ipc::StatusRecord, ipc::QueryError> status() override;
    Result<std::vector<ipc::WireRecord>, ipc::QueryError> wires() override;
    Result<ipc::CaptureRecord, ipc::QueryError> start_capture(
        const ipc::FlowFilter& filter, const ipc::CaptureOrder& order) override;
    Result<ipc::QueryClient::CapturePiece, ipc::QueryError> read_capture(std::uint64_t id) override;
    Result<ipc::CaptureRecord, ipc::QueryError> stop_capture(std::uint64_t id) override;
    Result<std::vector<ipc::WorkerRecord>, ipc::QueryError> workers() override;
    Result<ipc::WireRecord, ipc::QueryError> drain_wire(const std::string& wire, bool now) override;
    Result<ipc::WireRecord, ipc::QueryError> undrain_wire(const std::string& wire) override;
    Result<ipc::QueryClient::Flows, ipc::QueryError> flows(const ipc::FlowFilter& filter,
                                                           std::size_t flows_max) override;
    Result<std::optional<ipc::FlowRecord>, ipc::QueryError> find_flow(
        const ipc::FlowTuple& tuple) override;
    Result<std::optional<ipc::FlowRecord>, ipc::QueryError> find_flow_by_id(
        std::uint64_t id) override;
    Result<ipc::StatusRecord, ipc::QueryError> load_bundle(const std::string& directory) override;
    std::optional<ipc::CounterBlock> counters() override;

  private:
    template <class Answer, class Question>
    Answer ask(Question&& question);

    std::string runtime_dir_;
    std::mutex mutex_;
    std::optional<ipc::QueryClient> client_;
    std::optional<ipc::CountersReader> counters_;
};

}  // namespace sluice::control
