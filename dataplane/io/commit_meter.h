// What is committed to an operator, held to in each direction. Workers meter by themselves, each
// its share of the commit, without asking anybody; ten times a second the control thread deals the
// shares out anew by what was offered. So one worker may use the whole commit when the others have
// nothing to do, and all together never get more than it.
//
// A meter is DPDK's srTCM (RFC 2697), colour-blind: green up to the rate and its burst, yellow up
// to once more the burst, red beyond. While nothing is red a burst of packets is charged after it
// was judged, as a whole: the fast path pays one division a burst. Once it is, what has passed is
// owed, and packets are looked at one by one, before, and red ones dropped, until a whole burst fits
// again.
#pragma once
#include <rte_mbuf.h>
#include <rte_meter.h>

#include <atomic>
#include <cstdint>
#include <span>
#include <vector>

namespace sluice::io {

// The least burst a share has: packets received at once, all of them of the longest.
inline constexpr std::uint64_t kBurstBytesMin = 32 * 9'216;

// One worker's share of one operator in one direction.
class CommitMeter {
  public:
    // ---- the control thread's side ----
    // Bytes a second and of burst; 0 = no limit.
    void set_share(std::uint64_t bytes_per_second, std::uint64_t burst_bytes) noexcept {
        burst_.store(burst_bytes, std::memory_order_relaxed);
        rate_.store(bytes_per_second, std::memory_order_release);
    }
    struct Counts {
        std::uint64_t green = 0, yellow = 0, red = 0;  // packets
        std::uint64_t bytes = 0;                       // offered, red ones too
    };
    Counts counts() const noexcept {
        return {green_.load(std::memory_order_relaxed), yellow_.load(std::memory_order_relaxed),
                red_.load(std::memory_order_relaxed), bytes_.load(std::memory_order_relaxed)};
    }

    // ---- the worker's side ----
    // Takes a new share over. Now and then, between bursts.
    void refresh() noexcept;
    // Packets have to be looked at before they are judged.
    bool strict() const noexcept { return strict_; }
    // Keeps packets that may pass at the front, in order; the red ones stand behind them.
    //   returns  how many may pass.
    unsigned admit(std::span<rte_mbuf*> burst, std::uint64_t tsc) noexcept;
    // Packets that were judged without asking.
    //   returns  how many of them were beyond the rate.
    unsigned charge(unsigned packets, std::uint64_t bytes, std::uint64_t tsc) noexcept;

  private:
    static void add(std::atomic<std::uint64_t>& to, std::uint64_t more) noexcept {
        to.store(to.load(std::memory_order_relaxed) + more, std::memory_order_relaxed);
    }

    alignas(64) std::atomic<std::uint64_t> rate_{0};
    std::atomic<std::uint64_t> burst_{0};
    alignas(64) std::atomic<std::uint64_t> green_{0}, yellow_{0}, red_{0}, bytes_{0};
    std::uint64_t rate_now_ = 0, burst_now_ = 0;
    rte_meter_srtcm meter_{};
    rte_meter_srtcm_profile profile_{};
    std::uint32_t owed_ = 0;  // bytes that passed beyond the rate and are not paid for yet
    bool strict_ = false;
};

// Deals `committed` out by what each worker was offered in the last interval (the same unit). While
// all of it fits, each gets what it had and an equal part of what is left; when it does not, each
// gets its part of the commit; nobody less than a tenth of an equal part, so that a flow that
// begins is not stopped before the next deal. The sum is `committed`, or below it by rounding.
std::vector<std::uint64_t> deal_out(std::uint64_t committed,
                                    std::span<const std::uint64_t> offered);

}  // namespace sluice::io
