// SHA-256 of bytes as 64 hexadecimal digits: names of blobs, commits and audit records.
#pragma once
#include <string>
#include <string_view>

namespace sluice::control {

std::string sha256_hex(std::string_view bytes);

}  // namespace sluice::control
