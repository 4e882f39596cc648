#include "control/commit/diff.h"

#include "control/commit/facts_of_policy.h"

#include <algorithm>
#include <iterator>

namespace sluice::control {
namespace {

// Rows of one part that are not in the other, told as added and removed. Both are sorted.
void compare(const PolicyPart& a, const PolicyPart& b, std::vector<Difference>& out) {
    std::vector<PolicyRow> gone, come;
    std::set_difference(a.rows.begin(), a.rows.end(), b.rows.begin(), b.rows.end(),
                        std::back_inserter(gone));
    std::set_difference(b.rows.begin(), b.rows.end(), a.rows.begin(), a.rows.end(),
                        std::back_inserter(come));
    auto next = come.begin();
    const auto add_until = [&](const std::string* id) {
        for (; next != come.end() && (!id || next->id < *id); ++next)
            out.push_back({Change::added, a.what, next->id, "", next->value});
    };
    for (const PolicyRow& row : gone) {
        add_until(&row.id);
        if (next != come.end() && next->id == row.id) {
            out.push_back({Change::changed, a.what, row.id, row.value, next->value});
            ++next;
        } else {
            out.push_back({Change::removed, a.what, row.id, row.value, ""});
        }
    }
    add_until(nullptr);
}

// Indexes in the bulk parts mean the same in both, and the parts are the same.
bool same_bulk(const model::Policy& a, const model::Policy& b) {
    const auto same_ids = [](const auto& x, const auto& y) {
        return std::equal(x.begin(), x.end(), y.begin(), y.end(),
                          [](const auto& l, const auto& r) { return l.id == r.id; });
    };
    return same_ids(a.operators, b.operators) && same_ids(a.organisations, b.organisations) &&
           same_ids(a.categories, b.categories) && a.catalog == b.catalog && a.names == b.names;
}

}  // namespace

std::string_view name_of(Change c) {
    constexpr std::string_view kNames[] = {"added", "removed", "changed"};
    return kNames[static_cast<std::size_t>(c)];
}

std::vector<Difference> diff(const model::Policy& before, const model::Policy& after) {
    const bool with_bulk = !same_bulk(before, after);
    const auto a = parts_of(before, with_bulk);
    const auto b = parts_of(after, with_bulk);
    std::vector<Difference> all;
    for (std::size_t part = 0; part < a.size(); ++part)
        compare(a[part], b[part], all);
    return all;
}

}  // namespace sluice::control
