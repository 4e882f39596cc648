#include "bench/pipeline/paced.h"

#include <rte_cycles.h>
#include <sched.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <memory>
#include <thread>

#include "bench/pipeline/memory_port.h"
#include "dataplane/pipeline/worker.h"
#include "rules/base/assert.h"

namespace sluice::bench {
namespace {

using pipeline::Side;

constexpr HashKey kHashKey{0x243f'6a88'85a3'08d3, 0x1319'8a2e'0370'7344};
constexpr std::int64_t kTickNs = 10 * kNsPerMs;

pipeline::WorkerLimits limits_for(const PacedPlan& plan) {
    pipeline::WorkerLimits limits;
    limits.flows_max = plan.flows_max;
    return limits;
}

std::int64_t now_ns() { return std::chrono::steady_clock::now().time_since_epoch().count(); }

std::uint64_t resident_bytes() {
    std::ifstream statm("/proc/self/statm");
    std::uint64_t all = 0, resident = 0;
    statm >> all >> resident;
    return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

// Ahead of everything else on this core, where we may; put back at the end.
class RealTime {
  public:
    RealTime() {
        const sched_param wanted{.sched_priority = 1};
        if (sched_setscheduler(0, SCHED_FIFO, &wanted) != 0)
            std::fprintf(stderr,
                         "bench: no real-time priority (needs root): others may interrupt\n");
    }
    ~RealTime() {
        const sched_param ordinary{.sched_priority = 0};
        sched_setscheduler(0, SCHED_OTHER, &ordinary);
    }
    RealTime(const RealTime&) = delete;
    RealTime& operator=(const RealTime&) = delete;
};

// A worker on the wall clock, its established flows and its flood.
class Lane {
  public:
    Lane(const Catalog& catalog, const PacedPlan& plan)
        : worker_(limits_for(plan), {.hash_key = kHashKey}),
          established_(MemoryPort::Frame::udp),
          syns_(MemoryPort::Frame::tcp_syn),
          flood_tuples_(catalog.users) {
        worker_.set_wire(0, {.operator_id = OperatorId{0}});
        worker_.set_bundle(&catalog.bundle.view, 1);
        flows_ = random_flows(plan.flows / kBurst * kBurst, catalog.users, 5);
        for (std::size_t i = 0; i < flows_.size(); i += kBurst)
            for (const Side side : {Side::user, Side::internet}) {
                at_ = i;
                one_established(side);
            }
    }

    void one_established(Side side) {
        if (at_ + kBurst > flows_.size()) at_ = 0;
        give(established_.receive(side == Side::user,
                                  [&]() -> const Tuple& { return flows_[at_++]; }),
             side);
    }
    void one_of_the_flood() {
        give(syns_.receive(true, [&] { return flood_tuples_.next(); }), Side::user);
    }
    pipeline::Worker& worker() { return worker_; }
    std::uint64_t established_lost() const {  // dropped by the worker, not by the ring
        return worker_.counters().rx - worker_.counters().forwarded;
    }

  private:
    void give(std::span<rte_mbuf*> burst, Side side) {
        const std::int64_t ns = now_ns();
        const Now now{MonoTime{ns}, UtcTime{1'780'000'000}};
        worker_.run_burst(burst, 0, side, now, outbox_);
        outbox_.transmit(pipeline::port_of(0, other(side)));
        if (ns - ticked_ns_ < kTickNs) return;
        ticked_ns_ = ns;
        worker_.tick(now, outbox_);
    }

    pipeline::Worker worker_;
    MemoryPort established_, syns_;
    NewTuples flood_tuples_;
    MemoryOutbox outbox_;
    std::vector<Tuple> flows_;
    std::size_t at_ = 0;
    std::int64_t ticked_ns_ = 0;
};

// `turn()` handles one burst. First as fast as it goes, then paced.
template <class Turn>
PacedResult pace(const PacedPlan& plan, Turn&& turn) {
    PacedResult result;
    const RealTime ahead_of_others;
    const auto measure = [&](double seconds) {
        const std::int64_t began = now_ns();
        std::uint64_t bursts = 0;
        while (static_cast<double>(now_ns() - began) < seconds * 1e9) {
            for (int i = 0; i < 64; ++i)
                turn();
            bursts += 64;
        }
        return static_cast<double>(bursts * kBurst) * 1e9 / static_cast<double>(now_ns() - began);
    };
    measure(0.5);  // warm
    result.capacity = measure(1.0);
    result.offered = result.capacity * plan.share;
    result.memory_before = resident_bytes();

    const double per_cycle = result.offered / static_cast<double>(rte_get_tsc_hz());
    const std::uint64_t began = rte_rdtsc();
    const auto end =
        began + static_cast<std::uint64_t>(plan.seconds * static_cast<double>(rte_get_tsc_hz()));
    std::uint64_t taken = 0, longest = 0, last = began;
    for (std::uint64_t now = began; now < end; now = rte_rdtsc()) {
        longest = std::max(longest, now - last);
        last = now;
        const auto arrived =
            static_cast<std::uint64_t>(static_cast<double>(now - began) * per_cycle);
        if (arrived - taken > plan.ring_slots) {
            result.lost += arrived - taken - plan.ring_slots;
            taken = arrived - plan.ring_slots;
        }
        if (arrived - taken < kBurst) continue;
        turn();
        taken += kBurst;
        result.packets += kBurst;
    }
    result.longest_turn_us =
        static_cast<double>(longest) * 1e6 / static_cast<double>(rte_get_tsc_hz());
    result.memory_after = resident_bytes();
    return result;
}

// Threads begin on the core of the one that makes them, which has it for itself here.
void leave_this_core() {
    cpu_set_t others;
    CPU_ZERO(&others);
    for (int cpu = 0; cpu < static_cast<int>(std::thread::hardware_concurrency()); ++cpu)
        if (cpu != sched_getcpu()) CPU_SET(cpu, &others);
    sched_setaffinity(0, sizeof others, &others);  // with one core it stays
}

// Loads the same policy anew once a second, as the data plane's loader thread does: copied,
// checked, handed over, and the one before freed when the worker has moved on.
class Loader {
  public:
    Loader(const ipc::CompiledBundle& compiled, const Catalog& catalog)
        : compiled_(compiled), in_use_(&catalog.bundle.view), thread_([this] { run(); }) {}
    ~Loader() {
        stop_ = true;
        thread_.join();
    }
    // At a burst's edge.
    void swap_if_new(pipeline::Worker& worker) {
        const lookup::BundleView* next = next_.load(std::memory_order_acquire);
        if (next == in_use_.load(std::memory_order_relaxed)) return;
        if (next == nullptr) return;
        worker.set_bundle(next, generation_ == 0xffff ? generation_ = 1 : ++generation_);
        in_use_.store(next, std::memory_order_release);
        ++swaps_;
    }
    std::uint64_t swaps() const { return swaps_; }

  private:
    void run() {
        leave_this_core();
        std::unique_ptr<ipc::LoadedBundle> current, previous;
        while (!stop_) {
            auto loaded = ipc::load_compiled(compiled_);
            SLUICE_ASSERT(loaded.ok());
            previous = std::move(current);
            current = std::make_unique<ipc::LoadedBundle>(std::move(*loaded));
            next_.store(&current->view, std::memory_order_release);
            while (!stop_ && in_use_.load(std::memory_order_acquire) != &current->view)
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            previous.reset();
            for (int i = 0; i < 100 && !stop_; ++i)
                std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        kept_ = std::move(current);  // the worker may still look at it
    }

    const ipc::CompiledBundle& compiled_;
    std::atomic<const lookup::BundleView*> next_{nullptr}, in_use_;
    std::unique_ptr<ipc::LoadedBundle> kept_;
    std::atomic<bool> stop_{false};
    std::uint16_t generation_ = 1;
    std::uint64_t swaps_ = 0;
    std::thread thread_;
};

}  // namespace

PacedResult hold_through_swaps(const Catalog& catalog, const PacedPlan& plan) {
    const auto compiled = compile_again(catalog);
    Lane lane(catalog, plan);
    PacedResult result;
    bool from_user = false;
    {
        Loader loader(compiled, catalog);
        result = pace(plan, [&] {
            loader.swap_if_new(lane.worker());
            from_user = !from_user;
            lane.one_established(from_user ? Side::user : Side::internet);
        });
        result.events = loader.swaps();
        // The loader's last bundle goes with it.
        lane.worker().set_bundle(&catalog.bundle.view, 0xfffe);
    }
    SLUICE_ASSERT(lane.established_lost() == 0);
    return result;
}

PacedResult hold_through_a_flood(const Catalog& catalog, const PacedPlan& plan) {
    Lane lane(catalog, plan);
    const std::uint64_t begun_before = lane.worker().counters().flows_new;
    bool flood = false;
    PacedResult result = pace(plan, [&] {
        flood = !flood;
        flood ? lane.one_of_the_flood() : lane.one_established(Side::internet);
    });
    result.events = lane.worker().counters().flows_new - begun_before;
    // Every packet of an established flow found its flow: none had been evicted.
    SLUICE_ASSERT(lane.established_lost() == 0);
    return result;
}

void print_paced(const std::string& title, const char* events, const PacedPlan& plan,
                 const PacedResult& r) {
    std::printf("\n%s\n", title.c_str());
    std::printf("  capacity %.2f Mpps, offered %.2f Mpps (%.0f %%) for %.0f s into %u slots\n",
                r.capacity / 1e6, r.offered / 1e6, plan.share * 100, plan.seconds, plan.ring_slots);
    std::printf("  %llu packets, %llu lost; longest turn %.0f us; %llu %s\n",
                static_cast<unsigned long long>(r.packets), static_cast<unsigned long long>(r.lost),
                r.longest_turn_us, static_cast<unsigned long long>(r.events), events);
    std::printf("  memory of the process %.1f -> %.1f MB\n",
                static_cast<double>(r.memory_before) / 1e6,
                static_cast<double>(r.memory_after) / 1e6);
}

}  // namespace sluice::bench
