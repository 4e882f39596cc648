// How many leaves an organisation may have: a bucket that fills evenly and holds one minute's
// worth. What bounds the damage of a worker that was taken over, and of clients that invent names.
#pragma once
#include <cstdint>
#include <string>
#include <unordered_map>

#include "rules/base/time.h"

namespace sluice::certs {

class LeafRate {
  public:
    explicit LeafRate(std::uint32_t leaves_per_minute) : per_minute_(leaves_per_minute) {}
    // Takes one leaf out of the organisation's bucket; false when it is empty.
    bool take(const std::string& organisation, MonoTime now);
    // Puts back what was taken for a leaf that was not made after all.
    void give_back(const std::string& organisation);
    void set_limit(std::uint32_t leaves_per_minute) { per_minute_ = leaves_per_minute; }

  private:
    struct Bucket {
        double leaves = 0;
        MonoTime filled;
    };
    void forget_full(MonoTime now);
    double filled_to(const Bucket& bucket, MonoTime now) const;

    std::uint32_t per_minute_;
    std::unordered_map<std::string, Bucket> buckets_;
};

inline constexpr std::size_t kRateOrganisationsMax = 65'536;  // as a bundle has at most

}  // namespace sluice::certs
