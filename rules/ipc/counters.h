// Counters of a worker and their place in shared memory. A worker owns its block, publishes a copy
// under a sequence lock, and never waits; readers retry. So every copy that is read is of one
// moment and rx = forwarded + dropped + blocked + held holds in it exactly.
#pragma once
#include <array>
#include <atomic>
#include <cstdint>

#include "rules/model/drop_reason.h"
#include "rules/model/fail_table.h"
#include "rules/model/reason.h"

namespace sluice::ipc {

// X(name, sentence). Packets unless the name says otherwise.
#define SLUICE_COUNTERS(X)                                                           \
    X(rx, "packets received from ports")                                             \
    X(rx_bytes, "bytes received, link header included")                              \
    X(forwarded, "packets handed to the other side's port")                          \
    X(forwarded_bytes, "bytes of those")                                             \
    X(held, "packets held now, waiting for a name or a fragment's head (a level)")   \
    X(own, "packets Sluice made itself: RST, block pages, ICMP")                     \
    X(flows_new, "flows begun")                                                      \
    X(flows_ended, "flows expired or closed")                                        \
    X(flows_evicted, "flows that made room for another")                             \
    X(flows_live, "flows in the table now (a level)")                                \
    X(redecided, "flows judged again because the bundle changed")                    \
    X(cold_live, "cold records in use (a level)")                                    \
    X(names_live, "interned names in use (a level)")                                 \
    X(dns_answers, "addresses learnt from DNS answers")                              \
    X(dns_names_live, "addresses with a name from DNS now (a level)")                \
    X(hold_stalled, "holds released unnamed because nothing more came in time")      \
    X(hold_limit, "holds released unnamed because a size limit was reached")         \
    X(events_lost, "events that did not fit the ring")                               \
    X(unknown_sources, "flows of user-side addresses in no catalog")                 \
    X(protocol_unsure, "flows that may be a protocol the policy blocks, but not surely enough") \
    X(quic_hellos, "ClientHellos read out of QUIC Initials")                         \
    X(quic_unreadable, "Initials of a client that could not be opened")              \
    X(quic_moved, "QUIC flows known by connection id after a client moved")          \
    X(ech_unnamed, "hellos whose name is only the public one of ECH: unnamed")       \
    X(busy_cycles, "TSC cycles of turns that found packets")                         \
    X(idle_cycles, "TSC cycles of turns that found none")                            \
    X(steered, "packets handed to the worker that has their flow")                   \
    X(commit_yellow, "packets beyond the commit that its burst still covered")       \
    X(dns_told, "addresses with a name that another worker learnt")                  \
    X(dns_untold, "of those, what was lost on the way")                              \
    X(evidence_agree, "flows whose name a resolver's answer or a listed range supports") \
    X(evidence_unknown, "flows whose name nothing speaks for or against")            \
    X(evidence_contradict, "flows whose name resolvers gave other addresses")        \
    X(to_inspect, "forwarded packets that went to inspection's sockets, not to a port") \
    X(from_inspect, "packets that inspection's sockets sent, as they left by a port") \
    X(from_inspect_lost, "packets of sockets without a flow, or without a buffer")   \
    X(handover_asked, "flows the broker was asked to take over")                     \
    X(handed_over, "flows that sockets have taken over")                             \
    X(handover_failed, "flows that could not be handed over: the fail table decided") \
    X(handover_stalled, "flows whose hello stalled, handed over to be read by sockets") \
    X(handover_adopted, "flows in sockets from before a restart, or opened by inspection") \
    X(evidence_told, "exempt flows whose record was told to sluiced")                \
    X(evidence_lost, "records of exempt flows that did not fit the ring")

struct CounterBlock {
#define X(name, text) std::uint64_t name = 0;
    SLUICE_COUNTERS(X)
#undef X
    std::array<std::uint64_t, model::kDropReasonCount> dropped{};  // packets, by DropReason
    std::array<std::uint64_t, model::kReasonCount> blocked{};      // packets of blocked flows
    std::array<std::uint64_t, model::kReasonCount> decided{};  // flows, by Reason (re-decided too)
    std::array<std::uint64_t, model::kFailCaseCount> fail_open{};  // times a case let pass
    std::array<std::uint64_t, model::kFailCaseCount> fail_closed{};

    void drop(model::DropReason r) { ++dropped[static_cast<std::size_t>(r)]; }
};

// One worker's published copy. Single writer.
class CounterSlot {
  public:
    void publish(const CounterBlock& block) noexcept {
        const std::uint32_t seq = seq_.load(std::memory_order_relaxed);
        seq_.store(seq + 1, std::memory_order_relaxed);
        std::atomic_thread_fence(std::memory_order_release);
        block_ = block;
        seq_.store(seq + 2, std::memory_order_release);
    }
    // False while a write is in progress: try again.
    bool read(CounterBlock& out) const noexcept {
        const std::uint32_t before = seq_.load(std::memory_order_acquire);
        if (before & 1) return false;
        out = block_;
        std::atomic_thread_fence(std::memory_order_acquire);
        return seq_.load(std::memory_order_relaxed) == before;
    }

  private:
    alignas(64) std::atomic<std::uint32_t> seq_{0};
    CounterBlock block_;
};

inline constexpr std::uint32_t kCountersMagic = 0x534c4331;  // "SLC1"
inline constexpr std::uint32_t kWorkersMax = 64;

// The file /run/sluice/counters: this header, then `workers` slots.
struct CountersHeader {
    std::uint32_t magic = kCountersMagic;
    std::uint32_t layout = sizeof(CounterSlot);  // readers of another build refuse
    std::uint32_t workers = 0;
    std::uint32_t pid = 0;
    std::uint64_t started_utc_ns = 0;
};

}  // namespace sluice::ipc
