#include "tools/render/table.h"

#include <algorithm>
#include <cstdio>

#include "rules/base/assert.h"

namespace sluice::render {
namespace {

bool starts_character(char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }

std::string cut_to(const std::string& text, std::size_t width) {
    if (width == 0 || width_of(text) <= width) return text;
    std::size_t at = 0;
    for (std::size_t seen = 0; at < text.size(); ++at)
        if (starts_character(text[at]) && seen++ == width - 1) break;
    return text.substr(0, at) + "…";
}

void pad(std::string& out, std::size_t n) { out.append(n, ' '); }

}  // namespace

std::size_t width_of(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), starts_character));
}

std::string short_count(std::uint64_t n) {
    if (n < 10'000) return std::to_string(n);
    constexpr char kUnits[] = "kMGTPE";
    double value = static_cast<double>(n) / 1000;
    unsigned unit = 0;
    while (value >= 999.95) {
        value /= 1000;
        ++unit;
    }
    char text[32];
    std::snprintf(text, sizeof text, "%.1f%c", value, kUnits[unit]);
    return text;
}

void Table::add(std::vector<std::string> cells) {
    SLUICE_ASSERT(cells.size() == columns_.size());
    for (std::size_t i = 0; i < cells.size(); ++i) {
        for (char& c : cells[i])
            if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
        cells[i] = cut_to(cells[i], columns_[i].width_max);
    }
    rows_.push_back(std::move(cells));
}

std::string Table::text() const {
    std::vector<std::size_t> widths;
    for (const Column& c : columns_)
        widths.push_back(width_of(c.title));
    for (const auto& row : rows_)
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], width_of(row[i]));
    std::string out;
    const auto line = [&](auto cell) {
        std::string one;
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            const std::string& text = cell(i);
            const std::size_t gap = widths[i] - width_of(text);
            if (i) one += "  ";
            if (columns_[i].align == Align::right) pad(one, gap);
            one += text;
            if (columns_[i].align == Align::left) pad(one, gap);
        }
        one.erase(one.find_last_not_of(' ') + 1);
        out += one + "\n";
    };
    line([&](std::size_t i) -> const std::string& { return columns_[i].title; });
    for (const auto& row : rows_)
        line([&](std::size_t i) -> const std::string& { return row[i]; });
    return out;
}

}  // namespace sluice::render
