// Gateway: the real worker over packets in memory, for stories and tests. Time stands still unless
// told to move; every packet's fate is known when receive() returns.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dataplane/pipeline/worker.h"
#include "rules/ipc/bundle.h"
#include "rules/ipc/evidence.h"
#include "rules/load/load_policy.h"
#include "tests/support/fake_inspector.h"
#include "tests/support/frame.h"

namespace sluice::testing {

// What became of the packet that was received, and what else left because of it.
struct Fate {
    std::string word;                // "forward", "held", "kernel", or "drop <reason>"
    std::vector<Frame> released;     // packets held before that were forwarded now, in order
    std::vector<Frame> own_to_user;  // packets of Sluice's own
    std::vector<Frame> own_to_internet;
    std::size_t dropped_too = 0;  // packets held before that were dropped now
    std::size_t to_kernel = 0;    // packets held before that went to sockets now
};

class Gateway {
  public:
    // Throws std::invalid_argument with all diagnostics when the policy does not load or compile.
    explicit Gateway(const load::FileSet& policy, const pipeline::WorkerLimits& limits = small());
    ~Gateway();

    // Publishes a changed policy; packets after this are judged by it.
    void publish(const load::FileSet& policy);
    // Wire 0 by default; `wire` is an id of the policy.
    void use_wire(const std::string& wire);

    Fate receive(pipeline::Side side, const Frame& frame, std::uint32_t wire_size = 0);
    // Moves time on in steps of 10 ms, as the worker loop ticks.
    Fate wait_ms(std::int64_t ms);
    // From here on there is somebody to hand flows over to.
    FakeInspector& inspector();
    // The same without making it known to the worker.
    FakeInspector& seen_by_inspector() { return inspector_; }
    // What the broker answers for the flow that was asked for first, or has been in sockets
    // longest. False: there is none.
    enum class Broker : std::uint8_t { takes, refuses, ends };
    bool broker(Broker answer, Fate& fate);
    void set_day(const std::string& day);  // "2026-11-21", noon local time

    const ipc::CounterBlock& counters() const;
    // Any counter, drop reason, block reason or fail case by its word; throws on another word.
    std::uint64_t count(const std::string& word) const;
    std::vector<ipc::FlowRecord> flows() const;
    const lookup::BundleView& bundle() const { return bundle_->view; }
    pipeline::Worker& worker() { return *worker_; }
    Now now() const { return now_; }
    std::vector<ipc::Event> events();
    std::vector<ipc::Evidence> evidence();  // since the last call
    // rx = forwarded + all drops + held, exactly.
    bool balanced() const;

    // Packets taken from the pool and not given back: those the worker holds.
    std::size_t packets_out() const;

    // Small pools, so that their limits can be reached in a test.
    static pipeline::WorkerLimits small();

  private:
    struct Pool;
    class Box;
    // Adds what went to sockets to a fate, of `packet` or of packets held before.
    void add_kernel(const rte_mbuf* packet, Fate& fate);
    FakeInspector inspector_;
    std::unique_ptr<Pool> pool_;
    std::unique_ptr<Box> box_;
    std::unique_ptr<ipc::EventRing> ring_;
    std::unique_ptr<ipc::EvidenceRing> evidence_ring_;
    std::unique_ptr<pipeline::Worker> worker_;
    // A bundle that is replaced stays alive, as in the data plane.
    std::vector<std::unique_ptr<ipc::LoadedBundle>> old_;
    std::unique_ptr<ipc::LoadedBundle> bundle_;
    std::optional<ipc::CompiledBundle> compiled_;
    std::uint16_t generation_ = 0;
    pipeline::WireId wire_ = 0;
    Now now_;
};

}  // namespace sluice::testing
