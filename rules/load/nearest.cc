#include "rules/load/nearest.h"

#include <algorithm>
#include <array>

#include "rules/load/report.h"

namespace sluice::load {
namespace {

constexpr std::size_t kLengthMax = 64;

// Optimal string alignment distance; stops early above `limit`.
std::size_t distance(std::string_view a, std::string_view b, std::size_t limit) {
    std::array<std::array<std::size_t, kLengthMax + 1>, 3> rows{};
    for (std::size_t j = 0; j <= b.size(); ++j)
        rows[0][j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        auto& row = rows[i % 3];
        const auto& above = rows[(i + 2) % 3];
        const auto& two_above = rows[(i + 1) % 3];
        row[0] = i;
        std::size_t least = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = above[j - 1] + (a[i - 1] != b[j - 1]);
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, replaced});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], two_above[j - 2] + 1);
            least = std::min(least, row[j]);
        }
        if (least > limit) return limit + 1;
    }
    return rows[a.size() % 3][b.size()];
}

}  // namespace

std::string_view nearest(std::string_view word, const std::vector<std::string_view>& known) {
    std::string_view best;
    if (word.empty() || word.size() > kLengthMax) return best;
    std::size_t limit = (word.size() + 2) / 3;
    for (std::string_view candidate : known) {
        const std::size_t a = candidate.size(), b = word.size();
        if (a > kLengthMax || (a > b ? a - b : b - a) > limit) continue;
        const std::size_t edits = distance(word, candidate, limit);
        if (edits > limit) continue;
        best = candidate;
        if (edits == 0) break;
        limit = edits - 1;  // only something nearer replaces it
    }
    return best;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& known,
                         std::string_view otherwise) {
    const std::string_view best = nearest(word, known);
    if (best.empty()) return std::string(otherwise);
    return "did you mean " + in_quotes(best) + "?";
}

}  // namespace sluice::load
