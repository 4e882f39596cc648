// Base64 (RFC 4648 4) for files that are not text, and what counts as text.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace sluice::control {

// UTF-8 that a JSON text can carry.
bool is_text(std::string_view bytes);
std::string to_base64(std::string_view bytes);
// Nothing for text that is not base64 with its padding, without line ends.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace sluice::control
