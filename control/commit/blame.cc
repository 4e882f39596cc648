#include "control/commit/blame.h"

#include <algorithm>
#include <unordered_map>

namespace sluice::control {
namespace {

constexpr std::size_t kTableMax = 4'000'000;  // cells of the table, 2 bytes each: 8 MB
constexpr std::size_t kLinesMax = 60'000;     // of either side: what a cell can count

std::vector<BlamedLine> lines_of(const LineChange& change) {
    std::vector<BlamedLine> lines;
    for (std::string_view rest = change.after; !rest.empty();) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        lines.push_back({change.serial, std::string(rest.substr(0, end))});
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return lines;
}

// Where the two differ: [first, before_end) of one, [first, after_end) of the other.
struct Stretch {
    std::size_t first = 0, before_end = 0, after_end = 0;
    std::size_t before() const { return before_end - first; }
    std::size_t after() const { return after_end - first; }
};

using Lines = std::vector<BlamedLine>;

void keep_in_order(const Lines& before, Lines& after, const Stretch& s) {
    const std::size_t width = s.after() + 1;
    std::vector<std::uint16_t> longest((s.before() + 1) * width, 0);  // of the two tails
    const auto same = [&](std::size_t i, std::size_t j) {
        return before[s.first + i].text == after[s.first + j].text;
    };
    for (std::size_t i = s.before(); i-- > 0;)
        for (std::size_t j = s.after(); j-- > 0;)
            longest[i * width + j] =
                same(i, j) ? static_cast<std::uint16_t>(longest[(i + 1) * width + j + 1] + 1)
                           : std::max(longest[(i + 1) * width + j], longest[i * width + j + 1]);
    for (std::size_t i = 0, j = 0; i < s.before() && j < s.after();) {
        if (same(i, j))
            after[s.first + j++].serial = before[s.first + i++].serial;
        else if (longest[(i + 1) * width + j] >= longest[i * width + j + 1])
            ++i;
        else
            ++j;
    }
}

void keep_in_any_order(const Lines& before, Lines& after, const Stretch& s) {
    std::unordered_map<std::string_view, std::vector<std::uint64_t>> had;
    for (std::size_t i = s.before_end; i-- > s.first;)
        had[before[i].text].push_back(before[i].serial);
    for (std::size_t j = s.first; j < s.after_end; ++j) {
        const auto found = had.find(after[j].text);
        if (found == had.end() || found->second.empty()) continue;
        after[j].serial = found->second.back();
        found->second.pop_back();
    }
}

}  // namespace

std::vector<BlamedLine> blame(std::vector<BlamedLine> before, const LineChange& change) {
    Lines after = lines_of(change);
    Stretch s{0, before.size(), after.size()};
    for (; s.before() > 0 && s.after() > 0 && before[s.first].text == after[s.first].text;
         ++s.first)
        after[s.first].serial = before[s.first].serial;
    for (; s.before() > 0 && s.after() > 0 &&
           before[s.before_end - 1].text == after[s.after_end - 1].text;
         --s.before_end, --s.after_end)
        after[s.after_end - 1].serial = before[s.before_end - 1].serial;
    const bool small = std::max(s.before(), s.after()) <= kLinesMax &&
                       (s.before() + 1) * (s.after() + 1) <= kTableMax;
    small ? keep_in_order(before, after, s) : keep_in_any_order(before, after, s);
    return after;
}

}  // namespace sluice::control
