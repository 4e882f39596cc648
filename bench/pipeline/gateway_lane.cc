#include "bench/pipeline/gateway_lane.h"

#include "rules/base/assert.h"

namespace sluice::bench {

using pipeline::Side;

namespace {
constexpr std::int64_t kBurstNs = 3'200;
constexpr std::int64_t kTickNs = 10 * kNsPerMs;
constexpr UtcTime kNoonUtc{1'780'000'000};  // a day of 2026
constexpr HashKey kHashKey{0x243f'6a88'85a3'08d3, 0x1319'8a2e'0370'7344};

pipeline::WorkerLimits limits_for(std::uint32_t flows_max) {
    pipeline::WorkerLimits limits;
    limits.flows_max = flows_max;
    return limits;
}

ipc::FlowTuple flow_tuple(const Tuple& t) {
    return {.user = IpAddress::v4(t.user),
            .remote = IpAddress::v4(t.remote),
            .user_port = t.user_port,
            .remote_port = t.remote_port,
            .ip_protocol = 17,
            .operator_id = OperatorId{0}};
}
}  // namespace

GatewayLane::GatewayLane(std::uint32_t flows_max, const Catalog& catalog, MemoryPort::Frame frame)
    : worker_(limits_for(flows_max), {.hash_key = kHashKey}),
      port_(frame),
      now_{MonoTime{kNsPerSecond}, kNoonUtc} {
    worker_.set_wire(0, {.operator_id = OperatorId{0}});
    worker_.set_bundle(&catalog.bundle.view, 1);
}

template <class NextTuple>
void GatewayLane::one_burst(Side side, NextTuple&& next) {
    now_.mono = MonoTime{now_.mono.raw() + kBurstNs};
    worker_.run_burst(port_.receive(side == Side::user, next), 0, side, now_, outbox_);
    outbox_.transmit(pipeline::port_of(0, other(side)));
    if (now_.mono.raw() - ticked_ns_ < kTickNs) return;
    ticked_ns_ = now_.mono.raw();
    worker_.tick(now_, outbox_);
}

std::vector<Tuple> GatewayLane::establish(const std::vector<Tuple>& flows) {
    SLUICE_ASSERT(flows.size() % kBurst == 0);
    for (std::size_t from = 0; from < flows.size(); from += kBurst)
        for (const Side side : {Side::user, Side::internet}) {
            std::size_t at = from;
            one_burst(side, [&]() -> const Tuple& { return flows[at++]; });
        }
    std::vector<Tuple> taken;
    for (const Tuple& t : flows)
        if (worker_.find(flow_tuple(t), now_)) taken.push_back(t);
    taken.resize(taken.size() / kBurst * kBurst);
    SLUICE_ASSERT(taken.size() * 100 >= flows.size() * 99);
    return taken;
}

std::uint64_t GatewayLane::forward(const std::vector<Tuple>& flows, std::uint64_t packets) {
    const std::uint64_t sent_before = outbox_.total();
    const std::uint64_t new_before = counters().flows_new;
    std::uint64_t done = 0;
    for (; done < packets; done += kBurst) {
        const Side side = done / kBurst % 2 == 0 ? Side::user : Side::internet;
        if (at_ + kBurst > flows.size()) at_ = 0;
        one_burst(side, [&]() -> const Tuple& { return flows[at_++]; });
    }
    SLUICE_ASSERT(outbox_.total() - sent_before == done);
    SLUICE_ASSERT(counters().flows_new == new_before);
    return done;
}

std::uint64_t GatewayLane::begin_flows(NewTuples& tuples, std::uint64_t packets) {
    const std::uint64_t sent_before = outbox_.total();
    const std::uint64_t new_before = counters().flows_new;
    std::uint64_t done = 0;
    for (; done < packets; done += kBurst)
        one_burst(Side::user, [&] { return tuples.next(); });
    SLUICE_ASSERT(outbox_.total() - sent_before == done);
    SLUICE_ASSERT(counters().flows_new - new_before == done);
    SLUICE_ASSERT(counters().unknown_sources == 0);
    return done;
}

void GatewayLane::expire_all() {
    constexpr std::int64_t kPastAllTimeoutsMs = 3 * 3600 * 1000;
    now_.mono = after_ms(now_.mono, kPastAllTimeoutsMs);
    while (counters().flows_live != 0) {
        now_.mono = MonoTime{now_.mono.raw() + kTickNs};
        worker_.tick(now_, outbox_);
    }
    ticked_ns_ = now_.mono.raw();
}

}  // namespace sluice::bench
