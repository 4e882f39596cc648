#include "rules/load/bulk_lines.h"

namespace sluice::load {

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kBlanks = " \t\r";
    const std::size_t first = text.find_first_not_of(kBlanks);
    if (first == std::string_view::npos) return text.substr(text.size());
    return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

bool BulkLines::next(std::string_view& line) {
    while (!rest_.empty()) {
        const std::string_view whole = rest_.substr(0, rest_.find('\n'));
        rest_.remove_prefix(whole.size() < rest_.size() ? whole.size() + 1 : whole.size());
        ++line_;
        line = trimmed(whole.substr(0, whole.find('#')));
        column_ = static_cast<std::uint32_t>(line.data() - whole.data() + 1);
        if (!line.empty()) return true;
    }
    return false;
}

}  // namespace sluice::load
