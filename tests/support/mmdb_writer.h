// A small MMDB file (MaxMind DB 2.0) for tests: countries and autonomous systems of some prefixes.
#pragma once
#include <string>
#include <vector>

#include "rules/base/ip.h"

namespace sluice::test {

struct MmdbEntry {
    Prefix prefix;  // of two that nest the wider one comes first
    std::string country;
    std::uint32_t asn = 0;
    std::string asn_name;
};
// `record_bits`: 24, 28 or 32. An IPv6 tree with IPv4 at ::/96.
std::string mmdb(const std::vector<MmdbEntry>& entries, unsigned record_bits = 24);

}  // namespace sluice::test
