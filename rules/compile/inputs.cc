#include <cstring>

#include "rules/compile/sections.h"

namespace sluice::compile {
namespace {

// Hashes many small records with few calls. Every text is preceded by its size, so that no two
// different inputs make the same bytes.
class InputHash {
  public:
    explicit InputHash(std::string_view what) {
        number(layout::kSectionVersion);
        text(what);
    }
    void number(std::uint64_t value) { bytes(&value, sizeof value); }
    void text(std::string_view t) {
        number(t.size());
        bytes(t.data(), t.size());
    }
    void bytes(const void* from, std::size_t size) {
        if (size > sizeof buffer_ - used_) flush();
        if (size > sizeof buffer_) {
            stream_.add(std::span(static_cast<const std::byte*>(from), size));
            return;
        }
        if (size != 0) std::memcpy(buffer_ + used_, from, size);
        used_ += size;
    }
    ipc::Sha256 result() {
        flush();
        return stream_.result();
    }

  private:
    void flush() {
        stream_.add(std::span<const std::byte>(buffer_, used_));
        used_ = 0;
    }
    ipc::Sha256Stream stream_;
    std::byte buffer_[16 * 1024];
    std::size_t used_ = 0;
};

}  // namespace

ipc::Sha256 catalog_inputs(const model::Policy& policy) {
    InputHash hash("catalog");
    hash.number(policy.operators.size());
    hash.number(policy.organisations.size());
    for (const model::CatalogEntry& e : policy.catalog) {
        hash.bytes(e.prefix.network.bytes.data(), e.prefix.network.bytes.size());
        hash.number(std::uint64_t{e.prefix.length} << 32 | std::uint64_t{e.operator_index} << 16 |
                    e.organisation_index);
    }
    return hash.result();
}

namespace {

void add_changes(InputHash& hash, const model::Policy& policy) {
    hash.number(policy.feed_changes.size());
    for (const auto& changes : policy.feed_changes) {
        const bool there = changes != nullptr;
        hash.number(there ? changes->rows.size() : 0);
        if (!there) continue;
        for (const model::FeedContent::Row& row : changes->rows) {
            hash.number(std::uint64_t{row.category} << 8 | static_cast<std::uint64_t>(row.kind));
            hash.text(changes->spelling(row));
        }
    }
}

}  // namespace

ipc::Sha256 names_inputs(const model::Policy& policy, bool fold_changes) {
    InputHash hash("names");
    hash.number(policy.categories.size());
    for (const model::Category& c : policy.categories) {
        hash.text(c.id);
        hash.text(c.source);
        hash.number(c.addresses.size());
        for (const Prefix& prefix : c.addresses) {
            hash.bytes(prefix.network.bytes.data(), prefix.network.bytes.size());
            hash.number(prefix.length);
        }
    }
    for (const model::NameEntry& e : policy.names) {
        hash.number(std::uint64_t{e.category_index} << 32 | e.name.size());
        hash.bytes(e.name.data(), e.name.size());
    }
    hash.number(policy.feeds.size());
    for (std::size_t f = 0; f < policy.feeds.size(); ++f) {
        const model::Feed& feed = policy.feeds[f];
        hash.text(feed.id);
        hash.text(feed.source);
        hash.text(feed.licence);
        hash.number(static_cast<std::uint64_t>(feed.date.time_since_epoch().count()));
        hash.number(static_cast<std::uint64_t>(feed.precedence));
        hash.number(static_cast<std::uint64_t>(feed.format));
        const bool there = f < policy.feed_content.size() && policy.feed_content[f] != nullptr;
        hash.number(there);
        if (there) hash.bytes(policy.feed_content[f]->digest.data(), ipc::Sha256{}.size());
    }
    hash.number(fold_changes);
    if (fold_changes) add_changes(hash, policy);
    return hash.result();
}

ipc::Sha256 delta_inputs(const model::Policy& policy, const ipc::Sha256& names, bool folded) {
    InputHash hash("names_delta");
    hash.bytes(names.data(), names.size());
    hash.number(folded);
    if (!folded) add_changes(hash, policy);
    return hash.result();
}

ipc::Sha256 geo_inputs(const model::Policy& policy) {
    InputHash hash("geo");
    hash.number(policy.geo_content.size());
    for (const auto& content : policy.geo_content) {
        hash.number(content != nullptr);
        if (content != nullptr) hash.bytes(content->digest.data(), content->digest.size());
    }
    const auto prefixes = [&](const std::vector<Prefix>& all) {
        hash.number(all.size());
        for (const Prefix& prefix : all) {
            hash.bytes(prefix.network.bytes.data(), prefix.network.bytes.size());
            hash.number(prefix.length);
        }
    };
    hash.number(policy.segments.size());
    for (const model::Segment& s : policy.segments) {
        hash.text(s.id);
        hash.number(s.countries.size());
        for (const std::string& country : s.countries)
            hash.text(country);
        hash.number(s.asns.size());
        for (const std::uint32_t asn : s.asns)
            hash.number(asn);
        prefixes(s.prefixes);
        prefixes(s.except);
    }
    hash.number(policy.categories.size());
    for (const model::Category& c : policy.categories)
        hash.text(c.segment);
    return hash.result();
}

}  // namespace sluice::compile
