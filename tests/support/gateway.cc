#include "tests/support/gateway.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "rules/compile/compile.h"
#include "rules/load/day_text.h"

namespace sluice::testing {

using pipeline::Side;

namespace {
constexpr std::size_t kBufferSize = 16 * 1024;
constexpr std::int64_t kTickMs = 10;
}  // namespace

struct Gateway::Pool {
    std::vector<std::unique_ptr<std::byte[]>> owned;
    std::vector<rte_mbuf*> free;

    rte_mbuf* take() {
        if (free.empty()) {
            owned.push_back(std::make_unique<std::byte[]>(sizeof(rte_mbuf) + kBufferSize));
            free.push_back(reinterpret_cast<rte_mbuf*>(owned.back().get()));
        }
        rte_mbuf* m = free.back();
        free.pop_back();
        m->buf_addr = m + 1;
        m->buf_len = kBufferSize;
        m->data_off = 0;
        m->data_len = 0;
        m->nb_segs = 1;
        m->next = nullptr;
        return m;
    }
};

class Gateway::Box final : public pipeline::Outbox {
  public:
    explicit Box(Pool& pool) : pool_(pool) {}
    rte_mbuf* allocate() noexcept override { return pool_.take(); }
    void flush() noexcept override { throw_overflow(); }

    // Empties all lanes; `packet` is the one that was received (nullptr: none was).
    Fate collect(const rte_mbuf* packet) {
        Fate fate{.word = packet == nullptr ? "" : "held",
                  .released = {},
                  .own_to_user = {},
                  .own_to_internet = {}};
        for (unsigned port = 0; port < forwarded_.size(); ++port) {
            each(forwarded_[port], [&](rte_mbuf* m) {
                if (m == packet)
                    fate.word = "forward";
                else
                    fate.released.push_back(bytes_of(m));
            });
            each(own_[port], [&](rte_mbuf* m) {
                auto& own = port % 2 == 0 ? fate.own_to_user : fate.own_to_internet;
                own.push_back(bytes_of(m));
            });
        }
        each(dropped_, [&](rte_mbuf* m) {
            if (m == packet)
                fate.word = "drop";
            else
                ++fate.dropped_too;
        });
        return fate;
    }

  private:
    [[noreturn]] static void throw_overflow() noexcept { std::abort(); }
    static Frame bytes_of(const rte_mbuf* m) {
        const auto* at = rte_pktmbuf_mtod(m, const std::uint8_t*);
        return {at, at + m->data_len};
    }
    template <class Visit>
    void each(Lane& lane, Visit&& visit) {
        for (std::uint16_t i = 0; i < lane.count; ++i) {
            visit(lane.packets[i]);
            pool_.free.push_back(lane.packets[i]);
        }
        lane.count = 0;
    }
    Pool& pool_;
};

namespace {

// Every word a counter has, with its value.
std::map<std::string, std::uint64_t> words_of(const ipc::CounterBlock& c) {
    std::map<std::string, std::uint64_t> words;
#define X(name, text) words[#name] = c.name;
    SLUICE_COUNTERS(X)
#undef X
    for (std::size_t i = 0; i < model::kDropReasonCount; ++i)
        words[std::string(model::kDropReasons[i].word)] = c.dropped[i];
    for (std::size_t i = 0; i < model::kReasonCount; ++i) {
        words["blocked." + std::string(model::kReasons[i].word)] = c.blocked[i];
        words["decided." + std::string(model::kReasons[i].word)] = c.decided[i];
    }
    for (std::size_t i = 0; i < model::kFailCaseCount; ++i) {
        words["open." + std::string(model::kFailCases[i].word)] = c.fail_open[i];
        words["closed." + std::string(model::kFailCases[i].word)] = c.fail_closed[i];
    }
    return words;
}

// The one reason whose counter grew because of the received packet.
std::string reason_of(const ipc::CounterBlock& before, const ipc::CounterBlock& after) {
    std::string found;
    for (std::size_t i = 0; i < model::kDropReasonCount; ++i)
        if (after.dropped[i] != before.dropped[i]) found = model::kDropReasons[i].word;
    for (std::size_t i = 0; i < model::kReasonCount; ++i)
        if (after.blocked[i] != before.blocked[i]) found = model::kReasons[i].word;
    return found;
}

}  // namespace

Gateway::Gateway(const load::FileSet& policy, const pipeline::WorkerLimits& limits)
    : pool_(std::make_unique<Pool>()),
      box_(std::make_unique<Box>(*pool_)),
      ring_(std::make_unique<ipc::EventRing>()),
      evidence_ring_(std::make_unique<ipc::EvidenceRing>()),
      worker_(std::make_unique<pipeline::Worker>(
          limits, pipeline::WorkerDeps{.hash_key = {7, 9},
                                       .events = ring_.get(),
                                       .worker_id = 0,
                                       .evidence = evidence_ring_.get()})) {
    now_.mono = MonoTime{1'000 * kNsPerSecond};
    set_day("2026-11-21");
    publish(policy);
}

Gateway::~Gateway() = default;

pipeline::WorkerLimits Gateway::small() {
    pipeline::WorkerLimits limits;
    limits.flows_max = 4'096;
    limits.cold_max = 256;
    limits.small_buffers = 128;
    limits.large_buffers = 16;
    limits.names_max = 256;
    limits.dns_addresses_max = 256;
    limits.fragments_max = 64;
    limits.held_packets_max = 256;
    return limits;
}

void Gateway::publish(const load::FileSet& policy) {
    const auto loaded = load::load_policy(policy, load::local_day(now_.utc, 300));
    if (!loaded.ok()) {
        std::string all;
        for (const auto& d : loaded.diagnostics)
            all += to_text(d) + "\n";
        throw std::invalid_argument(all);
    }
    compile::CompileOptions options;
    if (compiled_) options.previous = &*compiled_;
    auto compiled = compile::compile(loaded.policy, options);
    if (!compiled) throw std::invalid_argument(compiled.error().front().message);
    auto bundle = ipc::load_compiled(compiled->bundle, bundle_.get());
    if (!bundle) throw std::invalid_argument("the compiled bundle does not open");
    compiled_ = std::move(compiled->bundle);
    if (bundle_) old_.push_back(std::move(bundle_));
    bundle_ = std::make_unique<ipc::LoadedBundle>(std::move(*bundle));
    worker_->set_bundle(&bundle_->view, ++generation_);
    if (generation_ == 1 && !loaded.policy.operators.empty())
        use_wire(loaded.policy.operators.front().wires.front().id);
}

void Gateway::use_wire(const std::string& wire) {
    const auto found = bundle_->view.find_wire(wire);
    if (!found) throw std::invalid_argument("the policy has no wire " + wire);
    wire_ = static_cast<pipeline::WireId>(found->operator_id.raw() * 2 +
                                          (found->role == model::ChannelRole::reserve ? 1 : 0));
    worker_->set_wire(wire_, {.operator_id = found->operator_id});
}

Fate Gateway::receive(Side side, const Frame& frame, std::uint32_t wire_size) {
    const ipc::CounterBlock before = worker_->counters();
    rte_mbuf* mbuf = pool_->take();
    std::memcpy(mbuf->buf_addr, frame.data(), frame.size());
    mbuf->data_len = static_cast<std::uint16_t>(frame.size());
    mbuf->pkt_len = std::max(wire_size, static_cast<std::uint32_t>(frame.size()));
    worker_->run_burst(std::span(&mbuf, 1), wire_, side, now_, *box_);
    Fate fate = box_->collect(mbuf);
    if (fate.word == "drop") fate.word += " " + reason_of(before, worker_->counters());
    add_kernel(mbuf, fate);
    return fate;
}

void Gateway::add_kernel(const rte_mbuf* packet, Fate& fate) {
    for (rte_mbuf* mbuf : inspector_.packets) {
        if (mbuf == packet)
            fate.word = "kernel";
        else
            ++fate.to_kernel;
        pool_->free.push_back(mbuf);
    }
    inspector_.packets.clear();
}

FakeInspector& Gateway::inspector() {
    worker_->set_inspector(&inspector_, 0);
    return inspector_;
}

bool Gateway::broker(Broker answer, Fate& fate) {
    auto& from = answer == Broker::ends ? inspector_.in_sockets : inspector_.asked;
    if (from.empty()) return false;
    const ipc::HandoverFlow flow = from.front();
    from.pop_front();
    if (answer == Broker::takes) {
        inspector_.in_sockets.push_back(flow);
        worker_->taken(flow, now_, *box_);
    } else if (answer == Broker::refuses) {
        worker_->not_taken(flow, now_, *box_);
    } else {
        worker_->handed_ended(flow, now_, *box_);
    }
    fate = box_->collect(nullptr);
    add_kernel(nullptr, fate);
    return true;
}

Fate Gateway::wait_ms(std::int64_t ms) {
    Fate all;
    for (std::int64_t passed = 0; passed < ms; passed += kTickMs) {
        now_.mono = after_ms(now_.mono, std::min(kTickMs, ms - passed));
        worker_->tick(now_, *box_);
        Fate fate = box_->collect(nullptr);
        const auto move = [](std::vector<Frame>& to, std::vector<Frame>& from) {
            to.insert(to.end(), from.begin(), from.end());
        };
        move(all.released, fate.released);
        move(all.own_to_user, fate.own_to_user);
        move(all.own_to_internet, fate.own_to_internet);
        all.dropped_too += fate.dropped_too;
        add_kernel(nullptr, all);
    }
    return all;
}

void Gateway::set_day(const std::string& day) {
    const auto parsed = load::parse_day(day);
    if (!parsed) throw std::invalid_argument("not a day: " + day);
    const auto seconds = std::chrono::sys_seconds(*parsed).time_since_epoch().count();
    now_.utc = UtcTime{seconds + 7 * 3600};  // noon at +05:00
}

const ipc::CounterBlock& Gateway::counters() const { return worker_->counters(); }

std::uint64_t Gateway::count(const std::string& word) const {
    const auto words = words_of(worker_->counters());
    const auto at = words.find(word);
    if (at == words.end()) throw std::invalid_argument("no counter is called " + word);
    return at->second;
}

std::vector<ipc::FlowRecord> Gateway::flows() const {
    std::vector<ipc::FlowRecord> all;
    std::vector<ipc::FlowRecord> page(64);
    std::uint64_t cursor = 0;
    do {
        const std::size_t n = worker_->scan(cursor, 64, {}, now_, page);
        all.insert(all.end(), page.begin(), page.begin() + static_cast<std::ptrdiff_t>(n));
    } while (cursor != 0);
    return all;
}

std::vector<ipc::Event> Gateway::events() {
    std::vector<ipc::Event> all;
    ipc::Event event;
    while (ring_->pop(event))
        all.push_back(event);
    return all;
}

std::vector<ipc::Evidence> Gateway::evidence() {
    std::vector<ipc::Evidence> all;
    ipc::Evidence one;
    while (evidence_ring_->pop(one))
        all.push_back(one);
    return all;
}

std::size_t Gateway::packets_out() const { return pool_->owned.size() - pool_->free.size(); }

bool Gateway::balanced() const {
    const ipc::CounterBlock& c = worker_->counters();
    std::uint64_t dropped = 0;
    for (std::uint64_t n : c.dropped)
        dropped += n;
    for (std::uint64_t n : c.blocked)
        dropped += n;
    return c.rx == c.forwarded + dropped + c.held;
}

}  // namespace sluice::testing
