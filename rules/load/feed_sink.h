// FeedSink: takes what the readers of the feed formats find, makes it canonical, refuses or counts
// what cannot be used, and keeps the rest as model::FeedContent.
#pragma once
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>

#include "rules/load/report.h"
#include "rules/model/feed.h"

namespace sluice::load {

inline constexpr std::size_t kFeedRowsMax = 20'000'000;  // of one feed
inline constexpr std::size_t kFeedTextMax = 1u << 30;    // spellings of one feed [bytes]
inline constexpr std::size_t kUrlBytesMax = 1'024;       // host and path
inline constexpr std::size_t kUrlSegmentsMax = 32;

class FeedSink {
  public:
    // Lenient: lines that are no names are counted, not errors.
    FeedSink(const model::Feed& feed, bool lenient, Report& report, model::FeedContent& out);

    // What follows comes from this file and belongs to this category.
    void in_file(std::uint32_t file, std::string name, std::uint8_t category) {
        file_ = file;
        file_name_ = std::move(name);
        category_ = category;
    }
    // Where the next entries stand. Counts the line.
    void at(std::uint32_t line, std::uint32_t column) {
        line_ = line;
        column_ = column;
        ++out_.counts.lines;
    }

    // A name as somebody wrote it, "*.name" and ".name" included. Not a host name: code bad_name; a
    // public suffix that is not allowed: public_suffix.
    void name(std::string_view text, model::FeedContent::Kind kind);
    // A name, an address, a prefix or a URL, whichever it is. Codes: bad_name, public_suffix,
    // host_bits_set.
    void entry(std::string_view text);
    // "host/path" without scheme; a path of nothing is a name.
    void url(std::string_view text);
    void address(const Prefix& prefix);

    // The format allows this line, but it is no entry.
    void skip(std::string_view line, std::string_view why);
    // The format does not allow this line: an error, or skipped when lenient.
    void bad(std::string_view code, std::string_view line, std::string_view what,
             const std::string& hint = {});
    void unmapped() { ++out_.counts.unmapped; }

    // Nothing more will be read: too many rows, or a report that is full.
    bool full() const { return full_ || report_.full(); }
    // Once all is read: takes out what exceptions of the feed cover.
    void finish();

  private:
    bool allowed_suffix(const std::string& name) const;
    void put(std::string_view spelling, model::FeedContent::Kind kind);

    const bool lenient_, any_suffix_;
    std::set<std::string, std::less<>> suffixes_;
    Report& report_;
    model::FeedContent& out_;
    std::uint32_t file_ = 0, line_ = 0, column_ = 1;
    std::uint8_t category_ = 0;
    std::string file_name_;
    std::string name_;  // reused
    bool full_ = false;
};

}  // namespace sluice::load
