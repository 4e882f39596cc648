// What a policy says of names by feeds, and of places: the rows of `policy show` and `policy diff`.
#include <algorithm>

#include "control/commit/facts_of_feeds.h"
#include "rules/ipc/sha256.h"
#include "rules/load/day_text.h"

namespace sluice::control {
namespace {

// Enough of a hash to tell two contents apart by eye.
std::string digest_text(const ipc::Sha256& digest) { return ipc::to_hex(digest).substr(0, 16); }

template <class List, class Text>
std::string joined(const List& list, Text text) {
    std::string out;
    for (const auto& item : list)
        out.append(out.empty() ? "" : ",").append(text(item));
    return out;
}

std::string same(const std::string& s) { return s; }
std::string prefix_text(const Prefix& p) { return to_text(p); }

std::string content_text(const model::FeedContent* content) {
    if (content == nullptr) return "";
    return " names=" + std::to_string(content->counts.names) +
           " urls=" + std::to_string(content->counts.urls) +
           " addresses=" + std::to_string(content->counts.addresses) +
           " content=" + digest_text(content->digest);
}

std::string changes_text(const model::FeedContent* changes) {
    if (changes == nullptr || changes->rows.empty()) return "";
    return " changes=" + std::to_string(changes->rows.size()) + ":" +
           digest_text(
               ipc::sha256(std::as_bytes(std::span(changes->text.data(), changes->text.size()))));
}

}  // namespace

std::vector<PolicyRow> feed_rows(const model::Policy& p) {
    std::vector<PolicyRow> rows;
    const auto at = [](const auto& all, std::size_t i) {
        return i < all.size() ? all[i].get() : nullptr;
    };
    for (std::size_t i = 0; i < p.feeds.size(); ++i) {
        const model::Feed& f = p.feeds[i];
        const auto mapping = [](const model::FeedMapping& m) {
            return m.folder + ":" + m.category;
        };
        rows.push_back(
            {f.id, "format=" + std::string(name_of(f.format)) + " category=" +
                       (f.category.empty() ? joined(f.categories, mapping) : f.category) +
                       " date=" + load::to_text(f.date) +
                       " precedence=" + std::to_string(f.precedence + 50) + " source=" + f.source +
                       content_text(at(p.feed_content, i)) + changes_text(at(p.feed_changes, i))});
    }
    return rows;
}

std::vector<PolicyRow> geo_rows(const model::Policy& p) {
    std::vector<PolicyRow> rows;
    for (std::size_t i = 0; i < p.geo.size(); ++i) {
        std::string value = "date=" + load::to_text(p.geo[i].date) + " source=" + p.geo[i].source;
        if (i < p.geo_content.size() && p.geo_content[i] != nullptr)
            value += " content=" + digest_text(p.geo_content[i]->digest);
        rows.push_back({p.geo[i].path, std::move(value)});
    }
    return rows;
}

std::vector<PolicyRow> segment_rows(const model::Policy& p) {
    std::vector<PolicyRow> rows;
    for (const model::Segment& s : p.segments)
        rows.push_back({s.id, "countries=" + joined(s.countries, same) + " asns=" +
                                  joined(s.asns, [](auto asn) { return std::to_string(asn); }) +
                                  " prefixes=" + joined(s.prefixes, prefix_text) +
                                  " except=" + joined(s.except, prefix_text)});
    return rows;
}

std::string unnamed_text(const model::Category& c) {
    std::string text;
    if (!c.segment.empty()) text += " segment=" + c.segment;
    if (!c.addresses.empty()) text += " addresses=" + joined(c.addresses, prefix_text);
    if (!c.protocols.empty())
        text += " protocols=" + joined(c.protocols, [](model::Protocol protocol) {
                    return std::string(model::name_of(protocol));
                });
    return text;
}

}  // namespace sluice::control
