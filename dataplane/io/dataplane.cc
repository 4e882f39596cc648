// Start, serve, stop.
#include "dataplane/io/dataplane.h"

#include <rte_launch.h>
#include <rte_lcore.h>
#include <spdlog/spdlog.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <chrono>
#include <thread>
#include <utility>

#include "dataplane/io/flow_cursor.h"
#include "dataplane/io/generation.h"
#include "dataplane/io/memory_budget.h"
#include "dataplane/io/privileges.h"
#include "rules/ipc/shm_layout.h"

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

int worker_main(void* loop) {
    drop_privileges();
    static_cast<WorkerLoop*>(loop)->run();
    return 0;
}

// All workers hash alike, with a key nobody outside can know.
flow::HashKey draw_key() {
    flow::HashKey key;
    SLUICE_ASSERT(getrandom(&key, sizeof(key), 0) == ssize_t{sizeof(key)});
    return key;
}

Result<std::vector<Port>, std::string> open_ports(const Settings& settings, rte_mempool* pool) {
    std::vector<Port> ports;
    for (const WireSettings& wire : settings.wires)
        for (const DeviceName* device : {&wire.user, &wire.internet}) {
            SLUICE_TRY(port, Port::open(*device, settings, pool));
            spdlog::info("wire {}: {} side {}, {}", wire.id,
                         device == &wire.user ? "user" : "internet", device->name,
                         port.link_text());
            ports.push_back(std::move(port));
        }
    return ports;
}

}  // namespace

Result<std::unique_ptr<Dataplane>, std::string> Dataplane::start(const Settings& settings,
                                                                 LoadBundle load) {
    SLUICE_TRY(eal, Eal::start(settings));
    SLUICE_TRY(pool, PacketPool::create(packet_buffers(settings)));
    SLUICE_TRY(ports, open_ports(settings, pool.get()));
    SLUICE_TRY(shared,
               SharedMemory::create(settings.runtime_dir, settings.workers(), utc_now_ns()));
    std::unique_ptr<Dataplane> dataplane(new Dataplane(
        settings, Parts{std::move(eal), std::move(pool), std::move(ports), std::move(shared)},
        std::move(load)));
    auto server = QueryServer::listen(ipc::query_socket_path(settings.runtime_dir), *dataplane);
    if (!server) return Err{server.error()};
    dataplane->server_.emplace(std::move(server).value());
    dataplane->start_workers();
    drop_privileges();
    dataplane->loader_->start(settings.bundle_dir);
    return dataplane;
}

Dataplane::Dataplane(const Settings& settings, Parts parts, LoadBundle load)
    : settings_(settings),
      parts_(std::move(parts)),
      channels_(settings.workers()),
      started_utc_ns_(utc_now_ns()) {
    for (const Port& port : parts_.ports)
        eth_ports_.push_back(port.id());
    std::vector<std::string> wire_ids;
    for (const WireSettings& wire : settings_.wires)
        wire_ids.push_back(wire.id);
    const flow::HashKey key = draw_key();
    memory_bytes_ = SharedMemory::memory_bytes(settings_.workers()) +
                    packet_pool_bytes(packet_buffers(settings_), settings_.huge_pages);
    for (unsigned i = 0; i < settings_.workers(); ++i) {
        workers_.push_back(std::make_unique<pipeline::Worker>(
            settings_.limits,
            pipeline::WorkerDeps{.hash_key = key, .events = &parts_.shared.events(i)}));
        loops_.push_back(std::make_unique<WorkerLoop>(
            *workers_[i], channels_[i], parts_.shared.counters(i),
            WorkerLoop::Wiring{i, eth_ports_, parts_.pool.get(), settings_.idle}));
        memory_bytes_ += workers_[i]->memory_bytes();
    }
    loader_ = std::make_unique<BundleLoader>(
        BundleLoader::Wiring{.load = std::move(load),
                             .wire_ids = std::move(wire_ids),
                             .workers = channels_,
                             .spacing_ns = bundle_spacing_ns(settings_.limits.sweep_ms)});
}

void Dataplane::start_workers() {
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
    do {
        server_->poll_once(others, -1);
        if (others[1].revents != 0) load_finished();
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
        case ipc::QueryKind::load_bundle:
            break;
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
    return record;
}

std::vector<ipc::WireRecord> Dataplane::wires() const {
    const BundleLoader::InForce bundle = loader_->in_force();
    std::vector<ipc::WireRecord> records;
    for (std::size_t i = 0; i < settings_.wires.size(); ++i) {
        ipc::WireRecord record;
        const std::string& id = settings_.wires[i].id;
        id.copy(record.id, sizeof(record.id) - 1);
        if (i < bundle.wires.size()) {
            const WireFact& fact = bundle.wires[i].fact;
            record.operator_id = fact.operator_id;
            record.reserve = fact.reserve;
            record.committed_gbit = fact.committed_gbit;
        }
        record.user = parts_.ports[i * 2].record();
        record.internet = parts_.ports[i * 2 + 1].record();
        records.push_back(record);
    }
    return records;
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

// The wires of the flow's operator are one worker's, but which one a client need not know.
Answer Dataplane::find_flow(const ipc::Request& request) {
    for (unsigned worker = 0; worker < settings_.workers(); ++worker) {
        const FlowJob* job = ask_worker(worker, request, FlowJob::Kind::find, 0);
        if (job == nullptr)
            return Answer::refusal(ipc::ReplyStatus::busy, "a worker did not answer in time");
        if (job->count > 0)
            return Answer::of(std::span<const ipc::FlowRecord>(job->records.data(), job->count));
    }
    return Answer::of(std::span<const ipc::FlowRecord>());
}

}  // namespace sluice::io
