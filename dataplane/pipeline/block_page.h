// The page a blocked plain HTTP request gets: the reason in the state languages and in English, its
// number, and a reference that the duty service can look up.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>

#include "rules/model/reason.h"

namespace sluice::pipeline {

inline constexpr std::size_t kPageMax = 1300;  // one segment

// Writes a whole HTTP/1.1 403 response; returns its size. `reference` as people read it out.
std::size_t write_block_page(model::Reason reason, std::string_view reference,
                             std::span<char, kPageMax> out) noexcept;

}  // namespace sluice::pipeline
