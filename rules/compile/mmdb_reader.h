// MMDB files (countries, autonomous systems) -> what each address is said to be, as intervals.
#pragma once
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "rules/base/ip.h"
#include "rules/base/result.h"

namespace sluice::compile {

// What databases say of an address. Zero: nothing.
struct GeoFact {
    std::uint16_t country = 0;  // two letters, the first in the upper byte
    std::uint32_t asn = 0;
    friend bool operator==(const GeoFact&, const GeoFact&) = default;
};
template <class Start>
struct GeoInterval {  // ends where the next begins
    Start start;
    GeoFact fact;
};
struct GeoMap {
    std::vector<GeoInterval<std::uint32_t>> v4{{0, {}}};
    std::vector<GeoInterval<IpAddress>> v6{{{}, {}}};
    std::unordered_map<std::uint32_t, std::string> asn_names;
};

// Reads a whole database: fields country.iso_code, country_code, country, autonomous_system_number
// (_organization), asn and as_name, where they are.
//   bytes    of the file, untrusted. Work is bounded by its number of nodes, memory likewise.
//   returns  the map; or what is wrong with the file, in words.
Result<GeoMap, std::string> read_mmdb(std::string_view bytes);

// `over` says more, or something else, of the same addresses: where it says something it counts.
GeoMap combine(const GeoMap& under, const GeoMap& over);

}  // namespace sluice::compile
