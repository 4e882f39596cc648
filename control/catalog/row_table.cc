#include "control/catalog/row_table.h"

#include <algorithm>
#include <unordered_map>

namespace sluice::control::catalog {
namespace {

using Entry = RowTable::Entry;

bool by_prefix(const Entry& a, const Entry& b) { return a.prefix < b.prefix; }

// Gives each organisation its number, in order of first mention.
class Numbers {
  public:
    explicit Numbers(std::vector<std::string>& names) : names_(names) {
        for (std::uint32_t i = 0; i < names.size(); ++i)
            numbers_.emplace(names[i], i);
    }
    std::uint32_t of(const std::string& name) {
        const auto [at, is_new] =
            numbers_.try_emplace(name, static_cast<std::uint32_t>(names_.size()));
        if (is_new) names_.push_back(name);
        return at->second;
    }

  private:
    std::vector<std::string>& names_;
    std::unordered_map<std::string, std::uint32_t> numbers_;
};

// Walks both tables in step: one(a) for what only `a` has, other(b), both(a, b).
template <class One, class Other, class Both>
void walk(std::span<const Entry> a, std::span<const Entry> b, One one, Other other, Both both) {
    std::size_t i = 0, j = 0;
    while (i < a.size() && j < b.size()) {
        const auto order = a[i].prefix <=> b[j].prefix;
        if (order < 0)
            one(a[i++]);
        else if (order > 0)
            other(b[j++]);
        else
            both(a[i++], b[j++]);
    }
    for (; i < a.size(); ++i)
        one(a[i]);
    for (; j < b.size(); ++j)
        other(b[j]);
}

// For each organisation of `from` its number in `to`; one that is not there has a number past all.
std::vector<std::uint32_t> renumber(const std::vector<std::string>& from,
                                    std::vector<std::string> to) {
    Numbers numbers(to);
    std::vector<std::uint32_t> out;
    for (const std::string& name : from)
        out.push_back(numbers.of(name));
    return out;
}

}  // namespace

Result<RowTable, Prefix> RowTable::of(std::span<const Row> rows) {
    RowTable out;
    Numbers numbers(out.organisations_);
    std::vector<Entry> sorted;
    sorted.reserve(rows.size());
    for (const Row& row : rows)
        sorted.push_back({row.prefix, numbers.of(row.organisation)});
    if (!std::is_sorted(sorted.begin(), sorted.end(), by_prefix))
        std::sort(sorted.begin(), sorted.end(), by_prefix);
    const auto twice =
        std::adjacent_find(sorted.begin(), sorted.end(),
                           [](const Entry& a, const Entry& b) { return a.prefix == b.prefix; });
    if (twice != sorted.end()) return Err{twice->prefix};
    out.rows_ = std::make_shared<const std::vector<Entry>>(std::move(sorted));
    return out;
}

const std::string* RowTable::find(const Prefix& prefix) const {
    const auto at = std::lower_bound(rows_->begin(), rows_->end(), Entry{prefix, 0}, by_prefix);
    return at != rows_->end() && at->prefix == prefix ? &organisations_[at->organisation] : nullptr;
}

RowTable RowTable::with(const Changes& changes) const {
    RowTable out;
    out.organisations_ = organisations_;
    Numbers numbers(out.organisations_);
    std::vector<Entry> rows;
    rows.reserve(rows_->size() + changes.size());
    auto from = rows_->begin();
    for (const auto& [prefix, organisation] : changes) {
        const auto at = std::lower_bound(from, rows_->end(), Entry{prefix, 0}, by_prefix);
        rows.insert(rows.end(), from, at);
        from = at != rows_->end() && at->prefix == prefix ? at + 1 : at;
        if (organisation) rows.push_back({prefix, numbers.of(*organisation)});
    }
    rows.insert(rows.end(), from, rows_->end());
    out.rows_ = std::make_shared<const std::vector<Entry>>(std::move(rows));
    return out;
}

bool operator==(const RowTable& a, const RowTable& b) {
    return a.size() == b.size() && difference(a, b).empty();
}

Difference difference(const RowTable& before, const RowTable& after) {
    Difference out;
    if (before.rows().data() == after.rows().data()) return out;
    if (before.empty()) out.added.reserve(after.size());
    const auto numbers = renumber(after.organisations(), before.organisations());
    walk(
        before.rows(), after.rows(),
        [&](const Entry& gone) { out.removed.push_back(before.row(gone)); },
        [&](const Entry& come) { out.added.push_back(after.row(come)); },
        [&](const Entry& was, const Entry& is) {
            if (was.organisation == numbers[is.organisation]) return;
            out.removed.push_back(before.row(was));
            out.added.push_back(after.row(is));
        });
    return out;
}

std::size_t count_gone(const RowTable& before, const RowTable& after) {
    std::size_t gone = 0;
    walk(
        before.rows(), after.rows(), [&](const Entry&) { ++gone; }, [](const Entry&) {},
        [](const Entry&, const Entry&) {});
    return gone;
}

}  // namespace sluice::control::catalog
