#include <cstring>

#include "bench/pipeline/peers.h"
#include "rules/base/assert.h"

namespace sluice::bench {
namespace {

void swap_addresses(rte_mbuf* mbuf) noexcept {
    auto* frame = rte_pktmbuf_mtod(mbuf, std::uint8_t*);
    std::array<std::uint8_t, 6> destination, source;
    std::memcpy(destination.data(), frame, 6);
    std::memcpy(source.data(), frame + 6, 6);
    std::memcpy(frame, source.data(), 6);
    std::memcpy(frame + 6, destination.data(), 6);
}

}  // namespace

template <class NextTuple>
void BareLane::one_burst(bool from_user, NextTuple&& next) {
    const unsigned out = from_user ? 1 : 0;
    for (rte_mbuf* mbuf : port_.receive(from_user, next)) {
        swap_addresses(mbuf);
        outbox_.forward(out, mbuf);
    }
    outbox_.transmit(out);
}

std::uint64_t BareLane::forward(const std::vector<Tuple>& flows, std::uint64_t packets) {
    const std::uint64_t sent_before = outbox_.total();
    std::uint64_t done = 0;
    for (; done < packets; done += kBurst) {
        if (at_ + kBurst > flows.size()) at_ = 0;
        one_burst(done / kBurst % 2 == 0, [&]() -> const Tuple& { return flows[at_++]; });
    }
    SLUICE_ASSERT(outbox_.total() - sent_before == done);
    return done;
}

std::uint64_t BareLane::begin_flows(NewTuples& tuples, std::uint64_t packets) {
    std::uint64_t done = 0;
    for (; done < packets; done += kBurst)
        one_burst(true, [&] { return tuples.next(); });
    return done;
}

}  // namespace sluice::bench
