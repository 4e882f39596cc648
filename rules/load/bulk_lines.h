// BulkLines: walks the lines of a bulk file (catalog.csv, name lists) without copying. A million
// lines take some tens of milliseconds.
#pragma once
#include <cstdint>
#include <string_view>

namespace sluice::load {

inline constexpr std::size_t kBulkBytesMax = 256u
                                             << 20;  // a file: a million names of 253 bytes fit

class BulkLines {
  public:
    explicit BulkLines(std::string_view text) : rest_(text) {}

    // The next line that has something on it, without '#' comment, blanks at its ends and line end
    // (LF or CRLF). False at the end of the text.
    bool next(std::string_view& line);
    std::uint32_t line() const { return line_; }      // 1-based, of the last next()
    std::uint32_t column() const { return column_; }  // 1-based, of its first byte

  private:
    std::string_view rest_;
    std::uint32_t line_ = 0;
    std::uint32_t column_ = 1;
};

// `text` without blanks, tabs and carriage returns at its ends.
std::string_view trimmed(std::string_view text);

}  // namespace sluice::load
