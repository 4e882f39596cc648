// PEM files of certificates and CRLs, read whole and bounded.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rules/base/result.h"

namespace sluice::certs::verify {

// The error says what to do next.
Result<std::vector<std::uint8_t>, std::string> read_small_file(const std::string& file,
                                                               std::size_t bytes_max);

// The decoded blocks of that label, in order; others are passed over. An unfinished or undecodable
// block is an error.
Result<std::vector<std::vector<std::uint8_t>>, std::string> pem_blocks(std::string_view text,
                                                                       std::string_view label);

}  // namespace sluice::certs::verify
