// A drop reason as one byte with room for "none": what a dropped packet bears, and a capture asks for.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "rules/model/drop_reason.h"

namespace sluice::model {

inline constexpr std::uint8_t kNoDropMark = 0;
constexpr std::uint8_t drop_mark(DropReason why) {
    static_assert(kDropReasonCount < 255);
    return static_cast<std::uint8_t>(static_cast<std::uint8_t>(why) + 1);
}

constexpr std::optional<DropReason> drop_reason_named(std::string_view word) {
    for (std::size_t i = 0; i < kDropReasonCount; ++i)
        if (kDropReasons[i].word == word) return static_cast<DropReason>(i);
    return std::nullopt;
}

}  // namespace sluice::model
