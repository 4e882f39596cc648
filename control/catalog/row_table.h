// RowTable: the rows of one operator's catalog, sorted by prefix, never changed once made and
// shared by whoever holds a copy: a copy costs a reference, a delta one pass over the rows.
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "control/catalog/feed.h"

namespace sluice::control::catalog {

class RowTable {
  public:
    struct Entry {
        Prefix prefix;
        std::uint32_t organisation = 0;  // into organisations(); 24 bytes a row with it
    };

    RowTable() : rows_(std::make_shared<const std::vector<Entry>>()) {}
    // In any order. The error is a prefix that is there twice. Cost: linear when they are sorted.
    static Result<RowTable, Prefix> of(std::span<const Row> rows);

    std::size_t size() const { return rows_->size(); }
    bool empty() const { return rows_->empty(); }
    std::span<const Entry> rows() const { return *rows_; }
    // May hold organisations that no row names any more.
    const std::vector<std::string>& organisations() const { return organisations_; }
    Row row(const Entry& entry) const { return {entry.prefix, organisations_[entry.organisation]}; }

    // Whose the prefix is; nullptr where it is in no row. Cost: a binary search.
    const std::string* find(const Prefix& prefix) const;

    // These prefixes with another organisation, or without a row; all others as they are.
    using Changes = std::map<Prefix, std::optional<std::string>>;
    RowTable with(const Changes& changes) const;

    friend bool operator==(const RowTable& a, const RowTable& b);

  private:
    std::shared_ptr<const std::vector<Entry>> rows_;
    std::vector<std::string> organisations_;
};

// What differs: rows of `after` that `before` has not (or has of another organisation), and the
// other way about. Sorted. Cost: one pass over both.
struct Difference {
    std::vector<Row> added, removed;
    bool empty() const { return added.empty() && removed.empty(); }
};
Difference difference(const RowTable& before, const RowTable& after);

// How many prefixes of `before` are in no row of `after`.
std::size_t count_gone(const RowTable& before, const RowTable& after);

}  // namespace sluice::control::catalog
