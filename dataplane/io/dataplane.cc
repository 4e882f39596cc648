// Start, serve, stop.
#include "dataplane/io/dataplane.h"

#include <rte_launch.h>
#include <rte_lcore.h>
#include <spdlog/spdlog.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "dataplane/io/flow_cursor.h"
#include "dataplane/io/generation.h"
#include "dataplane/io/memory_budget.h"
#include "dataplane/io/stack_trace.h"
#include "rules/ipc/shm_layout.h"
#include "rules/sandbox/sandbox.h"

namespace sluice::io {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kAnswerDeadline = std::chrono::milliseconds(1'500);
// Groups of 32 flows a page may look at: about 40 ms of a worker's time, in pieces.
constexpr std::uint32_t kGroupsPerPage = 65'536;

std::int64_t utc_now_ns() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

std::int64_t now_ms() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now().time_since_epoch())
        .count();
}

int worker_main(void* loop) {
    sandbox::keep_capabilities(sandbox::kDataplaneCapabilities);
    static_cast<WorkerLoop*>(loop)->run();
    return 0;
}

Result<Done, std::string> become(const std::string& run_as) {
    if (run_as.empty()) return Done{};
    SLUICE_TRY(account, sandbox::find_account(run_as));
    return sandbox::become(account);
}

HashKey draw_key() {
    HashKey key;
    SLUICE_ASSERT(getrandom(&key, sizeof(key), 0) == ssize_t{sizeof(key)});
    return key;
}

Result<std::vector<PacketPool>, std::string> make_pools(const Settings& settings) {
    std::vector<PacketPool> pools;
    SLUICE_TRY(layout, pool_layout(settings));
    const unsigned nodes = settings.huge_pages ? rte_socket_count() : 1;
    for (unsigned i = 0; i < nodes; ++i) {
        const int node = nodes == 1 ? SOCKET_ID_ANY : rte_socket_id_by_idx(i);
        SLUICE_TRY(pool, PacketPool::create(packet_buffers(settings), node, layout));
        pools.push_back(std::move(pool));
    }
    return pools;
}

rte_mempool* pool_of(const std::vector<PacketPool>& pools, int node) {
    for (std::size_t i = 0; i < pools.size() && pools.size() > 1; ++i)
        if (rte_socket_id_by_idx(static_cast<unsigned>(i)) == node) return pools[i].get();
    return pools[0].get();
}

Result<std::vector<Port>, std::string> find_ports(const Settings& settings) {
    std::vector<Port> ports;
    for (const WireSettings& wire : settings.wires)
        for (const DeviceName* device : {&wire.user, &wire.internet}) {
            SLUICE_TRY(port, Port::find(*device));
            ports.push_back(std::move(port));
        }
    return ports;
}

// What cards compute, as soon as one of them can: all wires must agree on who has a flow.
Steering::Hash hash_for(const std::vector<Port>& ports, unsigned workers) {
    const bool any =
        std::ranges::any_of(ports, [&](const Port& p) { return p.can_spread(workers); });
    return any ? Steering::Hash::toeplitz : Steering::Hash::keyed;
}

Result<Done, std::string> start_ports(const Settings& settings, const Steering& steering,
                                      const std::vector<PacketPool>& pools,
                                      std::vector<Port>& ports) {
    for (std::size_t i = 0; i < ports.size(); ++i) {
        SLUICE_TRY(started, ports[i].start(settings, steering,
                                           [&](int node) { return pool_of(pools, node); }));
        static_cast<void>(started);
        const WireSettings& wire = settings.wires[i / 2];
        spdlog::info("wire {}: {} side {}, {}", wire.id, i % 2 == 0 ? "user" : "internet",
                     (i % 2 == 0 ? wire.user : wire.internet).name, ports[i].link_text());
    }
    return Done{};
}

// Ports with one queue: whose it is.
unsigned home_of(std::size_t port, unsigned workers) {
    return static_cast<unsigned>(port % workers);
}

Result<std::optional<Mesh>, std::string> make_mesh(const Settings& settings,
                                                   const std::vector<Port>& ports) {
    const unsigned workers = settings.workers();
    if (workers < 2) return std::optional<Mesh>();
    std::vector<int> homes, nodes;
    for (std::size_t port = 0; port < ports.size(); ++port)
        homes.push_back(ports[port].tx_queues() < workers ? static_cast<int>(home_of(port, workers))
                                                          : -1);
    for (unsigned worker = 0; worker < workers; ++worker)
        nodes.push_back(static_cast<int>(rte_lcore_to_socket_id(1 + worker)));
    SLUICE_TRY(mesh, Mesh::create(workers, homes, nodes));
    return std::optional<Mesh>(std::move(mesh));
}

}  // namespace

Result<std::unique_ptr<Dataplane>, std::string> Dataplane::start(const Settings& settings,
                                                                 LoadBundle load) {
    SLUICE_TRY(parts, make_parts(settings));
    std::unique_ptr<Dataplane> dataplane(
        new Dataplane(settings, std::move(parts), std::move(load)));
    auto server = QueryServer::listen(ipc::query_socket_path(settings.runtime_dir), *dataplane);
    if (!server) return Err{server.error()};
    dataplane->server_.emplace(std::move(server).value());
    dataplane->start_workers();
    sandbox::keep_capabilities(sandbox::kDataplaneCapabilities);
    dataplane->loader_->start(settings.bundle_dir);
    SLUICE_TRY(limited, sandbox::limit_calls(sandbox::dataplane_calls()));
    static_cast<void>(limited);
    return dataplane;
}

Result<Dataplane::Parts, std::string> Dataplane::make_parts(const Settings& settings) {
    SLUICE_TRY(eal, Eal::start(settings));
    SLUICE_TRY(pools, make_pools(settings));
    SLUICE_TRY(ports, find_ports(settings));
    const HashKey key = draw_key();
    const Steering steering(settings.workers(), hash_for(ports, settings.workers()), key);
    SLUICE_TRY(started, start_ports(settings, steering, pools, ports));
    static_cast<void>(started);
    SLUICE_TRY(mesh, make_mesh(settings, ports));
    // What only root may open is open. Files made from here on belong to the user we stay.
    SLUICE_TRY(became, become(settings.run_as));
    static_cast<void>(became);
    SLUICE_TRY(shared,
               SharedMemory::create(settings.runtime_dir, settings.workers(), utc_now_ns()));
    return Parts{std::move(eal), std::move(pools), std::move(ports), key,
                 steering,       std::move(mesh),  std::move(shared)};
}

Dataplane::Dataplane(const Settings& settings, Parts parts, LoadBundle load)
    : settings_(settings),
      parts_(std::move(parts)),
      channels_(settings.workers()),
      switches_(settings.wires.size()),
      captures_(settings.workers()),
      started_utc_ns_(utc_now_ns()),
      process_(draw_key().low) {
    std::vector<std::string> wire_ids;
    for (const WireSettings& wire : settings_.wires)
        wire_ids.push_back(wire.id);
    make_workers();
    supervisor_.emplace(Supervisor::Wiring{.settings = settings_,
                                           .ports = parts_.ports,
                                           .channels = channels_,
                                           .meters = meters_,
                                           .switches = switches_,
                                           .events = parts_.shared.events(settings.workers())});
    loader_ = std::make_unique<BundleLoader>(
        BundleLoader::Wiring{.load = std::move(load),
                             .wire_ids = std::move(wire_ids),
                             .workers = channels_,
                             .spacing_ns = bundle_spacing_ns(settings_.limits.sweep_ms)});
}

// The memory of a worker is asked for here, and lies on the node of the first to touch it: the
// worker.
void Dataplane::make_workers() {
    const unsigned workers = settings_.workers();
    memory_bytes_ = SharedMemory::memory_bytes(workers) +
                    Mesh::memory_bytes(workers, static_cast<unsigned>(parts_.ports.size())) +
                    parts_.pools.size() * packet_pool_bytes(packet_buffers(settings_), settings_);
    port_uses_.resize(workers);
    for (unsigned i = 0; i < workers; ++i) {
        meters_.push_back(std::make_unique<MeterRow>());
        workers_.push_back(std::make_unique<pipeline::Worker>(
            settings_.limits, pipeline::WorkerDeps{.hash_key = parts_.key,
                                                   .events = &parts_.shared.events(i),
                                                   .worker_id = static_cast<std::uint8_t>(i),
                                                   .evidence = &parts_.shared.evidence(i)}));
        loops_.push_back(std::make_unique<WorkerLoop>(*workers_[i], channels_,
                                                      parts_.shared.counters(i), wiring_of(i)));
        memory_bytes_ += workers_[i]->memory_bytes();
    }
}

WorkerLoop::Wiring Dataplane::wiring_of(unsigned worker) {
    const unsigned workers = settings_.workers();
    std::vector<WorkerLoop::PortUse>& uses = port_uses_[worker];
    for (std::size_t i = 0; i < parts_.ports.size(); ++i) {
        const Port& port = parts_.ports[i];
        const bool home = home_of(i, workers) == worker;
        const auto queue = [&](unsigned queues) -> std::optional<std::uint16_t> {
            if (queues == workers) return static_cast<std::uint16_t>(worker);
            return home ? std::optional<std::uint16_t>(std::uint16_t{0}) : std::nullopt;
        };
        uses.push_back({.eth_port = port.id(),
                        .rx_queue = queue(port.rx_queues()),
                        .tx_queue = queue(port.tx_queues()),
                        .sends_for_others = home && port.tx_queues() < workers,
                        .restores_tags = port.tags_in_metadata()});
    }
    return {.worker = worker,
            .ports = uses,
            .pool = pool_of(parts_.pools, static_cast<int>(rte_lcore_to_socket_id(1 + worker))),
            .idle = settings_.idle,
            .steering = &parts_.steering,
            .mesh = parts_.mesh ? &*parts_.mesh : nullptr,
            .meters = meters_[worker].get(),
            .switches = switches_,
            .capture = &captures_.slot(worker),
            .broker_socket = settings_.broker_socket,
            .process = process_};
}

void Dataplane::start_workers() {
    prepare_stack_traces();
    for (unsigned i = 0; i < settings_.workers(); ++i) {
        rte_eal_remote_launch(worker_main, loops_[i].get(), 1 + i);
        spdlog::info("worker {} on CPU {}: {} flows at most, {}, {} code", i,
                     settings_.worker_cpus[i], settings_.limits.flows_max,
                     bytes_text(workers_[i]->memory_bytes()), workers_[i]->code_path());
    }
}

void Dataplane::stop_workers() {
    for (WorkerChannel& channel : channels_)
        channel.stop.store(true, std::memory_order_relaxed);
    rte_eal_mp_wait_lcore();
}

Dataplane::~Dataplane() {
    stop_workers();
    server_.reset();
    loops_.clear();
    workers_.clear();  // gives held packets back
    loader_.reset();
}

void Dataplane::run() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    const int signal_fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
    SLUICE_ASSERT(signal_fd >= 0);
    pollfd others[] = {{.fd = signal_fd, .events = POLLIN, .revents = 0},
                       {.fd = loader_->done_fd(), .events = POLLIN, .revents = 0}};
    auto due = Clock::now();
    do {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(due - Clock::now()).count();
        server_->poll_once(others, static_cast<int>(std::max<std::int64_t>(left, 0)));
        if (others[1].revents != 0) load_finished();
        if (Clock::now() < due) continue;
        due = Clock::now() + std::chrono::milliseconds(Supervisor::kPeriodMs);
        const BundleLoader::InForce bundle = loader_->in_force();
        supervisor_->turn(now_ms(), bundle.wires, bundle.generation);
        captures_.turn(now_ms());
    } while (others[0].revents == 0);
    close(signal_fd);
    spdlog::info("stopping: no more packets are received");
}

void Dataplane::load_finished() {
    const std::optional<BundleLoader::Outcome> outcome = loader_->take();
    if (!outcome) return;
    if (outcome->ok())
        spdlog::info("bundle of generation {} is in force", (*outcome)->generation);
    else if (loader_->in_force().generation == 0)
        spdlog::warn("{}; nothing is received until a bundle is loaded", outcome->error().message);
    else
        spdlog::error("bundle refused, the one before stays in force: {}",
                      outcome->error().message);
    if (!std::exchange(somebody_waits_, false)) return;
    if (outcome->ok()) {
        const ipc::StatusRecord record = status();
        server_->answer_waiting(Answer::of(std::span(&record, 1)));
    } else {
        server_->answer_waiting(Answer::refusal(outcome->error().status, outcome->error().message));
    }
}

std::optional<Answer> Dataplane::answer(const ipc::Request& request) {
    switch (request.kind) {
        case ipc::QueryKind::status: {
            const ipc::StatusRecord record = status();
            return Answer::of(std::span(&record, 1));
        }
        case ipc::QueryKind::wires:
            return Answer::of(std::span<const ipc::WireRecord>(wires()));
        case ipc::QueryKind::flows:
            return flows(request);
        case ipc::QueryKind::find_flow:
            return find_flow(request);
        case ipc::QueryKind::workers:
            return Answer::of(std::span<const ipc::WorkerRecord>(workers()));
        case ipc::QueryKind::drain_wire:
        case ipc::QueryKind::undrain_wire:
            return turn_wire(request);
        case ipc::QueryKind::load_bundle:
            break;
        case ipc::QueryKind::capture_start:
        case ipc::QueryKind::capture_read:
        case ipc::QueryKind::capture_stop:
            return capture(request);
    }
    const std::string directory = request.path[0] == 0 ? settings_.bundle_dir : request.path;
    if (!loader_->start(directory))
        return Answer::refusal(ipc::ReplyStatus::busy, "a bundle is being loaded; ask again");
    somebody_waits_ = true;
    return std::nullopt;
}

ipc::StatusRecord Dataplane::status() const {
    const BundleLoader::InForce bundle = loader_->in_force();
    ipc::StatusRecord record;
    record.pid = static_cast<std::uint32_t>(getpid());
    record.workers = settings_.workers();
    record.generation = bundle.generation;
    std::copy(bundle.hash.begin(), bundle.hash.end(), record.bundle_hash);
    record.bundle_loaded_utc_ns = bundle.loaded_utc_ns;
    record.started_utc_ns = started_utc_ns_;
    record.flows_max = std::uint64_t{settings_.workers()} * settings_.limits.flows_max;
    record.memory_bytes = memory_bytes_;
    record.stalled = supervisor_->stalled_workers();
    return record;
}

std::vector<ipc::WireRecord> Dataplane::wires() const {
    const BundleLoader::InForce bundle = loader_->in_force();
    std::vector<ipc::WireRecord> records;
    for (std::size_t i = 0; i < settings_.wires.size(); ++i)
        records.push_back(supervisor_->record(i, bundle.wires));
    return records;
}

Answer Dataplane::turn_wire(const ipc::Request& request) {
    const std::string_view wire = request.wire;
    const bool drain = request.kind == ipc::QueryKind::drain_wire;
    const bool known = drain ? supervisor_->drain(wire, request.now) : supervisor_->undrain(wire);
    if (!known)
        return Answer::refusal(ipc::ReplyStatus::bad_request,
                               "no wire \"" + std::string(wire) +
                                   "\" in the configuration; `sluicectl uplink show` names them");
    spdlog::info("wire {}: {}", wire,
                 !drain        ? "in use again"
                 : request.now ? "closed at once"
                               : "draining: what keeps routes alive passes no more");
    const std::vector<ipc::WireRecord> all = wires();
    for (const ipc::WireRecord& record : all)
        if (wire == record.id) return Answer::of(std::span(&record, 1));
    return Answer::of(std::span<const ipc::WireRecord>());
}

Answer Dataplane::capture(const ipc::Request& request) {
    const auto none = [] {
        return Answer::refusal(ipc::ReplyStatus::bad_request, "that capture has ended");
    };
    if (request.kind == ipc::QueryKind::capture_read) {
        auto bytes = captures_.read(request.cursor, now_ms());
        if (!bytes) return none();
        Answer answer;  // one record as long as it happens to be
        answer.count = 1;
        answer.record_size = static_cast<std::uint32_t>(bytes->size());
        answer.records = std::move(*bytes);
        return answer;
    }
    const bool starts = request.kind == ipc::QueryKind::capture_start;
    const auto record = starts ? captures_.start(request.filter, request.capture, now_ms())
                               : captures_.stop(request.cursor);
    if (record) return Answer::of(std::span(&*record, 1));
    if (starts)
        return Answer::refusal(ipc::ReplyStatus::busy, "another capture is running; one at a time");
    return none();
}

FlowJob* Dataplane::ask_worker(unsigned worker, const ipc::Request& request, FlowJob::Kind kind,
                               std::uint64_t cursor) {
    Mailbox& mailbox = channels_[worker].mailbox;
    FlowJob* job = mailbox.begin();
    if (job == nullptr) return nullptr;
    job->kind = kind;
    job->filter = request.filter;
    job->cursor = cursor;
    job->groups_left = kGroupsPerPage;
    job->count = 0;
    mailbox.post();
    const auto deadline = Clock::now() + kAnswerDeadline;
    while (!mailbox.done()) {
        if (Clock::now() > deadline) return nullptr;
        std::this_thread::sleep_for(std::chrono::microseconds(20));
    }
    return job;
}

Answer Dataplane::flows(const ipc::Request& request) {
    const FlowCursor cursor = FlowCursor::from(request.cursor);
    if (cursor.worker >= settings_.workers())
        return Answer::refusal(ipc::ReplyStatus::bad_request, "the cursor is not one we gave");
    const FlowJob* job = ask_worker(cursor.worker, request, FlowJob::Kind::scan, cursor.place);
    if (job == nullptr)
        return Answer::refusal(ipc::ReplyStatus::busy, "a worker did not answer in time");
    return Answer::of(std::span<const ipc::FlowRecord>(job->records.data(), job->count),
                      cursor.after(job->cursor, settings_.workers()));
}

// Where the two addresses lead.
Answer Dataplane::find_flow(const ipc::Request& request) {
    const ipc::FlowTuple& tuple = request.filter.tuple;
    const unsigned worker = parts_.steering.worker_of(tuple.user, tuple.remote);
    const FlowJob* job = ask_worker(worker, request, FlowJob::Kind::find, 0);
    if (job == nullptr)
        return Answer::refusal(ipc::ReplyStatus::busy, "a worker did not answer in time");
    return Answer::of(std::span<const ipc::FlowRecord>(job->records.data(), job->count));
}

std::vector<ipc::WorkerRecord> Dataplane::workers() const {
    std::vector<ipc::WorkerRecord> records;
    for (unsigned i = 0; i < settings_.workers(); ++i) {
        ipc::WorkerRecord record;
        record.cpu = settings_.worker_cpus[i];
        record.numa_node =
            rte_socket_count() > 1 ? static_cast<int>(rte_lcore_to_socket_id(1 + i)) : -1;
        record.turns = channels_[i].turns.load(std::memory_order_relaxed);
        record.stalled = channels_[i].stalled.load(std::memory_order_relaxed);
        record.share_permille = supervisor_->share_permille(i);
        ipc::CounterBlock counters;
        // A worker that is publishing just now is done in a moment; one that died in the middle
        // never is.
        for (int tries = 0; tries < 1'000 && !parts_.shared.counters(i).read(counters); ++tries)
            std::this_thread::yield();
        record.rx = counters.rx;
        record.steered = counters.steered;
        record.flows_live = counters.flows_live;
        record.busy_cycles = counters.busy_cycles;
        record.idle_cycles = counters.idle_cycles;
        records.push_back(record);
    }
    return records;
}

}  // namespace sluice::io
