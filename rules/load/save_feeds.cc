#include "rules/load/save_feeds.h"

#include "rules/load/day_text.h"
#include "rules/load/yaml_writer.h"

namespace sluice::load {
namespace {

using Kind = model::FeedContent::Kind;

std::string line_of(model::FeedFormat format, const model::FeedContent& content,
                    const model::FeedContent::Row& row) {
    const std::string spelling(content.spelling(row));
    using enum model::FeedFormat;
    switch (format) {
        case hosts:
            return "0.0.0.0 " + spelling;
        case adblock:
            return (row.kind == Kind::exception ? "@@||" : "||") + spelling + "^";
        case rpz:
            return spelling + " CNAME " + (row.kind == Kind::exception ? "rpz-passthru." : ".");
        default:
            return spelling;
    }
}

std::string rpz_owner(const Prefix& prefix) {
    if (!prefix.is_v4()) {  // no "zz": eight groups are allowed too
        std::string owner = std::to_string(prefix.length);
        for (std::size_t i = 14;; i -= 2) {
            static const char* const kHex = "0123456789abcdef";
            owner += '.';
            for (std::size_t j = i; j < i + 2; ++j) {
                owner += kHex[prefix.network.bytes[j] >> 4];
                owner += kHex[prefix.network.bytes[j] & 15];
            }
            if (i == 0) return owner + ".rpz-ip";
        }
    }
    std::string owner = std::to_string(prefix.family_length());
    for (std::size_t i = 16; i-- > 12;)
        owner += "." + std::to_string(prefix.network.bytes[i]);
    return owner + ".rpz-ip";
}

std::string address_line(model::FeedFormat format, const Prefix& prefix) {
    switch (format) {
        case model::FeedFormat::adblock:
            return "||" + to_text(prefix.network) + "^";
        case model::FeedFormat::rpz:
            return rpz_owner(prefix) + " CNAME .";
        default:
            return to_text(prefix);
    }
}

// The folder of a row's category; the first that maps to it.
std::string folder_of(const model::Policy& policy, const model::Feed& feed, std::uint8_t category) {
    for (const model::FeedMapping& mapping : feed.categories)
        if (mapping.category == policy.categories[category].id) return mapping.folder;
    return {};
}

void save_content(const model::Policy& policy, std::size_t number, FileSet& files) {
    const model::Feed& feed = policy.feeds[number];
    const bool folders = feed.format == model::FeedFormat::ut1;
    const auto file = [&](std::uint8_t category, const char* name) -> std::string& {
        return files[folders ? feed.path + "/" + folder_of(policy, feed, category) + "/" + name
                             : feed.path];
    };
    if (folders)
        for (const model::FeedMapping& mapping : feed.categories)
            files[feed.path + "/" + mapping.folder + "/domains"];
    else
        files[feed.path];
    if (number >= policy.feed_content.size() || policy.feed_content[number] == nullptr) return;
    const model::FeedContent& content = *policy.feed_content[number];
    for (const auto& row : content.rows)
        file(row.category, row.kind == Kind::url ? "urls" : "domains")
            .append(line_of(feed.format, content, row))
            .append("\n");
    for (const auto& address : content.addresses)
        file(address.category, "domains")
            .append(address_line(feed.format, address.prefix))
            .append("\n");
}

// The file in whose folder a change of this category is read; the first one of a feed of one file:
// the order of changes is kept, and only that counts.
const std::string& file_of_change(const model::Policy& policy, const model::Feed& feed,
                                  std::uint8_t category) {
    if (feed.format == model::FeedFormat::ut1)
        for (const std::string& path : feed.changes)
            if (path.starts_with(feed.path + "/" + folder_of(policy, feed, category) + "/"))
                return path;
    return feed.changes.front();
}

void save_changes(const model::Policy& policy, std::size_t number, FileSet& files) {
    const model::Feed& feed = policy.feeds[number];
    for (const std::string& path : feed.changes)
        files[path];
    if (feed.changes.empty() || number >= policy.feed_changes.size() ||
        policy.feed_changes[number] == nullptr)
        return;
    const model::FeedContent& content = *policy.feed_changes[number];
    for (const auto& row : content.rows)
        files[file_of_change(policy, feed, row.category)]
            .append(row.kind == Kind::added ? "+" : "-")
            .append(content.spelling(row))
            .append("\n");
}

void write_feed(YamlWriter& w, const model::Feed& feed) {
    w.value("id", feed.id);
    w.value("format", model::name_of(feed.format));
    w.value("path", feed.path);
    if (feed.format != model::FeedFormat::ut1) {
        w.value("category", feed.category);
    } else {
        w.open("categories");
        for (const model::FeedMapping& mapping : feed.categories) {
            w.entry();
            w.value("folder", mapping.folder);
            w.value("category", mapping.category);
            w.end_entry();
        }
        w.close();
    }
    w.value("source", feed.source);
    w.value("licence", feed.licence);
    w.value("date", to_text(feed.date));
    w.raw("precedence", std::to_string(feed.precedence + 50));
    w.raw("skip_bad_lines", feed.skip_bad_lines ? "true" : "false");
    w.list("allow_suffix", feed.allow_suffix);
    w.list("changes", feed.changes);
}

std::vector<std::string> texts(const std::vector<Prefix>& prefixes) {
    std::vector<std::string> out;
    for (const Prefix& prefix : prefixes)
        out.push_back(to_text(prefix));
    return out;
}

}  // namespace

void save_feeds(const model::Policy& policy, FileSet& files) {
    if (policy.feeds.empty()) return;
    YamlWriter w;
    w.open("feeds");
    for (std::size_t i = 0; i < policy.feeds.size(); ++i) {
        w.entry();
        write_feed(w, policy.feeds[i]);
        w.end_entry();
        save_content(policy, i, files);
        save_changes(policy, i, files);
    }
    files["feeds.yaml"] = w.take();
}

void save_geo(const model::Policy& policy, FileSet& files) {
    if (policy.geo.empty() && policy.segments.empty()) return;
    YamlWriter w;
    if (!policy.geo.empty()) w.open("databases");
    for (std::size_t i = 0; i < policy.geo.size(); ++i) {
        const model::GeoDatabase& database = policy.geo[i];
        w.entry();
        w.value("path", database.path);
        w.value("source", database.source);
        w.value("licence", database.licence);
        w.value("date", to_text(database.date));
        w.end_entry();
        if (i < policy.geo_content.size() && policy.geo_content[i] != nullptr)
            files[database.path] = policy.geo_content[i]->bytes;
    }
    if (!policy.geo.empty()) w.close();
    if (!policy.segments.empty()) w.open("segments");
    for (const model::Segment& segment : policy.segments) {
        w.entry();
        w.value("id", segment.id);
        w.list("countries", segment.countries);
        std::vector<std::string> asns;
        for (const std::uint32_t asn : segment.asns)
            asns.push_back(std::to_string(asn));
        w.list("asns", asns);
        w.list("prefixes", texts(segment.prefixes));
        w.list("except", texts(segment.except));
        w.end_entry();
    }
    if (!policy.segments.empty()) w.close();
    files["geo.yaml"] = w.take();
}

}  // namespace sluice::load
