#include "rules/lookup/explain_name.h"

#include <algorithm>

namespace sluice::lookup {
namespace {

class Teller {
  public:
    explicit Teller(const BundleView& bundle) : b_(bundle) {}

    CategoryStory name(std::string_view name, std::string_view path) {
        const NamesView& names = b_.names();
        const NameHashes hashes = hash_suffixes(names.head->key, name);
        overrides(name, hashes);
        if (const UrlMatch url = find_url(names, hashes, path); url.found)
            entries(
                Claim::Kind::url,
                std::string(last_labels(name, url.labels)).append(path.substr(0, url.path_size)),
                names.sets, url.set, false);
        for (unsigned labels = hashes.count; labels > 0;) {
            const ListMatch match = find_listed_below(names, b_.delta(), hashes, labels);
            if (!match.found) break;
            entries(Claim::Kind::name, std::string(last_labels(name, match.labels)),
                    match.by_delta ? b_.delta().sets : names.sets, match.set, match.by_delta);
            labels = match.labels - 1u;
        }
        return take();
    }

    CategoryStory address(const IpAddress& address) {
        const NamesView& names = b_.names();
        const PrefixMatch match = names.addresses.match(0, address);
        if (match.value != 0 && match.value <= names.sets.sets.size())
            entries(Claim::Kind::address,
                    to_text(Prefix{masked(address, match.length),
                                   static_cast<std::uint8_t>(match.length)}),
                    names.sets, static_cast<std::uint16_t>(match.value - 1), false);
        const GeoView& geo = b_.geo();
        for (std::size_t i = 0; i < geo.segments.size(); ++i) {
            if (!geo.in_segment(i, address)) continue;
            Claim claim;
            claim.kind = Claim::Kind::segment;
            claim.entry = to_text(address);
            claim.source = geo.text(geo.segments[i].id);
            claim.categories = geo.segments[i].categories;
            claim.decides = !claim.categories.empty();  // besides what the lists say
            story_.claims.push_back(std::move(claim));
        }
        CategoryStory story = take();
        story.categories = categorise_address(b_, address);
        return story;
    }

  private:
    void overrides(std::string_view name, const NameHashes& hashes) {
        const PolicyView& policy = b_.policy();
        for (unsigned labels = hashes.count; labels > 0; --labels) {
            std::uint16_t row = 0;
            if (!policy.override_names.has(hashes.at[labels - 1], row)) continue;
            const layout::OverrideRow& decision = policy.overrides[row];
            Claim claim;
            claim.kind = Claim::Kind::override_entry;
            claim.entry = last_labels(name, labels);
            claim.source = "overrides";
            claim.source_text = std::string(policy.text(decision.ground))
                                    .append(" (")
                                    .append(policy.text(decision.author))
                                    .append(")");
            claim.categories = decision.categories;
            claim.decides = !decided_;
            decide(decision.categories);
            story_.claims.push_back(std::move(claim));
        }
    }
    // One claim a source: a set says who stands for it.
    void entries(Claim::Kind kind, const std::string& entry, const SetsView& sets,
                 std::uint16_t set, bool changed) {
        const NamesView& names = b_.names();
        const bool first = !decided_;
        decide(sets.sets[set]);
        const auto origins = sets.origins_of(set);
        for (std::size_t i = 0; i < origins.size();) {
            const std::uint16_t source = origins[i].source;
            Claim claim;
            claim.kind = kind;
            claim.changed = changed;
            claim.entry = entry;
            claim.decides = first && origins[i].decides != 0;
            if (source < names.sources.size()) {
                claim.source = names.text(names.sources[source].id);
                claim.source_text = names.text(names.sources[source].title);
            }
            for (; i < origins.size() && origins[i].source == source; ++i)
                claim.categories.add(origins[i].category);
            story_.claims.push_back(std::move(claim));
        }
        if (!origins.empty()) return;
        Claim claim;  // an exception left nothing, or sources were not kept
        claim.kind = kind;
        claim.changed = changed;
        claim.entry = entry;
        claim.source = sets.sets[set].empty() ? "an exception of a feed" : "not kept";
        claim.categories = sets.sets[set];
        claim.decides = first;
        story_.claims.push_back(std::move(claim));
    }
    void decide(const model::CategorySet& set) {
        if (!decided_) story_.categories = set;
        decided_ = true;
    }
    CategoryStory take() {
        std::stable_partition(story_.claims.begin(), story_.claims.end(),
                              [](const Claim& claim) { return claim.decides; });
        return std::move(story_);
    }

    const BundleView& b_;
    CategoryStory story_;
    bool decided_ = false;
};

}  // namespace

CategoryStory tell_name(const BundleView& bundle, std::string_view name, std::string_view path) {
    return Teller(bundle).name(name, path);
}

CategoryStory tell_address(const BundleView& bundle, const IpAddress& address) {
    return Teller(bundle).address(address);
}

}  // namespace sluice::lookup
