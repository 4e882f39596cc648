// feeds.yaml: lists that others keep, in their own formats, and what changed in them since.
#include <algorithm>

#include "rules/ipc/sha256.h"
#include "rules/load/building.h"
#include "rules/load/bulk_lines.h"
#include "rules/load/feed_formats.h"
#include "rules/load/nearest.h"

namespace sluice::load {
namespace {

constexpr std::uint32_t kPrecedenceOfLists = 50;  // as written; 0 in the model

// Inside the policy directory: no absolute path, no "..", nothing hidden.
bool is_inner_path(std::string_view path) {
    const bool plain = std::all_of(path.begin(), path.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_' || c == '.' || c == '/';
    });
    return plain && !path.empty() && path.size() <= 255 && path[0] != '.' && path[0] != '/' &&
           path.back() != '/' && path.find("//") == std::string_view::npos &&
           path.find("/.") == std::string_view::npos;
}

// Everything that decides what a feed's files come to.
class FeedDigest {
  public:
    explicit FeedDigest(const model::Feed& feed) {
        number(1);  // of this reading of the formats: another one is another content
        number(static_cast<std::uint64_t>(feed.format));
        number(feed.skip_bad_lines);
        number(feed.allow_suffix.size());
        for (const std::string& suffix : feed.allow_suffix)
            text(suffix);
    }
    void number(std::uint64_t value) { hash_.add(std::as_bytes(std::span(&value, 1))); }
    void text(std::string_view value) {
        number(value.size());
        hash_.add(value);
    }
    ipc::Sha256 result() { return hash_.result(); }

  private:
    ipc::Sha256Stream hash_;
};

// One file of a feed, and the category of what is in it.
struct Part {
    const std::string* path;
    const std::string* content;
    std::uint8_t category;
    bool urls;  // of ut1
};

class FeedReader {
  public:
    explicit FeedReader(Building& b) : b_(b) {}

    void read(Reader& reader, const YamlNode& node) {
        if (b_.policy.feeds.size() == model::kFeedsMax) {
            if (!b_.report.full())
                reader.error(node, "too_many", "there are more than 1,000 feeds");
            return;
        }
        Fields fields(reader, node, "a feed",
                      {"id", "format", "path", "category", "categories", "source", "licence",
                       "date", "precedence", "skip_bad_lines", "allow_suffix", "changes"});
        model::Feed feed;
        feed.at = reader.at(node);
        if (reader.id(fields.need("id"), feed.id))
            b_.add_id(ids_, b_.policy.feeds.size(), reader, *fields.find("id"), feed.id);
        read_description(reader, fields, feed);
        const bool mapped = read_categories(reader, node, fields, feed);
        const bool there = reader.text(fields.need("path"), feed.path);
        Contents contents;
        if (format_ok_ && mapped && there)
            contents = read_files(reader, *fields.find("path"), feed);
        read_changes_of(reader, fields, feed, contents);
        b_.policy.feeds.push_back(std::move(feed));
        b_.policy.feed_content.push_back(std::move(contents.entries));
        b_.policy.feed_changes.push_back(std::move(contents.changes));
    }

  private:
    struct Contents {
        std::shared_ptr<const model::FeedContent> entries, changes;
    };

    void read_description(Reader& reader, Fields& fields, model::Feed& feed) {
        std::size_t word = 0;
        const std::vector<std::string_view> formats(model::kFeedFormats.begin(),
                                                    model::kFeedFormats.end());
        format_ok_ = reader.word(fields.need("format"), formats, word);
        feed.format = static_cast<model::FeedFormat>(word);
        reader.text(fields.need("source"), feed.source);
        reader.text(fields.need("licence"), feed.licence);
        reader.day(fields.need("date"), feed.date);
        if (const YamlNode* date = fields.find("date"); date != nullptr && feed.date > b_.today)
            reader.error(*date, "out_of_range", "this day has not come yet",
                         "write the day the feed was fetched or published");
        std::uint32_t precedence = kPrecedenceOfLists;
        if (const YamlNode* value = fields.find("precedence"))
            reader.number(value, 0, 100, precedence);
        feed.precedence =
            static_cast<std::int32_t>(precedence) - static_cast<std::int32_t>(kPrecedenceOfLists);
        if (const YamlNode* skip = fields.find("skip_bad_lines"))
            reader.boolean(skip, feed.skip_bad_lines);
        for (const YamlNode& item : reader.list(fields.find("allow_suffix"))) {
            std::string name;
            if (item.kind == YamlNode::Kind::scalar && item.text == "any")
                feed.allow_suffix.push_back("any");
            else if (reader.name(&item, name))
                feed.allow_suffix.push_back(std::move(name));
        }
    }

    bool read_categories(Reader& reader, const YamlNode& node, Fields& fields, model::Feed& feed) {
        const YamlNode* one = fields.find("category");
        const YamlNode* map = fields.find("categories");
        const bool folders = feed.format == model::FeedFormat::ut1;
        if (!format_ok_ || node.kind != YamlNode::Kind::map) return false;
        if (folders ? map == nullptr || one != nullptr : one == nullptr || map != nullptr) {
            reader.error(node, "missing_key",
                         folders ? "a feed of format ut1 says which folder is which category"
                                 : "a feed of one file is of one category",
                         folders ? "write 'categories:' with '- {folder: bank, category: banking}'"
                                 : "write 'category: news'");
            return false;
        }
        if (!folders) return b_.category_ref(reader, one, feed.category) && known(feed.category);
        bool ok = true;
        for (const YamlNode& item : reader.list(map)) {
            Fields pair(reader, item, "a folder", {"folder", "category"});
            model::FeedMapping mapping;
            ok = reader.text(pair.need("folder"), mapping.folder) && ok;
            ok = b_.category_ref(reader, pair.need("category"), mapping.category) &&
                 known(mapping.category) && ok;
            feed.categories.push_back(std::move(mapping));
        }
        return ok;
    }
    // "uncategorised" is built in and no list's.
    bool known(const std::string& category) { return b_.categories.find(category) != kNoIndex; }
    std::uint8_t index_of(const std::string& category) {
        return static_cast<std::uint8_t>(b_.categories.find(category));
    }

    Contents read_files(Reader& reader, const YamlNode& path, const model::Feed& feed) {
        std::vector<Part> parts;
        std::uint64_t unmapped = 0;
        if (!is_inner_path(feed.path)) {
            reader.error(path, "bad_path", in_quotes(feed.path) + " is not in this directory",
                         "write a relative path such as feeds/ads.txt, without '..'");
            return {};
        }
        if (feed.format == model::FeedFormat::ut1)
            unmapped = folder_parts(feed, parts);
        else if (const auto found = b_.files.find(feed.path); found != b_.files.end())
            parts.push_back({&found->first, &found->second, index_of(feed.category), false});
        if (parts.empty()) {
            std::vector<std::string_view> names;
            for (const auto& [name, content] : b_.files)
                names.push_back(name);
            reader.error(path, "missing_file",
                         "there is nothing to read under " + in_quotes(feed.path),
                         did_you_mean(feed.path, names, "paths are relative to policy.yaml"));
            return {};
        }
        return {parse(feed, parts, unmapped), nullptr};
    }
    // UT1: <path>/<folder>/domains and urls. Everything else in the folder is left alone.
    std::uint64_t folder_parts(const model::Feed& feed, std::vector<Part>& parts) {
        const std::string below = feed.path + "/";
        std::set<std::string, std::less<>> unmapped;
        for (auto at = b_.files.lower_bound(below);
             at != b_.files.end() && at->first.starts_with(below); ++at) {
            b_.used_files.insert(at->first);
            const std::string_view rest = std::string_view(at->first).substr(below.size());
            const std::size_t slash = rest.find('/');
            if (slash == std::string_view::npos) continue;
            const std::string_view folder = rest.substr(0, slash), file = rest.substr(slash + 1);
            if (file != "domains" && file != "urls") continue;
            const auto mapping =
                std::find_if(feed.categories.begin(), feed.categories.end(),
                             [&](const model::FeedMapping& m) { return m.folder == folder; });
            if (mapping == feed.categories.end())
                unmapped.emplace(folder);
            else
                parts.push_back(
                    {&at->first, &at->second, index_of(mapping->category), file == "urls"});
        }
        return unmapped.size();
    }

    std::shared_ptr<const model::FeedContent> parse(const model::Feed& feed,
                                                    const std::vector<Part>& parts,
                                                    std::uint64_t unmapped) {
        FeedDigest digest(feed);
        for (const Part& part : parts) {
            b_.used_files.insert(*part.path);
            digest.text(*part.path);
            digest.number(part.category);
            digest.text(*part.content);
        }
        const ipc::Sha256 identity = digest.result();
        for (const auto& before : b_.contents_before)
            if (before != nullptr && before->digest == identity) return before;
        auto content = std::make_shared<model::FeedContent>();
        content->digest = identity;
        content->counts.unmapped = unmapped;
        const bool lenient = feed.skip_bad_lines || feed.format == model::FeedFormat::hosts ||
                             feed.format == model::FeedFormat::adblock ||
                             feed.format == model::FeedFormat::ut1;
        FeedSink sink(feed, lenient, b_.report, *content);
        for (const Part& part : parts) {
            const std::uint32_t file = b_.report.add_file(*part.path);
            sink.in_file(file, *part.path, part.category);
            if (part.content->size() > kBulkBytesMax)
                b_.report.error({file, 0, 0}, "too_big", "the file is larger than 256 MiB",
                                "split the feed into several");
            else
                parse_part(feed.format, part, sink);
        }
        sink.finish();
        content->text.shrink_to_fit();
        content->rows.shrink_to_fit();
        return content;
    }
    static void parse_part(model::FeedFormat format, const Part& part, FeedSink& sink) {
        using enum model::FeedFormat;
        switch (format) {
            case domains:
                return read_domains(*part.content, sink);
            case hosts:
                return read_hosts(*part.content, sink);
            case adblock:
                return read_adblock(*part.content, sink);
            case rpz:
                return read_rpz(*part.content, sink);
            case ut1:
                return part.urls ? read_ut1_urls(*part.content, sink)
                                 : read_ut1_domains(*part.content, sink);
        }
    }

    // Change files are strict whatever the feed is, and for all of its categories: of a feed with
    // several folders a file stands in the folder whose category it changes.
    void read_changes_of(Reader& reader, Fields& fields, model::Feed& feed, Contents& contents) {
        auto changes = std::make_shared<model::FeedContent>();
        FeedSink sink(feed, false, b_.report, *changes);
        for (const YamlNode& item : reader.list(fields.find("changes"))) {
            std::string path;
            if (!reader.text(&item, path)) continue;
            const auto found = b_.files.find(path);
            if (!is_inner_path(path) || found == b_.files.end()) {
                reader.error(item, "missing_file", "there is no file " + in_quotes(path),
                             "paths are relative to policy.yaml");
                continue;
            }
            feed.changes.push_back(path);
            b_.used_files.insert(path);
            const std::string* category = category_of_changes(feed, path);
            if (category == nullptr) {
                reader.error(item, "bad_path",
                             in_quotes(path) + " stands in no folder that is mapped",
                             "put it beside the 'domains' file it changes");
                continue;
            }
            if (!known(*category)) continue;  // reported
            sink.in_file(b_.report.add_file(path), path, index_of(*category));
            read_changes(found->second, sink);
        }
        contents.changes = std::move(changes);
    }
    static const std::string* category_of_changes(const model::Feed& feed,
                                                  const std::string& path) {
        if (feed.format != model::FeedFormat::ut1) return &feed.category;
        for (const model::FeedMapping& mapping : feed.categories)
            if (path.starts_with(feed.path + "/" + mapping.folder + "/")) return &mapping.category;
        return nullptr;
    }

    Building& b_;
    IdIndex ids_;
    bool format_ok_ = false;
};

}  // namespace

void read_feeds(Building& b) {
    FeedReader feeds(b);
    read_list_file(b, "feeds.yaml", "feeds",
                   [&](Reader& reader, const YamlNode& node) { feeds.read(reader, node); });
}

}  // namespace sluice::load
