#include "rules/compile/interval_writer.h"

#include <limits>

#include "rules/compile/interval_index.h"

namespace sluice::compile {
namespace {

std::uint64_t half(const IpAddress& a, unsigned at) {
    std::uint64_t value = 0;
    for (unsigned i = 0; i < 8; ++i)
        value = value << 8 | a.bytes[at + i];
    return value;
}
// The last key of a block of 2^(width - length) keys that begins at `start`.
template <class Key>
Key last_of(Key start, unsigned length) {
    constexpr unsigned kWidth = std::numeric_limits<Key>::digits;
    return length == 0
               ? std::numeric_limits<Key>::max()
               : static_cast<Key>(start | static_cast<Key>((Key{1} << (kWidth - length)) - 1));
}

// Flattens nested ranges that come in order of (first, longest): each is cut out of the one around.
template <class Key>
class Flattener {
  public:
    Flattener(std::uint16_t value, std::uint32_t detail) { emit(0, value, detail); }

    // Ends ranges that end before `first`; what remains on top is around it.
    void close_before(Key first) {
        while (!open_.empty() && open_.back().last < first)
            close();
    }
    void open(Key first, Key last, std::uint16_t value, std::uint32_t detail) {
        close_before(first);
        emit(first, value, detail);
        open_.push_back({last, value, detail});
    }
    // Value and detail around the ranges that come next.
    Interval<Key> around() const {
        const Open outer = open_.empty() ? background() : open_.back();
        return {0, outer.value, outer.detail};
    }
    std::vector<Interval<Key>> finish() {
        while (!open_.empty())
            close();
        return std::move(intervals_);
    }

  private:
    struct Open {
        Key last;
        std::uint16_t value;
        std::uint32_t detail;
    };
    void close() {
        const Key last = open_.back().last;
        open_.pop_back();
        if (last == std::numeric_limits<Key>::max()) return;
        const auto outer = open_.empty() ? background() : open_.back();
        emit(static_cast<Key>(last + 1), outer.value, outer.detail);
    }
    Open background() const { return {0, background_value_, background_detail_}; }
    void emit(Key start, std::uint16_t value, std::uint32_t detail) {
        if (intervals_.empty()) {
            background_value_ = value;
            background_detail_ = detail;
        } else if (intervals_.back().start == start) {
            intervals_.pop_back();
        }
        if (!intervals_.empty() && intervals_.back().value == value &&
            intervals_.back().detail == detail && value != layout::kDeepValue)
            return;
        intervals_.push_back({start, value, detail});
    }

    std::vector<Interval<Key>> intervals_;
    std::vector<Open> open_;
    std::uint16_t background_value_ = 0;
    std::uint32_t background_detail_ = 0;
};

// Appends intervals as blocks; returns the first block's number.
template <class Block, class Detail>
std::uint32_t append_blocks(const std::vector<Interval<typename Block::KeyType>>& intervals,
                            std::vector<Block>& blocks, std::vector<Detail>& details) {
    const std::size_t first = blocks.size();
    const std::size_t count = (intervals.size() + Block::kSize - 1) / Block::kSize;
    blocks.reserve(first + count);
    for (std::size_t b = 0; b < count; ++b) {
        Block block{};
        for (unsigned i = 0; i < Block::kSize; ++i) {
            const std::size_t at = b * Block::kSize + i;
            const bool unused = at >= intervals.size();
            const auto& interval = unused ? intervals.back() : intervals[at];
            block.starts[i] =
                unused ? std::numeric_limits<typename Block::KeyType>::max() : interval.start;
            block.values[i] = interval.value;
            details.push_back(static_cast<Detail>(interval.detail));
        }
        blocks.push_back(block);
    }
    return static_cast<std::uint32_t>(first);
}

}  // namespace

std::uint32_t IntervalWriter::add_v4(std::span<const PrefixValue> entries) {
    Flattener<std::uint32_t> flat(layout::kNoValue, 0);
    for (const PrefixValue& e : entries) {
        const std::uint32_t first = e.prefix.network.as_v4();
        flat.open(first, last_of(first, e.prefix.family_length()), e.value, e.prefix.length);
    }
    const auto intervals = flat.finish();
    const std::uint32_t block = append_blocks(intervals, blocks4_, lengths4_);
    return IndexWriter<std::uint32_t>(intervals, {0, block, layout::Block4::kSize}, tables_, slots_)
        .write();
}

std::uint32_t IntervalWriter::add_v6(std::span<const PrefixValue> entries) {
    Flattener<std::uint64_t> flat(layout::kNoValue, 0);
    for (std::size_t i = 0; i < entries.size();) {
        const PrefixValue& e = entries[i];
        const std::uint64_t upper = half(e.prefix.network, 0);
        if (e.prefix.length <= 64) {
            flat.open(upper, last_of(upper, e.prefix.length), e.value, e.prefix.length);
            ++i;
            continue;
        }
        // All prefixes longer than /64 inside one /64: a set of their own over the lower half.
        flat.close_before(upper);
        const auto around = flat.around();
        Flattener<std::uint64_t> lower(around.value, around.detail);
        for (; i < entries.size() && half(entries[i].prefix.network, 0) == upper; ++i) {
            const Prefix& p = entries[i].prefix;
            const std::uint64_t first = half(p.network, 8);
            lower.open(first, last_of(first, p.length - 64u), entries[i].value, p.length);
        }
        const std::uint32_t block = append_blocks(lower.finish(), blocks6_, details6_);
        const auto span = static_cast<std::uint32_t>(blocks6_.size() - block - 1);
        flat.open(upper, upper, layout::kDeepValue, static_cast<std::uint32_t>(deep_.size()));
        deep_.push_back({block, span});
    }
    const auto intervals = flat.finish();
    const std::uint32_t block = append_blocks(intervals, blocks6_, details6_);
    return IndexWriter<std::uint64_t>(intervals, {1, block, layout::Block6::kSize}, tables_, slots_)
        .write();
}

void IntervalWriter::add_set(std::span<const PrefixValue> entries) {
    std::vector<PrefixValue> v4, v6;
    for (const PrefixValue& e : entries)
        (e.prefix.is_v4() ? v4 : v6).push_back(e);
    const std::uint32_t root4 = add_v4(v4);
    const std::uint32_t root6 = add_v6(v6);
    sets_.push_back({root4, root6});
}

void IntervalWriter::put(SectionWriter& section, unsigned first_part) const {
    const auto at = [&](layout::ForestPart p) { return first_part + static_cast<unsigned>(p); };
    using Part = layout::ForestPart;
    section.set(at(Part::sets), sets_);
    section.set(at(Part::tables), tables_);
    section.set(at(Part::slots), slots_);
    section.set(at(Part::blocks4), blocks4_);
    section.set(at(Part::blocks6), blocks6_);
    section.set(at(Part::lengths4), lengths4_);
    section.set(at(Part::details6), details6_);
    section.set(at(Part::deep), deep_);
}

}  // namespace sluice::compile
