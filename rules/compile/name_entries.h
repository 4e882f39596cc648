// Everything the lists and feeds of a policy say of names, as rows of 16 bytes that are sorted
// instead of searched.
#pragma once
#include <optional>
#include <string_view>
#include <vector>

#include "rules/compile/ids.h"
#include "rules/compile/name_writer.h"
#include "rules/compile/set_interner.h"

namespace sluice::compile {

// A source is a category's own names (its number is the category's, from 0) or a feed (the
// categories' count and up).
std::size_t source_count(const model::Policy& policy);
std::vector<std::int32_t> precedences(const model::Policy& policy);

struct NameEntryRow {
    std::uint64_t hash = 0;
    std::uint32_t spelling = 0;  // Spellings
    std::uint16_t source = 0;
    std::uint8_t category = 0;  // CategoryIndex
    bool gone = false;          // a change removed it
    friend bool operator<(const NameEntryRow& a, const NameEntryRow& b) {
        if (a.hash != b.hash) return a.hash < b.hash;
        if (a.source != b.source) return a.source < b.source;
        return a.category < b.category;
    }
};
static_assert(sizeof(NameEntryRow) == 16);

// A change to a feed: the last one about a name, source and category counts.
struct NameChange {
    NameEntryRow entry;
    std::uint32_t order = 0;
    std::uint8_t labels = 0;
    bool added = false;
};

// Numbers for spellings that are kept elsewhere: Policy::names, then the rows of each feed's
// content, then those of its changes.
class Spellings {
  public:
    explicit Spellings(const model::Policy& policy);
    std::string_view of(std::uint32_t number) const;
    std::uint32_t first_of_content(std::size_t feed) const { return firsts_[1 + 2 * feed]; }
    std::uint32_t first_of_changes(std::size_t feed) const { return firsts_[2 + 2 * feed]; }
    bool too_many() const { return too_many_; }

  private:
    const model::Policy& policy_;
    std::vector<std::uint32_t> firsts_;  // of Policy::names, content 0, changes 0, content 1, ...
    bool too_many_ = false;
};

struct NameEntries {
    std::vector<NameEntryRow> names;  // ascending
    std::vector<NameEntryRow> urls;   // by url_fingerprint, ascending
    std::vector<NameEntryRow> exceptions;
    std::uint32_t labels_max = 0, url_labels_max = 0, url_depth_max = 0;
};
// Reports names that are not canonical and indexes that lead nowhere.
NameEntries name_entries(const model::Policy& policy, const Spellings& spellings,
                         const layout::NameKey& key, Errors& errors);

// The changes of all feeds, by name; of several about the same entry the last one.
std::vector<NameChange> name_changes(const model::Policy& policy, const Spellings& spellings,
                                     const layout::NameKey& key, Errors& errors);
// Puts changes into entries; stays ascending.
void fold_in(const std::vector<NameChange>& changes, NameEntries& entries);

}  // namespace sluice::compile
