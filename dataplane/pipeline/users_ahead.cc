#include "dataplane/pipeline/users_ahead.h"

namespace sluice::pipeline {
namespace {

lookup::UserAddress user_of(const Packet& packet) noexcept {
    return {OperatorId{packet.key.operator_id}, packet.key.user};
}

}  // namespace

void UsersAhead::step(const lookup::BundleView& bundle, BurstPackets& packets) noexcept {
    const unsigned now = steps_++;
    if (now < count_) lookup::prefetch_user_index(bundle, user_of(packets[flows_[now]]));
    // Where `now` is less than the distance, the difference is above count_.
    if (const unsigned at = now - kApart; at < count_)
        lookup::prefetch_user(bundle, user_of(packets[flows_[at]]));
    if (const unsigned at = now - 2 * kApart; at < count_) {
        Packet& packet = packets[flows_[at]];
        packet.org = lookup::find_user(bundle, OperatorId{packet.key.operator_id}, packet.key.user);
        packet.org_known = true;
        lookup::prefetch_organisation(bundle, packet.org);
    }
}

void UsersAhead::start(const lookup::BundleView& bundle, BurstPackets& packets) noexcept {
    while (steps_ < 3 * kApart)
        step(bundle, packets);
}

void UsersAhead::reach(const lookup::BundleView& bundle, BurstPackets& packets,
                       std::size_t at) noexcept {
    const auto acted = [&] { return steps_ - 3 * kApart; };
    while (acted() < count_ && flows_[acted()] <= at)
        step(bundle, packets);
}

}  // namespace sluice::pipeline
