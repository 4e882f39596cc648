#include "rules/compile/name_entries.h"

#include <algorithm>

#include "rules/lookup/names_view.h"

namespace sluice::compile {
namespace {

using Kind = model::FeedContent::Kind;

const model::FeedContent* content_of(
    const std::vector<std::shared_ptr<const model::FeedContent>>& all, std::size_t feed) {
    return feed < all.size() ? all[feed].get() : nullptr;
}

unsigned depth_of(std::string_view path) {
    unsigned depth = 0;
    for (std::size_t i = 1; i <= path.size(); ++i)
        depth += (i == path.size() || path[i] == '/') && path[i - 1] != '/' ? 1 : 0;
    return depth;
}

class Gatherer {
  public:
    Gatherer(const model::Policy& policy, const layout::NameKey& key, Errors& errors)
        : policy_(policy), key_(key), errors_(errors) {}

    void own_names(NameEntries& out) {
        for (std::uint32_t row = 0; row < policy_.names.size(); ++row) {
            const model::NameEntry& e = policy_.names[row];
            if (e.category_index >= policy_.categories.size()) {
                errors_.add(Code::bad_index, "'" + e.name + "' is in a category that is not there",
                            e.at);
                continue;
            }
            name(e.name, row, e.category_index, static_cast<std::uint8_t>(e.category_index), e.at,
                 out.names, out.labels_max);
        }
    }
    void feed(std::size_t number, const Spellings& spellings, NameEntries& out) {
        const model::FeedContent* content = content_of(policy_.feed_content, number);
        if (content == nullptr) return;
        const auto source = static_cast<std::uint16_t>(policy_.categories.size() + number);
        std::uint32_t spelling = spellings.first_of_content(number);
        for (const model::FeedContent::Row& row : content->rows) {
            const std::string_view text = content->spelling(row);
            const model::Position& at = policy_.feeds[number].at;
            if (row.category >= policy_.categories.size())
                errors_.add(Code::bad_index, "a feed's category is not there", at);
            else if (row.kind == Kind::name)
                name(text, spelling, source, row.category, at, out.names, out.labels_max);
            else if (row.kind == Kind::exception)
                name(text, spelling, source, row.category, at, out.exceptions, out.labels_max);
            else if (row.kind == Kind::url)
                url(text, spelling, source, row.category, at, out);
            ++spelling;
        }
    }
    // False: not a name.
    bool name(std::string_view text, std::uint32_t spelling, std::size_t source,
              std::uint8_t category, const model::Position& at, std::vector<NameEntryRow>& into,
              std::uint32_t& labels_max) {
        if (!check_name(text, errors_, at)) return false;
        const WholeName whole = whole_name(key_, text);
        labels_max = std::max(labels_max, whole.labels);
        into.push_back({whole.hash, spelling, static_cast<std::uint16_t>(source),
                        static_cast<std::uint8_t>(category + 1), false});
        return true;
    }

  private:
    void url(std::string_view text, std::uint32_t spelling, std::uint16_t source,
             std::uint8_t category, const model::Position& at, NameEntries& out) {
        const std::size_t slash = std::min(text.find('/'), text.size());
        const std::string_view path = text.substr(slash);
        if (!name(text.substr(0, slash), spelling, source, category, at, out.urls,
                  out.url_labels_max))
            return;
        const unsigned depth = depth_of(path);
        if (depth == 0 || depth > lookup::kUrlDepthMax || path.size() > lookup::kUrlPathMax) {
            errors_.add(Code::bad_name, "'" + std::string(text) + "' is no URL a list may have",
                        at);
            return;
        }
        out.url_depth_max = std::max(out.url_depth_max, depth);
        out.urls.back().hash = lookup::UrlHash(key_, out.urls.back().hash).of(path);
    }

    const model::Policy& policy_;
    const layout::NameKey& key_;
    Errors& errors_;
};

}  // namespace

std::size_t source_count(const model::Policy& policy) {
    return policy.categories.size() + policy.feeds.size();
}

std::vector<std::int32_t> precedences(const model::Policy& policy) {
    std::vector<std::int32_t> all(policy.categories.size(), 0);
    for (const model::Feed& feed : policy.feeds)
        all.push_back(feed.precedence);
    return all;
}

Spellings::Spellings(const model::Policy& policy) : policy_(policy) {
    std::uint64_t next = 0;
    const auto add = [&](std::size_t rows) {
        firsts_.push_back(static_cast<std::uint32_t>(next));
        next += rows;
    };
    const auto rows_of = [](const model::FeedContent* content) {
        return content == nullptr ? 0 : content->rows.size();
    };
    add(policy.names.size());
    for (std::size_t feed = 0; feed < policy.feeds.size(); ++feed) {
        add(rows_of(content_of(policy.feed_content, feed)));
        add(rows_of(content_of(policy.feed_changes, feed)));
    }
    too_many_ = next > 0xffffffff;
}

std::string_view Spellings::of(std::uint32_t number) const {
    const auto after = std::upper_bound(firsts_.begin(), firsts_.end(), number);
    const auto part = static_cast<std::size_t>(after - firsts_.begin()) - 1;
    const std::uint32_t row = number - firsts_[part];
    if (part == 0) return policy_.names[row].name;
    const auto& from = part % 2 == 1 ? policy_.feed_content : policy_.feed_changes;
    const model::FeedContent& content = *from[(part - 1) / 2];
    return content.spelling(content.rows[row]);
}

NameEntries name_entries(const model::Policy& policy, const Spellings& spellings,
                         const layout::NameKey& key, Errors& errors) {
    NameEntries entries;
    std::size_t rows = policy.names.size();
    for (const auto& content : policy.feed_content)
        if (content != nullptr) rows += content->counts.names;
    entries.names.reserve(rows);
    Gatherer gatherer(policy, key, errors);
    gatherer.own_names(entries);
    for (std::size_t feed = 0; feed < policy.feeds.size(); ++feed)
        gatherer.feed(feed, spellings, entries);
    std::sort(entries.names.begin(), entries.names.end());
    std::sort(entries.urls.begin(), entries.urls.end());
    return entries;
}

std::vector<NameChange> name_changes(const model::Policy& policy, const Spellings& spellings,
                                     const layout::NameKey& key, Errors& errors) {
    std::vector<NameChange> changes;
    std::vector<NameEntryRow> one;
    Gatherer gatherer(policy, key, errors);
    for (std::size_t feed = 0; feed < policy.feeds.size(); ++feed) {
        const model::FeedContent* content = content_of(policy.feed_changes, feed);
        if (content == nullptr) continue;
        std::uint32_t spelling = spellings.first_of_changes(feed);
        for (const model::FeedContent::Row& row : content->rows) {
            const model::Position& at = policy.feeds[feed].at;
            one.clear();
            std::uint32_t labels = 0;
            if (row.category >= policy.categories.size())
                errors.add(Code::bad_index, "a change's category is not there", at);
            else if ((row.kind == Kind::added || row.kind == Kind::removed) &&
                     gatherer.name(content->spelling(row), spelling,
                                   policy.categories.size() + feed, row.category, at, one, labels))
                changes.push_back({one[0], static_cast<std::uint32_t>(changes.size()),
                                   static_cast<std::uint8_t>(labels), row.kind == Kind::added});
            ++spelling;
        }
    }
    std::sort(changes.begin(), changes.end(), [](const NameChange& a, const NameChange& b) {
        if (a.entry < b.entry || b.entry < a.entry) return a.entry < b.entry;
        return a.order < b.order;
    });
    std::vector<NameChange> last;
    for (std::size_t i = 0; i < changes.size(); ++i)
        if (i + 1 == changes.size() || changes[i].entry < changes[i + 1].entry)
            last.push_back(changes[i]);
    return last;
}

void fold_in(const std::vector<NameChange>& changes, NameEntries& entries) {
    std::vector<NameEntryRow> added;
    for (const NameChange& change : changes) {
        const auto [from, to] =
            std::equal_range(entries.names.begin(), entries.names.end(), change.entry);
        if (!change.added) {
            for (auto at = from; at != to; ++at)
                at->gone = true;
        } else if (from == to) {
            added.push_back(change.entry);
            entries.labels_max = std::max<std::uint32_t>(entries.labels_max, change.labels);
        }
    }
    std::erase_if(entries.names, [](const NameEntryRow& e) { return e.gone; });
    const auto middle = static_cast<std::ptrdiff_t>(entries.names.size());
    entries.names.insert(entries.names.end(), added.begin(), added.end());
    std::inplace_merge(entries.names.begin(), entries.names.begin() + middle, entries.names.end());
}

}  // namespace sluice::compile
