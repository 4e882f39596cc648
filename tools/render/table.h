// Aligned text tables for people. Columns are as wide as their widest cell, counted in characters.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::render {

enum class Align : std::uint8_t { left, right };

struct Column {
    std::string title;
    Align align = Align::left;
    std::size_t width_max = 0;  // longer cells end in "…"; 0 = no limit
};

class Table {
  public:
    explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
    // As many cells as there are columns; control characters in them are shown as "?", because a
    // name may come off the wire.
    void add(std::vector<std::string> cells);
    bool empty() const { return rows_.empty(); }
    // Header and rows, each line ended, no space at line ends.
    std::string text() const;

  private:
    std::vector<Column> columns_;
    std::vector<std::vector<std::string>> rows_;
};

// Characters of a UTF-8 text (continuation bytes are not counted).
std::size_t width_of(std::string_view text);
// 1234567 -> "1.2M" in powers of 1000; below 10,000 the number itself.
std::string short_count(std::uint64_t n);

}  // namespace sluice::render
