// Meters and their shares.
#include "dataplane/io/commit_meter.h"

#include <algorithm>
#include <numeric>

namespace sluice::io {

void CommitMeter::refresh() noexcept {
    const std::uint64_t rate = rate_.load(std::memory_order_acquire);
    const std::uint64_t burst = burst_.load(std::memory_order_relaxed);
    if (rate == rate_now_ && burst == burst_now_) return;
    const bool first = rate_now_ == 0;
    rate_now_ = rate;
    burst_now_ = burst;
    if (rate == 0) {
        strict_ = false;
        owed_ = 0;
        return;
    }
    rte_meter_srtcm_params params{.cir = rate, .cbs = burst, .ebs = burst};
    rte_meter_srtcm_profile_config(&profile_, &params);
    // Later on the buckets stay as full as they are, or as the new ones can be.
    if (first) {
        rte_meter_srtcm_config(&meter_, &profile_);
    } else {
        meter_.tc = std::min(meter_.tc, burst);
        meter_.te = std::min(meter_.te, burst);
    }
}

unsigned CommitMeter::admit(std::span<rte_mbuf*> burst, std::uint64_t tsc) noexcept {
    std::uint64_t green = 0, yellow = 0, bytes = 0;
    if (owed_ > 0 &&
        rte_meter_srtcm_color_blind_check(&meter_, &profile_, tsc, owed_) != RTE_COLOR_RED)
        owed_ = 0;
    const auto passes = [&](const rte_mbuf* packet) {
        bytes += packet->pkt_len;
        if (owed_ > 0) return false;
        switch (rte_meter_srtcm_color_blind_check(&meter_, &profile_, tsc, packet->pkt_len)) {
            case RTE_COLOR_GREEN:
                ++green;
                return true;
            case RTE_COLOR_YELLOW:
                ++yellow;
                return true;
            default:
                return false;
        }
    };
    rte_mbuf* red[64];
    unsigned kept = 0, reds = 0;
    for (rte_mbuf* packet : burst) {
        if (reds == std::size(red) || passes(packet))
            burst[kept++] = packet;
        else
            red[reds++] = packet;
    }
    std::copy(red, red + reds, burst.begin() + kept);
    add(green_, green);
    add(yellow_, yellow);
    add(red_, reds);
    add(bytes_, bytes);
    strict_ = reds > 0;
    return kept;
}

unsigned CommitMeter::charge(unsigned packets, std::uint64_t bytes, std::uint64_t tsc) noexcept {
    add(bytes_, bytes);
    if (rate_now_ == 0) {
        add(green_, packets);
        return 0;
    }
    const auto size = static_cast<std::uint32_t>(bytes);
    const rte_color colour = rte_meter_srtcm_color_blind_check(&meter_, &profile_, tsc, size);
    if (colour == RTE_COLOR_GREEN) {
        add(green_, packets);
        return 0;
    }
    // A burst that is red as a whole has passed already: the next one will be looked at.
    strict_ = colour == RTE_COLOR_RED;
    if (strict_) owed_ = size;
    add(yellow_, packets);
    return packets;
}

std::vector<std::uint64_t> deal_out(std::uint64_t committed,
                                    std::span<const std::uint64_t> offered) {
    __extension__ using Wide = unsigned __int128;
    const std::uint64_t n = offered.size();
    std::vector<std::uint64_t> shares(n, 0);
    if (n == 0 || committed == 0) return shares;
    const std::uint64_t total = std::accumulate(offered.begin(), offered.end(), std::uint64_t{0});
    const std::uint64_t least = committed / n / 10;
    const std::uint64_t free = committed - least * n;
    for (std::size_t i = 0; i < n; ++i) {
        std::uint64_t more = 0;
        if (total <= free)
            more = offered[i] + (free - total) / n;
        else
            more = static_cast<std::uint64_t>(static_cast<Wide>(free) * offered[i] / total);
        shares[i] = least + more;
    }
    return shares;
}

}  // namespace sluice::io
