// QueryClient: asks a running data plane. Plain blocking socket calls with a deadline; no DPDK.
// Used by sluiced and, through it, by sluicectl.
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "rules/base/result.h"
#include "rules/ipc/query.h"

namespace sluice::ipc {

enum class QueryFailure : std::uint8_t {
    unreachable,     // no data plane listens there, or no permission
    timed_out,       // it did not answer in time; the connection is closed
    broken,          // it went away, or its answer is not of this build; the connection is closed
    refused,         // it called the question bad
    bundle_refused,  // load_bundle: the bundle is damaged or does not fit; the old one stays active
    busy,            // it could not answer now; ask again
};

struct QueryError {
    QueryFailure failure = QueryFailure::broken;
    std::string message;  // for people: what happened and what to do next
};

class QueryClient {
  public:
    using Milliseconds = std::chrono::milliseconds;

    // Connects to the data plane's socket (<runtime_dir>/dataplane.sock).
    //   timeout  longest wait for each answer, load_bundle excepted.
    static Result<QueryClient, QueryError> connect(const std::string& socket_path,
                                                   Milliseconds timeout = Milliseconds{2000});
    // Speaks over a connected SOCK_SEQPACKET socket, which it owns from now on.
    QueryClient(int connected_socket, Milliseconds timeout);
    QueryClient(QueryClient&& from) noexcept;
    QueryClient& operator=(QueryClient&& from) noexcept;
    ~QueryClient();

    // False after timed_out or broken: connect again. (A late answer must not be taken for the
    // answer to the next question.)
    bool connected() const { return socket_ >= 0; }

    Result<StatusRecord, QueryError> status();
    Result<std::vector<WireRecord>, QueryError> wires();
    Result<std::vector<WorkerRecord>, QueryError> workers();
    // Takes a wire out of use (`now`: data too, and at once) or back into it.
    Result<WireRecord, QueryError> drain_wire(const std::string& wire, bool now);
    Result<WireRecord, QueryError> undrain_wire(const std::string& wire);
    // Copies of packets as they leave (query.h): one capture at a time.
    Result<CaptureRecord, QueryError> start_capture(const FlowFilter& filter,
                                                    const CaptureOrder& order);
    Result<CaptureRecord, QueryError> stop_capture(std::uint64_t id);
    struct Captured {
        CapturedPacket head;
        std::vector<std::uint8_t> bytes;
    };
    struct CapturePiece {
        CaptureRecord record;
        std::vector<Captured> packets;  // none: nothing more for now
    };
    Result<CapturePiece, QueryError> read_capture(std::uint64_t id);
    // One flow by its exact tuple; nothing when the table does not hold it.
    Result<std::optional<FlowRecord>, QueryError> find_flow(const FlowTuple& tuple);

    struct FlowsPage {
        std::vector<FlowRecord> flows;  // at most kFlowsPerReply; may be empty before the end
        std::uint64_t cursor = 0;       // 0: that was all; else ask again with it
    };
    // A page of the table. The table lives on meanwhile: a flow that moves may be seen twice or
    // not.
    Result<FlowsPage, QueryError> flows(const FlowFilter& filter, std::uint64_t cursor);
    // Pages until `flows_max` are found or the table ends. `more` tells whether it was cut.
    struct Flows {
        std::vector<FlowRecord> flows;
        bool more = false;
    };
    Result<Flows, QueryError> all_flows(const FlowFilter& filter, std::size_t flows_max);

    // Makes the data plane load <directory>/current (an empty path: the one of its configuration)
    // and waits until every worker judges by it.
    Result<StatusRecord, QueryError> load_bundle(const std::string& directory,
                                                 Milliseconds timeout = Milliseconds{30'000});

  private:
    struct Answer {
        Reply reply;
        std::vector<std::uint8_t> records;
    };
    Result<WireRecord, QueryError> turn_wire(QueryKind kind, const std::string& wire, bool now);
    Result<Answer, QueryError> ask(const Request& request, std::size_t record_size,
                                   Milliseconds timeout);
    QueryError fail(QueryFailure failure, std::string message);
    template <class Record>
    Result<std::vector<Record>, QueryError> ask_for(const Request& request, Milliseconds timeout,
                                                    std::uint64_t* cursor = nullptr);

    int socket_ = -1;
    Milliseconds timeout_;
};

}  // namespace sluice::ipc
