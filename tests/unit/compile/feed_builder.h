// Feeds in memory, as the loader would make them.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "rules/ipc/sha256.h"
#include "rules/model/policy.h"
#include "tests/unit/lookup/small_policy.h"

namespace sluice::test {

inline void put_row(model::FeedContent& content, std::string_view spelling, std::uint8_t category,
                    model::FeedContent::Kind kind) {
    content.rows.push_back({static_cast<std::uint32_t>(content.text.size()),
                            static_cast<std::uint16_t>(spelling.size()), category, kind});
    content.text.append(spelling);
    content.counts.names += kind == model::FeedContent::Kind::name;
}

// The digest a loader takes of the files: here of what would be in them.
inline void seal(model::FeedContent& content) {
    std::string all = content.text;
    for (const auto& row : content.rows)
        all += ' ' + std::to_string(row.offset) + ':' + std::to_string(row.category) + ':' +
               std::to_string(static_cast<unsigned>(row.kind));
    for (const auto& address : content.addresses)
        all += ' ' + to_text(address.prefix) + ':' + std::to_string(address.category);
    content.digest = ipc::sha256(std::as_bytes(std::span(all.data(), all.size())));
}

inline model::Feed& add_feed(model::Policy& policy, const std::string& id,
                             const std::vector<std::pair<std::string, std::uint8_t>>& names) {
    auto content = std::make_shared<model::FeedContent>();
    for (const auto& [name, category] : names)
        put_row(*content, name, category, model::FeedContent::Kind::name);
    seal(*content);
    model::Feed feed;
    feed.id = id;
    policy.feeds.push_back(feed);
    policy.feed_content.push_back(std::move(content));
    policy.feed_changes.push_back(std::make_shared<model::FeedContent>());
    return policy.feeds.back();
}

template <class Edit>
void edit(std::shared_ptr<const model::FeedContent>& content, Edit change) {
    auto copy = std::make_shared<model::FeedContent>(*content);
    change(*copy);
    seal(*copy);
    content = std::move(copy);
}
// To the feed added last.
inline void add_row(model::Policy& policy, std::string_view spelling, std::uint8_t category,
                    model::FeedContent::Kind kind) {
    edit(policy.feed_content.back(),
         [&](model::FeedContent& c) { put_row(c, spelling, category, kind); });
}
inline void add_address(model::Policy& policy, const char* text, std::uint8_t category) {
    edit(policy.feed_content.back(), [&](model::FeedContent& c) {
        c.addresses.push_back({*parse_prefix(text).prefix, category});
    });
}
inline void add_change(model::Policy& policy, std::size_t feed, std::string_view name,
                       std::uint8_t category, bool added) {
    edit(policy.feed_changes[feed], [&](model::FeedContent& c) {
        put_row(c, name, category,
                added ? model::FeedContent::Kind::added : model::FeedContent::Kind::removed);
    });
}

}  // namespace sluice::test
