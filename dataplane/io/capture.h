// Captures: copies of packets as they leave, for `sluicectl capture`. One at a time. A worker
// copies what matches into a ring of its own and never waits: what the ring does not take is lost,
// and once looking has cost a worker its share of a millisecond the rest of it goes unseen; both
// are counted. Without a capture a worker pays one look at a pointer a burst.
#pragma once
#include <rte_mbuf.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "dataplane/io/byte_ring.h"
#include "dataplane/pipeline/worker.h"
#include "rules/ipc/query.h"

namespace sluice::io {

// Of a packet with payload: frames above this are cut.
inline constexpr std::size_t kCaptureBytesMax = 2'048;
// Of a frame whose headers cannot be read: Ethernet, a tag, IPv4 and what a header could need.
inline constexpr std::size_t kUnreadableBytes = 64;
// A capture nobody reads from for so long is over.
inline constexpr std::int64_t kCaptureUnreadMs = 10'000;

// One capture: what it takes, and where each worker puts it. The order does not change.
struct CaptureSession {
    struct Lane {
        ByteRing ring;
        std::atomic<std::uint64_t> matched{0}, lost{0}, unseen{0};  // written by the worker
    };
    CaptureSession(std::uint64_t number, const ipc::FlowFilter& what, const ipc::CaptureOrder& how,
                   unsigned workers)
        : id(number), filter(what), order(how), lanes(workers) {}

    const std::uint64_t id;
    const ipc::FlowFilter filter;
    const ipc::CaptureOrder order;
    std::int64_t utc_minus_mono_ns = 0;  // set before workers see it
    std::vector<Lane> lanes;             // by worker
};

// A worker's look at what leaves.
class CaptureTap {
  public:
    // How much of each slice of time looking may cost [TSC cycles].
    struct Share {
        std::uint64_t slice = 0, looking = 0;
    };
    // A twentieth of every millisecond.
    static constexpr Share share_of(std::uint64_t tsc_hz) {
        return {tsc_hz / 1'000, tsc_hz / 20'000};
    }
    // Both outlive it.
    CaptureTap(CaptureSession& session, unsigned lane, const pipeline::Worker& worker,
               const Share& share);

    // Once a turn: what time it is, and what the policy is, for all looks of the turn.
    void begin_turn(Now now, const lookup::BundleView& bundle,
                    std::span<const OperatorId> operators) noexcept {
        now_ = now;
        bundle_ = &bundle;
        operators_ = operators;
    }
    // Packets that leave by `port` (forwarded, own), or that came in by mbuf->port (dropped).
    void look(std::span<rte_mbuf* const> packets, unsigned port, ipc::CaptureFate fate) noexcept;

  private:
    void look_at(const rte_mbuf* packet, unsigned came_by, ipc::CaptureFate fate) noexcept;
    bool matches(const ipc::FlowTuple& tuple) const noexcept;
    bool takes_unreadable() const noexcept;
    bool is_exempt(const ipc::FlowTuple& tuple) const noexcept;

    CaptureSession& session_;
    CaptureSession::Lane& lane_;
    const pipeline::Worker& worker_;
    const lookup::BundleView* bundle_ = nullptr;
    std::span<const OperatorId> operators_;  // by wire
    Now now_;
    Share share_;
    std::uint64_t slice_began_ = 0, spent_ = 0;
};

// The control thread's side.
class CaptureDesk {
  public:
    // Where workers see which capture to serve, and say which one they do: by worker.
    struct Slot {
        alignas(64) std::atomic<CaptureSession*> wanted{nullptr};
        alignas(64) std::atomic<CaptureSession*> active{nullptr};
    };
    explicit CaptureDesk(unsigned workers) : slots_(workers) {}

    Slot& slot(unsigned worker) { return slots_[worker]; }

    // Nothing when one is running, or the last one is still in some worker's hands.
    std::optional<ipc::CaptureRecord> start(const ipc::FlowFilter& filter,
                                            const ipc::CaptureOrder& order, std::int64_t now_ms);
    // Nothing when that is not the capture there is.
    std::optional<ipc::CaptureRecord> stop(std::uint64_t id);
    // The record, then packets; a piece of at most ipc::kCaptureBytesPerReply.
    std::optional<std::vector<std::uint8_t>> read(std::uint64_t id, std::int64_t now_ms);
    // Ends a capture whose time is over or that nobody reads; frees one that all have let go.
    void turn(std::int64_t now_ms);

  private:
    ipc::CaptureRecord record() const;
    void end();
    bool in_use() const;

    std::vector<Slot> slots_;
    std::unique_ptr<CaptureSession> session_;
    bool running_ = false;
    std::uint64_t last_id_ = 0;
    std::int64_t until_ms_ = 0, read_ms_ = 0;
    unsigned next_lane_ = 0;
};

}  // namespace sluice::io
