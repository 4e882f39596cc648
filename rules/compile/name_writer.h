// Names -> buckets of fingerprints (lookup/bundle_layout.h).
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "rules/lookup/bundle_layout.h"

namespace sluice::compile {

// A name that was given a number: the writer keeps fingerprints in order, which is bucket order.
struct Fingerprint {
    std::uint64_t hash = 0;
    std::uint32_t item = 0;   // the caller's number of the name
    std::uint16_t value = 0;  // what lookup will answer
    friend bool operator<(const Fingerprint& a, const Fingerprint& b) { return a.hash < b.hash; }
};

// Fingerprint of a whole name, and its number of labels.
struct WholeName {
    std::uint64_t hash = 0;
    unsigned labels = 0;
};
WholeName whole_name(const layout::NameKey& key, std::string_view name);

// `names` ascending by hash, no hash twice. About 13.5 bytes a name.
std::vector<layout::NameBucket> write_buckets(const std::vector<Fingerprint>& names);

// A fresh secret key from the operating system.
layout::NameKey draw_name_key();

}  // namespace sluice::compile
