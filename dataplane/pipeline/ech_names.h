// Names that only say where an encrypted ClientHello is opened (rules/data/ech_public_names.inc): a
// hello that bears one and the extension goes to a name nobody on the way can read.
#pragma once
#include <algorithm>
#include <string_view>

namespace sluice::pipeline {

inline constexpr std::string_view kEchPublicNames[] = {
#include "rules/data/ech_public_names.inc"
};

// `name`: canonical.
inline bool is_ech_public_name(std::string_view name) noexcept {
    return std::ranges::find(kEchPublicNames, name) != std::end(kEchPublicNames);
}

}  // namespace sluice::pipeline
