// One core's loop, on a page.
#include "dataplane/io/worker_loop.h"

#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <rte_pause.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "dataplane/io/vlan_tags.h"

namespace sluice::io {
namespace {

constexpr std::uint64_t kHousekeepingHz = 1'000;  // tick and counters: every millisecond
constexpr std::uint64_t kResampleHz = 100;        // clocks: every 10 ms
constexpr std::uint32_t kScanGroups = 16;         // 512 flows, about 10 us
constexpr std::uint32_t kSpinTurns = 64;          // empty turns before pausing
constexpr std::uint32_t kPauseTurns = 4'096;      // empty turns before sleeping
constexpr long kSleepNs = 50'000;                 // with timer slack below 100 us
// What crosses from another worker with this mark and an operator is a packet of the kernel's.
constexpr unsigned kFromKernel = 0x4000;

std::int64_t clock_ns(clockid_t id) {
    timespec t{};
    clock_gettime(id, &t);
    return t.tv_sec * kNsPerSecond + t.tv_nsec;
}

ClockSample sample_clocks() {
    return {rte_rdtsc(), clock_ns(CLOCK_MONOTONIC), clock_ns(CLOCK_REALTIME)};
}

}  // namespace

WorkerLoop::WorkerLoop(pipeline::Worker& worker, std::span<WorkerChannel> channels,
                       ipc::CounterSlot& slot, const Wiring& wiring)
    : worker_(worker),
      channel_(channels[wiring.worker]),
      slot_(slot),
      idle_(wiring.idle),
      tsc_hz_(rte_get_tsc_hz()),
      clock_(tsc_hz_, sample_clocks()),
      outbox_(wiring.pool, worker.counters()),
      meters_(*wiring.meters),
      switches_(wiring.switches),
      number_(wiring.worker),
      capture_(*wiring.capture) {
    if (wiring.mesh != nullptr) {
        crossing_.emplace(*wiring.mesh, *wiring.steering, wiring.worker, channels,
                          worker.counters());
        worker_.on_name_learnt(
            [](void* crossing, std::uint8_t operator_id, const IpAddress& address,
               std::string_view name, std::uint32_t ttl_s) noexcept {
                static_cast<Crossing*>(crossing)->tell_name(operator_id, address, name, ttl_s);
            },
            &*crossing_);
    }
    connect(wiring);
    if (!wiring.broker_socket.empty()) connect_inspection(wiring);
}

void WorkerLoop::connect_inspection(const Wiring& wiring) {
    handover::ExceptionPath::Wiring to{.broker_socket = wiring.broker_socket,
                                       .worker = static_cast<std::uint8_t>(wiring.worker),
                                       .process = wiring.process,
                                       .is_mine = {},
                                       .hand_on = {}};
    if (crossing_) {
        const Steering& steering = *wiring.steering;
        to.is_mine = [&steering, this](const IpAddress& a, const IpAddress& b) {
            return steering.worker_of(a, b) == number_;
        };
        to.hand_on = [&steering, this](rte_mbuf* packet, const IpAddress& a, const IpAddress& b,
                                       OperatorId domain) {
            return crossing_->hand_on(packet, steering.worker_of(a, b),
                                      static_cast<std::uint16_t>(kFromKernel | domain.raw()));
        };
    }
    exception_.emplace(std::move(to), worker_);
}

void WorkerLoop::connect(const Wiring& wiring) {
    for (unsigned port = 0; port < wiring.ports.size(); ++port) {
        const PortUse& use = wiring.ports[port];
        if (use.rx_queue) lines_.push_back({use.eth_port, *use.rx_queue, port, use.restores_tags});
        if (use.tx_queue)
            outbox_.connect(port, use.eth_port, *use.tx_queue);
        else
            outbox_.connect(port, wiring.mesh->leaving(wiring.worker, port));
        if (use.sends_for_others) crossing_->send_for_others(port, use.eth_port);
    }
}

void WorkerLoop::run() noexcept {
    prctl(PR_SET_TIMERSLACK, 1'000);  // nanoseconds: a sleep of 50 us is not 100
    channel_.thread.store(static_cast<pid_t>(syscall(SYS_gettid)), std::memory_order_relaxed);
    std::uint64_t turn_began = rte_rdtsc();
    while (!channel_.stop.load(std::memory_order_relaxed)) {
        take_bundle();
        const Now now = clock_.at(turn_began);
        turn_began_ = turn_began;
        unsigned packets = 0;
        if (bundle_ != nullptr && (!exception_ || exception_->may_receive(now))) {
            take_capture(now);
            for (const RxLine& line : lines_)
                packets += receive(line, now);
            if (crossing_) {
                packets += crossing_->take([&](std::span<rte_mbuf*> burst, unsigned port) noexcept {
                    take_crossed(burst, port, now);
                });
                crossing_->send_left();
            }
            if (exception_) {
                packets += exception_->poll(now, outbox_);
                outbox_.transmit();
            }
        }
        keep_time(turn_began, now);
        answer(now);
        channel_.turns.store(++turns_, std::memory_order_relaxed);
        empty_turns_ = packets > 0 ? 0 : empty_turns_ + 1;
        rest();
        const std::uint64_t turn_ended = rte_rdtsc();
        ipc::CounterBlock& counters = worker_.counters();
        (packets > 0 ? counters.busy_cycles : counters.idle_cycles) += turn_ended - turn_began;
        turn_began = turn_ended;
    }
    outbox_.transmit();
    slot_.publish(worker_.counters());
}

// At a burst's edge: nothing of the old bundle is in use here, and once `active` says so the loader
// may free it.
void WorkerLoop::take_bundle() {
    const ActiveBundle* wanted = channel_.wanted.load(std::memory_order_acquire);
    if (wanted == bundle_) [[likely]]
        return;
    for (unsigned wire = 0; wire < wanted->wires.size(); ++wire)
        worker_.set_wire(static_cast<pipeline::WireId>(wire),
                         {.operator_id = wanted->wires[wire].operator_id});
    for (unsigned wire = 0; wire < wanted->wires.size(); ++wire)
        operators_[wire] = wanted->wires[wire].operator_id;
    for (unsigned port = 0; port < wanted->wires.size() * 2; ++port)
        meter_of_port_[port] = static_cast<std::uint8_t>(meter_of(wanted->wires, port));
    worker_.set_bundle(&wanted->bundle->view(), wanted->generation);
    if (exception_) exception_->set_operators(std::span(operators_).first(wanted->wires.size()));
    bundle_ = wanted;
    channel_.active.store(wanted, std::memory_order_release);
}

// Once `active` says that another capture is served, or none, the last one may go.
void WorkerLoop::take_capture(Now now) {
    CaptureSession* wanted = capture_.wanted.load(std::memory_order_acquire);
    if (wanted != session_) [[unlikely]] {
        outbox_.show_to(nullptr);
        tap_.reset();
        session_ = wanted;
        if (wanted != nullptr)
            outbox_.show_to(
                &tap_.emplace(*wanted, number_, worker_, CaptureTap::share_of(tsc_hz_)));
        capture_.active.store(wanted, std::memory_order_release);
    }
    if (tap_) [[unlikely]]
        tap_->begin_turn(now, bundle_->bundle->view(),
                         std::span(operators_).first(bundle_->wires.size()));
}

unsigned WorkerLoop::receive(const RxLine& line, Now now) noexcept {
    std::array<rte_mbuf*, flow::kBurstMax> burst;
    const unsigned count =
        rte_eth_rx_burst(line.eth_port, line.queue, burst.data(), flow::kBurstMax);
    if (count == 0) return 0;
    unsigned mine = count;
    if (tap_) [[unlikely]]
        for (rte_mbuf* packet : std::span(burst.data(), count))
            packet->port = static_cast<std::uint16_t>(line.port);
    const Passing passing = switches_[line.port / 2].passing.load(std::memory_order_relaxed);
    if (passing != Passing::all) [[unlikely]]
        mine = stop_drained(std::span(burst.data(), mine), line.port, passing);
    if (line.restores_tags) mine = restore_all_tags(std::span(burst.data(), mine));
    if (crossing_) {
        const model::FailMode mode =
            bundle_->bundle->view().fail_table()[model::FailCase::worker_stalled];
        mine = crossing_->keep_own(std::span(burst.data(), mine), line.port, mode, outbox_);
    }
    if (mine > 0)
        judge(std::span(burst.data(), mine), line.port, now);
    else
        outbox_.transmit();
    return count;
}

// A packet that leaves before anybody judged it.
void WorkerLoop::count_drop(rte_mbuf* packet, model::DropReason why) noexcept {
    ipc::CounterBlock& counters = worker_.counters();
    ++counters.rx;
    counters.rx_bytes += packet->pkt_len;
    counters.drop(why);
    outbox_.drop(packet, why);
}

unsigned WorkerLoop::restore_all_tags(std::span<rte_mbuf*> burst) noexcept {
    unsigned kept = 0;
    for (rte_mbuf* packet : burst)
        if (restore_tags(packet))
            burst[kept++] = packet;
        else
            count_drop(packet, model::DropReason::vlan_short);
    return kept;
}

unsigned WorkerLoop::stop_drained(std::span<rte_mbuf*> burst, unsigned port,
                                  Passing passing) noexcept {
    WireSwitch& wire = switches_[port / 2];
    unsigned kept = 0;
    for (rte_mbuf* packet : burst) {
        const Bytes frame{rte_pktmbuf_mtod(packet, const std::uint8_t*), packet->data_len};
        if (passing == Passing::data && !keeps_routes_alive(frame, packet->pkt_len))
            burst[kept++] = packet;
        else
            count_drop(packet, model::DropReason::wire_drained);
    }
    wire.data.fetch_add(kept, std::memory_order_relaxed);
    wire.stopped.fetch_add(burst.size() - kept, std::memory_order_relaxed);
    return kept;
}

// Every packet this worker judges comes by here, whoever received it.
void WorkerLoop::judge(std::span<rte_mbuf*> burst, unsigned port, Now now) noexcept {
    CommitMeter& meter = meters_[meter_of_port_[port]];
    const auto wire = static_cast<pipeline::WireId>(port / 2);
    const auto side = static_cast<pipeline::Side>(port % 2);
    if (!meter.strict()) [[likely]] {
        const std::uint64_t bytes = worker_.counters().rx_bytes;
        worker_.run_burst(burst, wire, side, now, outbox_);
        if (exception_) exception_->flush();
        worker_.counters().commit_yellow += meter.charge(
            static_cast<unsigned>(burst.size()), worker_.counters().rx_bytes - bytes, turn_began_);
        return outbox_.transmit();
    }
    const unsigned kept = meter.admit(burst, turn_began_);
    for (rte_mbuf* packet : burst.subspan(kept))
        count_drop(packet, model::DropReason::over_commit);
    if (kept > 0) worker_.run_burst(burst.first(kept), wire, side, now, outbox_);
    if (exception_) exception_->flush();
    outbox_.transmit();
}

void WorkerLoop::keep_time(std::uint64_t tsc, Now now) noexcept {
    if (tsc < housekeeping_at_) return;
    housekeeping_at_ = tsc + tsc_hz_ / kHousekeepingHz;
    if (bundle_ != nullptr) {
        if (exception_) exception_->maintain(now);
        if (exception_ && !exception_->may_receive(now)) exception_->poll(now, outbox_);
        worker_.tick(now, outbox_);
        outbox_.transmit();
        if (crossing_) take_names(now);
    }
    for (CommitMeter& meter : meters_)
        meter.refresh();
    channel_.judged.store(worker_.counters().rx, std::memory_order_relaxed);
    slot_.publish(worker_.counters());
    if (tsc < resample_at_) return;
    resample_at_ = tsc + tsc_hz_ / kResampleHz;
    clock_.resample(sample_clocks());
}

void WorkerLoop::take_crossed(std::span<rte_mbuf*> burst, unsigned port, Now now) noexcept {
    if ((port & kFromKernel) == 0) return judge(burst, port, now);
    const OperatorId domain{static_cast<std::uint8_t>(port)};
    for (rte_mbuf* packet : burst)
        if (exception_)
            exception_->send_from_kernel(packet, domain, now, outbox_);
        else
            rte_pktmbuf_free(packet);
    outbox_.transmit();
}

void WorkerLoop::take_names(Now now) noexcept {
    crossing_->take_names([&](const LearntName& name) noexcept {
        worker_.learn_name(name.operator_id, name.address, {name.text, name.size}, name.ttl_s, now);
        ++worker_.counters().dns_told;
    });
}

// A bounded piece of the control thread's question, if it has one.
void WorkerLoop::answer(Now now) noexcept {
    FlowJob* job = channel_.mailbox.pending();
    if (job == nullptr) [[likely]]
        return;
    if (job->kind == FlowJob::Kind::find) {
        const auto found = worker_.find(job->filter.tuple, now);
        if (found) job->records[job->count++] = *found;
    } else {
        const std::uint32_t groups = std::min(kScanGroups, job->groups_left);
        const std::span room = std::span(job->records).subspan(job->count);
        job->count +=
            static_cast<std::uint32_t>(worker_.scan(job->cursor, groups, job->filter, now, room));
        job->groups_left -= groups;
        const bool page_ended =
            job->cursor == 0 || job->count == job->records.size() || job->groups_left == 0;
        if (!page_ended) return;
    }
    slot_.publish(worker_.counters());
    channel_.mailbox.finish();
}

void WorkerLoop::rest() const noexcept {
    if (empty_turns_ < kSpinTurns) return;
    if (idle_ == IdleMode::spin || empty_turns_ < kPauseTurns) {
        rte_pause();
        return;
    }
    const timespec length{.tv_sec = 0, .tv_nsec = kSleepNs};
    nanosleep(&length, nullptr);
}

}  // namespace sluice::io
