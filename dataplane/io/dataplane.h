// Dataplane: all of io/ put together in the order it starts and, backwards, stops. The thread that
// runs it is the control thread; each worker has a core of its own.
#pragma once
#include <csignal>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "dataplane/io/bundle_loader.h"
#include "dataplane/io/capture.h"
#include "dataplane/io/eal.h"
#include "dataplane/io/mesh.h"
#include "dataplane/io/packet_pool.h"
#include "dataplane/io/port.h"
#include "dataplane/io/query_server.h"
#include "dataplane/io/settings.h"
#include "dataplane/io/shared_memory.h"
#include "dataplane/io/steering.h"
#include "dataplane/io/supervisor.h"
#include "dataplane/io/worker_channel.h"
#include "dataplane/io/worker_loop.h"
#include "rules/base/result.h"

namespace sluice::io {

class Dataplane final : public QueryHandler {
  public:
    // EAL, packet buffers, ports, shared memory, workers, query socket; then drops privileges and
    // begins to load the current bundle. Nothing is received before a bundle is in force.
    //   returns  an error in words, what to do next included.
    static Result<std::unique_ptr<Dataplane>, std::string> start(const Settings& settings,
                                                                 LoadBundle load);
    ~Dataplane() override;
    Dataplane(const Dataplane&) = delete;

    // Answers questions until SIGTERM or SIGINT, which the caller has blocked in all threads.
    void run();

    std::optional<Answer> answer(const ipc::Request& request) override;

  private:
    // What lives as long as the process serves, in the order of its making.
    struct Parts {
        Eal eal;
        std::vector<PacketPool> pools;  // by NUMA node; one for all where there is only one node
        std::vector<Port> ports;        // by port_of(wire, side)
        HashKey key;                    // all workers hash alike, with a key nobody outside knows
        Steering steering;
        std::optional<Mesh> mesh;  // none for a single worker
        SharedMemory shared;
    };
    static Result<Parts, std::string> make_parts(const Settings& settings);
    Dataplane(const Settings& settings, Parts parts, LoadBundle load);

    void make_workers();
    WorkerLoop::Wiring wiring_of(unsigned worker);
    void start_workers();
    void stop_workers();
    void load_finished();
    ipc::StatusRecord status() const;
    std::vector<ipc::WireRecord> wires() const;
    Answer capture(const ipc::Request& request);
    Answer turn_wire(const ipc::Request& request);
    std::vector<ipc::WorkerRecord> workers() const;
    Answer flows(const ipc::Request& request);
    Answer find_flow(const ipc::Request& request);
    // Gives a job to a worker and waits for it; nullptr when it does not answer in time.
    FlowJob* ask_worker(unsigned worker, const ipc::Request& request, FlowJob::Kind kind,
                        std::uint64_t cursor);

    Settings settings_;
    Parts parts_;
    std::vector<std::vector<WorkerLoop::PortUse>> port_uses_;  // by worker, then port
    std::vector<std::unique_ptr<pipeline::Worker>> workers_;
    std::vector<WorkerChannel> channels_;
    std::vector<std::unique_ptr<MeterRow>> meters_;  // by worker
    std::vector<WireSwitch> switches_;               // by wire
    std::optional<Supervisor> supervisor_;
    CaptureDesk captures_;
    std::vector<std::unique_ptr<WorkerLoop>> loops_;
    std::unique_ptr<BundleLoader> loader_;
    std::optional<QueryServer> server_;
    std::int64_t started_utc_ns_ = 0;
    std::uint64_t process_ = 0;  // random: which process of ours the broker talks to
    std::uint64_t memory_bytes_ = 0;
    bool somebody_waits_ = false;  // a client asked for the load that is under way
};

}  // namespace sluice::io
