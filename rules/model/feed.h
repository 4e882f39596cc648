// Feeds: lists that others keep, in the form they come in. A feed's few lines of description are in
// feeds.yaml; its names, a million or ten, are kept as one text and rows of eight bytes.
#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "rules/base/ip.h"
#include "rules/model/position.h"

namespace sluice::model {

// X(word, sentence). Order is part of the bundle format: append only.
#define SLUICE_FEED_FORMATS(X)                                                 \
    X(domains, "one name, address or URL a line")                              \
    X(hosts, "a hosts file: an address, then names")                           \
    X(adblock, "AdBlock rules; those of the form ||name^ and @@||name^ count") \
    X(rpz, "a response policy zone in master-file form")                       \
    X(ut1, "a folder with a folder a category, with files domains and urls")

enum class FeedFormat : std::uint8_t {
#define X(word, text) word,
    SLUICE_FEED_FORMATS(X)
#undef X
};
inline constexpr std::array kFeedFormats = {
#define X(word, text) std::string_view{#word},
    SLUICE_FEED_FORMATS(X)
#undef X
};
constexpr std::string_view name_of(FeedFormat f) {
    return kFeedFormats[static_cast<std::size_t>(f)];
}

// What a feed's own word for a category means here.
struct FeedMapping {
    std::string folder;    // the feed's word
    std::string category;  // a category id of the policy
    friend bool operator==(const FeedMapping&, const FeedMapping&) = default;
};

struct Feed {
    std::string id;
    FeedFormat format = FeedFormat::domains;
    std::string path;      // of its file or folder in the policy directory
    std::string category;  // of all its entries; empty when `categories` maps them
    std::vector<FeedMapping> categories;
    std::string source, licence;
    std::chrono::sys_days date{};  // of the feed as it is here
    std::int32_t precedence = 0;   // of two feeds that list the same name the higher one decides
    bool skip_bad_lines = false;   // strict formats: count them instead of refusing the feed
    std::vector<std::string> allow_suffix;  // public suffixes it may list; "any"
    std::vector<std::string> changes;       // files of +name and -name since `date`
    Position at;
    friend bool operator==(const Feed&, const Feed&) = default;
};
inline constexpr std::size_t kFeedsMax = 1'000;
inline constexpr std::int32_t kPrecedenceMax = 100;

// What was read of a feed's files. Not changed afterwards; shared between versions of a policy.
struct FeedContent {
    enum class Kind : std::uint8_t {
        name,       // the name and everything below it
        url,        // "name/path": the path and everything below it, on the name and below it
        exception,  // the feed says nothing of this name and below it
        added,      // by a change: a name
        removed,    // likewise
    };
    struct Row {
        std::uint32_t offset = 0;  // of its spelling in `text`
        std::uint16_t size = 0;
        std::uint8_t category = 0;  // index into Policy::categories
        Kind kind = Kind::name;
    };
    struct Address {
        Prefix prefix;
        std::uint8_t category = 0;
    };
    struct Counts {
        std::uint64_t lines = 0;  // that were not blank or a comment
        std::uint64_t names = 0, urls = 0, addresses = 0, exceptions = 0, changes = 0;
        std::uint64_t skipped = 0;   // what the format has besides names, and bad lines
        std::uint64_t suffixes = 0;  // public suffixes left out (also in `skipped`)
        std::uint64_t excepted = 0;  // names below an exception of the same feed (likewise)
        std::uint64_t unmapped = 0;  // folders of the feed that no category is given for
    };

    std::string text;
    std::vector<Row> rows;  // in the order of the files
    std::vector<Address> addresses;
    Counts counts;
    std::string last_skipped;  // the last line that was left out, with its place and why
    std::array<std::uint8_t, 32>
        digest{};  // of files and description: equal digests, equal content

    std::string_view spelling(const Row& row) const {
        return std::string_view(text).substr(row.offset, row.size);
    }
};

}  // namespace sluice::model
