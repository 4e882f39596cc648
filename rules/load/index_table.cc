#include "rules/load/index_table.h"

#include <cstring>
#include <functional>

namespace sluice::load {

std::uint64_t hash_of(std::uint64_t number, const Prefix& prefix) {
    std::uint64_t halves[2];
    std::memcpy(halves, prefix.network.bytes.data(), sizeof halves);
    const std::uint64_t first = mix64(halves[0] ^ (number << 8 | prefix.length));
    return mix64(first + halves[1] * 0x9e3779b97f4a7c15u);
}

std::uint64_t hash_of(std::uint64_t number, std::string_view text) {
    return mix64(std::hash<std::string_view>{}(text) ^ mix64(number));
}

}  // namespace sluice::load
