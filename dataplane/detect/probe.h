// Probe: reads a message from its front, check by check, where its end may not be there yet. The
// first check that fails makes it `no`, the first that lacks bytes makes it `maybe`, and both stay:
// so a longer prefix of the same bytes never changes a `no` or a `yes`.
#pragma once
#include <algorithm>
#include <initializer_list>
#include <string_view>

#include "dataplane/detect/detect.h"

namespace sluice::detect {

constexpr std::uint16_t le16(Bytes b, std::size_t at) {
    return static_cast<std::uint16_t>(b[at] | b[at + 1] << 8);
}
constexpr std::uint32_t le32(Bytes b, std::size_t at) {
    return std::uint32_t{le16(b, at)} | std::uint32_t{le16(b, at + 2)} << 16;
}

class Probe {
  public:
    explicit constexpr Probe(Bytes bytes) : bytes_(bytes) {}

    constexpr bool ok() const { return answer_ == Answer::yes; }
    constexpr Answer answer() const { return answer_; }
    constexpr std::size_t at() const { return at_; }
    constexpr Bytes rest() const { return bytes_.subspan(at_); }
    constexpr std::size_t left() const { return bytes_.size() - at_; }

    constexpr Probe& fail_unless(bool good) {
        if (ok() && !good) answer_ = Answer::no;
        return *this;
    }
    constexpr Probe& is(std::uint8_t want) { return between(want, want); }
    constexpr Probe& is(std::string_view want) {
        for (const char c : want)
            is(static_cast<std::uint8_t>(c));
        return *this;
    }
    constexpr Probe& between(std::uint8_t low, std::uint8_t high) {
        if (!has(1)) return *this;
        const std::uint8_t byte = bytes_[at_++];
        return fail_unless(byte >= low && byte <= high);
    }
    constexpr Probe& any_of(std::initializer_list<std::uint8_t> wanted) {
        if (!has(1)) return *this;
        const std::uint8_t byte = bytes_[at_++];
        return fail_unless(std::find(wanted.begin(), wanted.end(), byte) != wanted.end());
    }
    constexpr Probe& zeros(std::size_t count) {
        for (; count != 0 && ok(); --count)
            is(std::uint8_t{0});
        return *this;
    }
    constexpr Probe& printable(std::size_t count) {
        for (; count != 0 && ok(); --count)
            between(' ', '~');
        return *this;
    }
    constexpr Probe& skip(std::size_t count) {
        if (has(count)) at_ += count;
        return *this;
    }
    constexpr Probe& u8(std::uint8_t& out) {
        if (has(1)) out = bytes_[at_++];
        return *this;
    }
    constexpr Probe& u16(std::uint16_t& out) {
        if (has(2)) out = be16(bytes_, at_), at_ += 2;
        return *this;
    }
    constexpr Probe& u32(std::uint32_t& out) {
        if (has(4)) out = be32(bytes_, at_), at_ += 4;
        return *this;
    }
    constexpr Probe& u16_le(std::uint16_t& out) {
        if (has(2)) out = le16(bytes_, at_), at_ += 2;
        return *this;
    }
    constexpr Probe& u32_le(std::uint32_t& out) {
        if (has(4)) out = le32(bytes_, at_), at_ += 4;
        return *this;
    }
    constexpr Probe& u16_in(std::uint32_t low, std::uint32_t high) {
        std::uint16_t value = 0;
        if (!u16(value).ok()) return *this;
        return fail_unless(value >= low && value <= high);
    }
    constexpr Probe& u32_in(std::uint32_t low, std::uint32_t high) {
        std::uint32_t value = 0;
        if (!u32(value).ok()) return *this;
        return fail_unless(value >= low && value <= high);
    }
    constexpr Probe& u16_le_in(std::uint32_t low, std::uint32_t high) {
        std::uint16_t value = 0;
        if (!u16_le(value).ok()) return *this;
        return fail_unless(value >= low && value <= high);
    }
    constexpr Probe& u32_le_in(std::uint32_t low, std::uint32_t high) {
        std::uint32_t value = 0;
        if (!u32_le(value).ok()) return *this;
        return fail_unless(value >= low && value <= high);
    }
    // Nothing behind: for datagrams only, a stream may always go on.
    constexpr Probe& end() { return fail_unless(left() == 0); }

  private:
    constexpr bool has(std::size_t count) {
        if (!ok()) return false;
        if (left() < count) answer_ = Answer::maybe;
        return ok();
    }

    Bytes bytes_;
    std::size_t at_ = 0;
    Answer answer_ = Answer::yes;
};

constexpr bool all_zero(Bytes bytes) {
    return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t b) { return b == 0; });
}
constexpr bool all_printable(Bytes bytes) {
    return std::all_of(bytes.begin(), bytes.end(),
                       [](std::uint8_t b) { return b >= ' ' && b <= '~'; });
}
// Datagrams are whole: what would need more bytes is not one.
constexpr bool whole(const Probe& probe) { return probe.answer() == Answer::yes; }
inline Answer yes_if(bool fits) { return fits ? Answer::yes : Answer::no; }

// The first line of a stream, without its line feed. Empty `text` while it is not complete:
// `answer` then says whether it may still come (at most `size_max` bytes).
struct FirstLine {
    Answer answer = Answer::no;
    std::string_view text;
};
inline FirstLine first_line(Bytes bytes, std::size_t size_max) {
    const Bytes seen = bytes.first(std::min(bytes.size(), size_max));
    const auto end = std::find(seen.begin(), seen.end(), std::uint8_t{'\n'});
    if (end == seen.end()) return {seen.size() < size_max ? Answer::maybe : Answer::no, {}};
    std::string_view text = as_text(seen.first(static_cast<std::size_t>(end - seen.begin())));
    if (text.ends_with('\r')) text.remove_suffix(1);
    return {Answer::yes, text};
}

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
// `word` in lower case.
inline bool contains_word(std::string_view text, std::string_view word) {
    return std::search(text.begin(), text.end(), word.begin(), word.end(),
                       [](char a, char b) { return lower(a) == b; }) != text.end();
}

}  // namespace sluice::detect
