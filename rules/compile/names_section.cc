// The names section: what lists and feeds say, one fingerprint a name.
#include <algorithm>
#include <cstring>
#include <map>

#include "rules/compile/interval_writer.h"
#include "rules/compile/name_entries.h"
#include "rules/compile/sections.h"
#include "rules/compile/text_pool.h"
#include "rules/lookup/name_table.h"

namespace sluice::compile {
namespace {

// Two spellings with one fingerprint, or more sets than numbers: begin again, differently.
enum class Again : std::uint8_t { no, other_key, without_origins };

class Builder {
  public:
    Builder(const model::Policy& policy, const layout::NameKey& key, const Spellings& spellings,
            bool keep_origins, Errors& errors)
        : policy_(policy),
          spellings_(spellings),
          errors_(errors),
          precedence_(precedences(policy)),
          sets_(precedence_, keep_origins),
          sources_(source_count(policy)) {
        head_.key = key;
        head_.categories = static_cast<std::uint32_t>(policy.categories.size() + 1);
    }

    Again build(NameEntries& entries) {
        head_.labels_max = entries.labels_max;
        head_.url_labels_max = entries.url_labels_max;
        head_.url_depth_max = entries.url_depth_max;
        if (!merge(entries.names, names_, &layout::SourceRow::names)) return Again::other_key;
        exceptions(entries);
        entries.names = {};  // its memory is for the buckets
        if (!merge(entries.urls, urls_, &layout::SourceRow::urls)) return Again::other_key;
        addresses();
        if (sets_.full()) return Again::without_origins;
        head_.names = static_cast<std::uint32_t>(names_.size());
        head_.urls = static_cast<std::uint32_t>(urls_.size());
        return Again::no;
    }
    ipc::CompiledSection write(const ipc::Sha256& inputs) {
        using Part = layout::NamesPart;
        const auto part = [](Part p) { return static_cast<unsigned>(p); };
        std::memcpy(&head_.identity, inputs.data(), sizeof head_.identity);
        describe_sources();
        const auto buckets = write_buckets(names_);
        names_ = {};
        const auto url_buckets = write_buckets(urls_);
        SectionWriter section(layout::SectionKind::names, layout::kNamesParts);
        section.set_one(part(Part::head), head_);
        section.set(part(Part::buckets), buckets);
        sets_.put(section, part(Part::sets));
        section.set(part(Part::sources), sources_);
        section.set(part(Part::texts), texts_.pool());
        section.set(part(Part::url_buckets), url_buckets);
        forest_.put(section, part(Part::addresses));
        return section.finish(inputs);
    }

  private:
    // One fingerprint a spelling. False: two spellings share one.
    bool merge(const std::vector<NameEntryRow>& entries, std::vector<Fingerprint>& merged,
               std::uint64_t layout::SourceRow::*counted) {
        merged.reserve(entries.size());
        Origins origins;
        for (std::size_t i = 0; i < entries.size();) {
            const NameEntryRow& first = entries[i];
            std::size_t next = i + 1;
            while (next < entries.size() && entries[next].hash == first.hash)
                ++next;
            origins.clear();
            for (std::size_t at = i; at < next; ++at) {
                const NameEntryRow& e = entries[at];
                if (at > i && spellings_.of(e.spelling) != spellings_.of(first.spelling))
                    return false;
                const Origin origin{e.source, e.category};
                if (!origins.empty() && origins.back() == origin) {
                    ++sources_[e.source].duplicates;
                } else {
                    origins.push_back(origin);
                    ++(sources_[e.source].*counted);
                }
            }
            merged.push_back({first.hash, first.spelling, sets_.number(origins)});
            if (sets_.full()) return true;
            i = next;
        }
        return true;
    }

    // A feed that excepts a name says nothing of it: where the nearest listed name above carries
    // that feed's word, the excepted name gets an entry of its own without it.
    void exceptions(const NameEntries& entries) {
        if (entries.exceptions.empty()) return;
        std::map<std::uint64_t, Origins>
            own;  // names that are in the table because of an exception
        const auto listed = [&](std::uint64_t hash, Origins& out) {
            if (const auto at = own.find(hash); at != own.end()) {
                out = at->second;
                return true;
            }
            NameEntryRow wanted{};
            wanted.hash = hash;
            auto at = std::lower_bound(entries.names.begin(), entries.names.end(), wanted);
            out.clear();
            for (; at != entries.names.end() && at->hash == hash; ++at)
                if (const Origin o{at->source, at->category}; out.empty() || !(out.back() == o))
                    out.push_back(o);
            return !out.empty();
        };
        for (const NameEntryRow& row : nearest_the_root_first(entries.exceptions)) {
            const auto hashes = lookup::hash_suffixes(head_.key, spellings_.of(row.spelling));
            Origins origins;
            for (unsigned depth = hashes.count; depth > 0; --depth) {
                if (!listed(hashes.at[depth - 1], origins)) continue;
                const std::size_t before = origins.size();
                std::erase_if(origins, [&](const Origin& o) { return o.source == row.source; });
                if (before != origins.size()) own[hashes.at[hashes.count - 1]] = origins;
                break;
            }
        }
        for (const auto& [hash, origins] : own)
            put_set(hash, sets_.number(origins));
    }
    std::vector<NameEntryRow> nearest_the_root_first(std::vector<NameEntryRow> rows) const {
        const auto labels = [&](const NameEntryRow& row) {
            const std::string_view name = spellings_.of(row.spelling);
            return std::count(name.begin(), name.end(), '.');
        };
        std::stable_sort(rows.begin(), rows.end(),
                         [&](const auto& a, const auto& b) { return labels(a) < labels(b); });
        return rows;
    }
    void put_set(std::uint64_t hash, std::uint16_t set) {
        Fingerprint wanted{hash, 0, set};
        const auto at = std::lower_bound(names_.begin(), names_.end(), wanted);
        if (at != names_.end() && at->hash == hash)
            at->value = set;
        else
            names_.insert(at, wanted);
    }

    void addresses() {
        std::map<Prefix, Origins> all;
        const auto add = [&](const Prefix& prefix, std::size_t source, std::size_t category,
                             const model::Position& at) {
            if (!check_prefix(prefix, errors_, at)) return;
            const Origin origin{static_cast<std::uint16_t>(source),
                                static_cast<std::uint8_t>(category + 1)};
            Origins& origins = all[prefix];
            const auto where = std::lower_bound(origins.begin(), origins.end(), origin);
            if (where != origins.end() && *where == origin) {
                ++sources_[source].duplicates;
                return;
            }
            origins.insert(where, origin);
            ++sources_[source].addresses;
        };
        for (std::size_t c = 0; c < policy_.categories.size(); ++c)
            for (const Prefix& prefix : policy_.categories[c].addresses)
                add(prefix, c, c, policy_.categories[c].at);
        for (std::size_t f = 0; f < policy_.feeds.size() && f < policy_.feed_content.size(); ++f)
            if (policy_.feed_content[f] != nullptr)
                for (const auto& a : policy_.feed_content[f]->addresses)
                    add(a.prefix, policy_.categories.size() + f, a.category, policy_.feeds[f].at);
        std::vector<PrefixValue> values;
        for (const auto& [prefix, origins] : all)
            values.push_back({prefix, static_cast<std::uint16_t>(sets_.number(origins) + 1)});
        forest_.add_set(values);
        head_.addresses = static_cast<std::uint32_t>(values.size());
    }

    void describe_sources() {
        for (std::size_t c = 0; c < policy_.categories.size(); ++c) {
            layout::SourceRow& row = sources_[c];
            row.id = texts_.add(policy_.categories[c].id);
            row.title = texts_.add(policy_.categories[c].source);
            row.licence = row.last_skipped = texts_.add("");
            row.date = layout::SourceRow::kNoDate;
            row.format = layout::SourceRow::kOwnNames;
        }
        for (std::size_t f = 0; f < policy_.feeds.size(); ++f) {
            const model::Feed& feed = policy_.feeds[f];
            layout::SourceRow& row = sources_[policy_.categories.size() + f];
            row.id = texts_.add(feed.id);
            row.title = texts_.add(feed.source);
            row.licence = texts_.add(feed.licence);
            row.last_skipped = texts_.add("");
            row.date = feed.date.time_since_epoch().count();
            row.precedence = feed.precedence;
            row.format = static_cast<std::uint8_t>(feed.format);
            if (f >= policy_.feed_content.size() || policy_.feed_content[f] == nullptr) continue;
            const model::FeedContent& content = *policy_.feed_content[f];
            row.last_skipped = texts_.add(content.last_skipped);
            row.skipped = content.counts.skipped;
            row.suffixes = content.counts.suffixes;
            row.unmapped = content.counts.unmapped;
        }
    }

    const model::Policy& policy_;
    const Spellings& spellings_;
    Errors& errors_;
    std::vector<std::int32_t> precedence_;
    layout::NamesHead head_{};
    SetInterner sets_;
    std::vector<Fingerprint> names_, urls_;
    std::vector<layout::SourceRow> sources_;
    TextPool texts_;
    IntervalWriter forest_;
};

}  // namespace

std::optional<ipc::CompiledSection> names_section(const model::Policy& policy,
                                                  const ipc::Sha256& inputs,
                                                  const layout::NameKey& key, bool fold_changes,
                                                  Errors& errors) {
    const Spellings spellings(policy);
    if (spellings.too_many() || source_count(policy) > 0xffff) {
        errors.add(Code::too_many, "more names than 2^32: leave some feeds out", {});
        return ipc::CompiledSection{};
    }
    for (const bool keep_origins : {true, false}) {
        NameEntries entries = name_entries(policy, spellings, key, errors);
        if (fold_changes) fold_in(name_changes(policy, spellings, key, errors), entries);
        if (errors.any()) return ipc::CompiledSection{};
        Builder builder(policy, key, spellings, keep_origins, errors);
        const Again again = builder.build(entries);
        if (errors.any()) return ipc::CompiledSection{};
        if (again == Again::other_key) return std::nullopt;
        if (again == Again::no) return builder.write(inputs);
    }
    errors.add(Code::too_many,
               "more than 65534 different combinations of categories: merge some lists", {});
    return ipc::CompiledSection{};
}

}  // namespace sluice::compile
