#include "certs/signer/rate.h"

#include <algorithm>

namespace sluice::certs {

double LeafRate::filled_to(const Bucket& bucket, MonoTime now) const {
    const double minutes = static_cast<double>(ms_between(bucket.filled, now)) / 60'000;
    return std::min<double>(per_minute_, bucket.leaves + std::max(minutes, 0.0) * per_minute_);
}

bool LeafRate::take(const std::string& organisation, MonoTime now) {
    if (buckets_.size() >= kRateOrganisationsMax) forget_full(now);
    const auto [at, fresh] =
        buckets_.try_emplace(organisation, Bucket{static_cast<double>(per_minute_), now});
    Bucket& bucket = at->second;
    const double leaves = filled_to(bucket, now);
    if (leaves < 1) return false;  // `filled` stays: fractions of a leaf are not lost
    bucket = {leaves - 1, now};
    return true;
}

void LeafRate::give_back(const std::string& organisation) {
    const auto at = buckets_.find(organisation);
    if (at != buckets_.end()) at->second.leaves += 1;
}

// A full bucket and none are the same.
void LeafRate::forget_full(MonoTime now) {
    std::erase_if(buckets_,
                  [&](const auto& row) { return filled_to(row.second, now) >= per_minute_; });
}

}  // namespace sluice::certs
