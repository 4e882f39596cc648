// UTF-8 that prints the same for everybody. What people write into a policy and what names off the
// wire say is shown on terminals and block pages, so nothing in them may steer a terminal.
#pragma once
#include <cstddef>
#include <string_view>

namespace sluice {

// Bytes of the first character, 1..4; 0 when the text is empty, not UTF-8 (RFC 3629: no overlong
// form, no surrogate), or the character is a control, a line or paragraph separator, a byte order
// mark or one that changes the direction of writing.
std::size_t printable_character(std::string_view text);

// Bytes of the first character, 1..4, whatever it is; 0 when the text is empty or not UTF-8.
std::size_t utf8_character(std::string_view text);

bool is_printable(std::string_view text);

// Offset of the first byte that is not UTF-8; npos = all of it is.
std::size_t find_bad_utf8(std::string_view text);

}  // namespace sluice
