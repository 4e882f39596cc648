// Where addresses are: the databases a policy brings, and segments it makes of them.
#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "rules/base/ip.h"
#include "rules/model/position.h"

namespace sluice::model {

// An MMDB file of countries, autonomous systems or both. Of two that say the same thing of an
// address the later one counts.
struct GeoDatabase {
    std::string path;  // in the policy directory
    std::string source, licence;
    std::chrono::sys_days date{};
    Position at;
    friend bool operator==(const GeoDatabase&, const GeoDatabase&) = default;
};
struct GeoContent {
    std::string bytes;                      // of the file
    std::array<std::uint8_t, 32> digest{};  // of `bytes`
};

// A part of the address space a policy has a word for: "national".
struct Segment {
    std::string id;
    std::vector<std::string> countries;  // two upper-case letters (ISO 3166)
    std::vector<std::uint32_t> asns;
    std::vector<Prefix> prefixes, except;  // `except` wins over everything else
    Position at;
    friend bool operator==(const Segment&, const Segment&) = default;
};
inline constexpr std::size_t kSegmentsMax = 16;
inline constexpr std::size_t kGeoDatabasesMax = 8;

}  // namespace sluice::model
