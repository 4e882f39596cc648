// CategorySet: which of at most 256 resource categories apply. Small, flat, compared as a value.
#pragma once
#include <array>
#include <bit>
#include <cstdint>

namespace sluice::model {

// Index of a category inside one policy, 0..255, in order of the categories file.
using CategoryIndex = std::uint8_t;
inline constexpr unsigned kCategoriesMax = 256;

class CategorySet {
  public:
    constexpr void add(CategoryIndex c) { words_[c / 64] |= std::uint64_t{1} << (c % 64); }
    constexpr bool has(CategoryIndex c) const { return words_[c / 64] >> (c % 64) & 1; }
    constexpr bool empty() const {
        return (words_[0] | words_[1] | words_[2] | words_[3]) == 0;
    }
    constexpr unsigned size() const {
        unsigned n = 0;
        for (std::uint64_t w : words_)
            n += static_cast<unsigned>(std::popcount(w));
        return n;
    }
    constexpr CategorySet without(const CategorySet& other) const {
        CategorySet r;
        for (unsigned i = 0; i < 4; ++i)
            r.words_[i] = words_[i] & ~other.words_[i];
        return r;
    }
    constexpr CategorySet with(const CategorySet& other) const {
        CategorySet r;
        for (unsigned i = 0; i < 4; ++i)
            r.words_[i] = words_[i] | other.words_[i];
        return r;
    }
    constexpr CategorySet common(const CategorySet& other) const {
        CategorySet r;
        for (unsigned i = 0; i < 4; ++i)
            r.words_[i] = words_[i] & other.words_[i];
        return r;
    }
    // The lowest category in the set; the set is not empty.
    constexpr CategoryIndex first() const {
        unsigned i = 0;
        while (words_[i] == 0)
            ++i;
        return static_cast<CategoryIndex>(i * 64 +
                                          static_cast<unsigned>(std::countr_zero(words_[i])));
    }
    friend constexpr auto operator<=>(const CategorySet&, const CategorySet&) = default;

  private:
    std::array<std::uint64_t, 4> words_{};
};

}  // namespace sluice::model
