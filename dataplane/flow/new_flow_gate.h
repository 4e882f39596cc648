// NewFlowGate: what a flood of new flows to or from one organisation may cost the others.
//
// An organisation may begin `per_second` flows a second (a bucket that holds as many). Beyond that
// a flow gets no entry on its first packet: a doorkeeper remembers its hash, and lets it in when it
// comes again within seconds. Clients ask again, a flood of made-up tuples does not. So the table
// is not emptied of embryonic flows, other organisations do not notice, and a client of the flooded
// one waits for one retransmission (1 s for TCP, RFC 6298 2.1).
//
// The doorkeeper is two Bloom filters that take turns (blocked: one 64-bit word a flow, of which 16
// bits say whose turn it was, so that a turn clears nothing). It forgets after kForgetMs to 2 x
// kForgetMs, sooner when more than kRemembered flows a turn are refused: beyond half a million
// refused a second returning clients are turned away too.
#pragma once
#include <array>
#include <cstdint>
#include <vector>

#include "dataplane/flow/huge_array.h"
#include "rules/base/strong.h"

namespace sluice::flow {

class NewFlowGate {
  public:
    // `per_second`: 0 = no limit; else 1..1e9.
    explicit NewFlowGate(std::uint32_t per_second);

    // May a flow of `org` begin now? `hash` is the flow's keyed hash. Cost: one line that
    // organisations in use keep in the cache; for a refused flow two random lines of 4 MiB more.
    bool admits(OrgId org, std::uint64_t hash, std::uint32_t now_ms) noexcept {
        if (per_second_ == 0) return true;
        return take_token(buckets_[org.raw()], now_ms) || has_come_before(hash, now_ms);
    }
    std::size_t memory_bytes() const noexcept;

    static constexpr std::uint32_t kForgetMs = 2'000;
    static constexpr std::uint32_t kRemembered = 1u << 20;  // flows a turn; then 1 in 90 slips in

  private:
    struct Bucket {
        std::uint32_t tokens;
        std::uint32_t filled_ms;
    };
    bool take_token(Bucket& bucket, std::uint32_t now_ms) noexcept;
    bool has_come_before(std::uint64_t hash, std::uint32_t now_ms) noexcept;

    static constexpr std::uint32_t kWords = 1u << 18;  // 12 bits a remembered flow

    std::uint32_t per_second_;
    std::vector<Bucket> buckets_;  // by OrgId; 0: addresses in no catalog
    std::array<HugeArray<std::uint64_t>, 2> filters_;
    std::uint16_t turn_ = 1;        // odd and even turns have a filter each
    std::uint32_t remembered_ = 0;  // in this turn
    std::uint32_t turned_ms_ = 0;
};

}  // namespace sluice::flow
